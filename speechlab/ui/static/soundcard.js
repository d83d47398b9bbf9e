/* The sound check of the recording that is opened: asked for once it is looked at, since it hears the whole of it. */

let shown = "";

async function show() {
  const job = props.value || "";
  if (job === shown) return;
  shown = job;
  element.innerHTML = "";
  if (!job) return;
  element.innerHTML = '<p class="quiet soundcard-wait">Checking the sound …</p>';
  try {
    const answer = await fetch(new URL(`lab/check/${job}?html=true`, location.href));
    const card = answer.ok ? await answer.text() : "";
    if (shown === job) element.innerHTML = card; /* made by the lab, every value in it escaped */
  } catch {
    if (shown === job) element.innerHTML = "";
  }
}
watch("value", show);
show();
