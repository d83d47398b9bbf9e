/* The sound check of the opened recording: made when it is first looked at. The value is the job's id. */

let open = false; /* whoever looked at one looks at the next */

const draw = () => {
  const id = props.value;
  element.innerHTML = id
    ? `<details class="check"><summary>Sound check</summary><div class="check-told" aria-live="polite"></div></details>`
    : "";
  const details = element.querySelector("details");
  if (!details) return;
  const told = details.querySelector(".check-told");
  let asked = false;
  const ask = async () => {
    open = details.open;
    if (!open || asked) return;
    asked = true;
    told.textContent = "Listening to it";
    try {
      const answer = await fetch(`lab/check/${encodeURIComponent(id)}?html=true`);
      if (answer.ok) told.innerHTML = await answer.text();
      else told.textContent = (await answer.json()).error.message;
    } catch {
      told.textContent = "The lab does not answer.";
      asked = false;
    }
  };
  details.addEventListener("toggle", ask);
  details.open = open;
};
draw();
watch("value", draw);
