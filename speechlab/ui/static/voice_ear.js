/* ---- voices for the ear, one at a time ---- */

/* `changed` is called whenever another one is made or heard. */
function earOf({ changed, failed }) {
  const audio = new Audio();
  let now = null; /* {key, state, stopping} */
  function hush() {
    if (!now) return;
    now.stopping.abort();
    now = null;
    audio.pause();
    changed();
  }
  /* What lies at a path; pressed once more, it is stopped. Answers whether it was heard. */
  async function hear(key, path) {
    if (now?.key === key) { hush(); return false; }
    hush();
    const own = now = { key, state: "making", stopping: new AbortController() };
    changed();
    let url = "";
    try {
      url = URL.createObjectURL(await (await asked(path, { signal: own.stopping.signal })).blob());
      if (own !== now) return false;
      audio.src = url;
      await audio.play();
      own.state = "heard";
      changed();
      return true;
    } catch (error) {
      if (own === now) { hush(); if (error.name !== "AbortError") failed(error.name === "NotSupportedError" ? "The browser cannot play this." : error.message); }
      return false;
    } finally { if (url) setTimeout(() => URL.revokeObjectURL(url), 120_000); }
  }
  audio.addEventListener("ended", hush);
  return { hear, hush, state: (key) => now?.key === key ? now.state : "idle" };
}
const PLAY = "M8 5l11 7-11 7z", HALT = "M7 7h10v10H7z";
/* Shows in a button what pressing it does. */
function showEar(button, state, name) {
  button.dataset.state = state;
  button.querySelector("path").setAttribute("d", state === "idle" ? PLAY : HALT);
  if (button.querySelector("span")) button.setAttribute("aria-pressed", String(state !== "idle")); /* it says itself what is heard */
  else button.setAttribute("aria-label", state === "idle" ? `Hear ${name}` : `Stop ${name}`);
  button.title = state === "making" ? "Being made" : state === "idle" ? "Hear it" : "Stop";
}
/* Goes where texts are spoken, with this voice. */
function speakWith(voice) {
  document.querySelector("#voices-speak-button")?.click();
  requestAnimationFrame(() => document.dispatchEvent(new CustomEvent("speechlab:voice", { detail: voice })));
}
