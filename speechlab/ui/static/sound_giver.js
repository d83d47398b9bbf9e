/* ---- sound that somebody gives: chosen, dropped onto the panel, or recorded ---- */

/* Calls `given` with the file; `to` turns to the part that is to be seen, which is "recording" while it is recorded. */
function giverIn(section, { given, complain, to }) {
  const one = (selector) => section.querySelector(selector), input = one(".desk-files");
  const carriesFiles = (event) => Array.from(event.dataTransfer?.types ?? []).includes("Files");
  let recorder = null;
  input.addEventListener("change", () => { const [file] = input.files; input.value = ""; if (file) given(file); });
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) section.addEventListener(name, (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.stopPropagation(); /* else the queue takes it */
    section.classList.toggle("drop-over", name === "dragover" || name === "dragenter");
    if (name !== "drop") return;
    const files = Array.from(event.dataTransfer.files);
    if (files.length > 1) complain("One recording at a time; the first was taken.");
    if (files.length) given(files[0]);
  });
  function turn(on) { to(on ? "recording" : "idle"); one(on ? "[data-voice=done]" : "[data-voice=record]").focus(); }
  async function record() {
    if (recorder) return;
    recorder = await recording({
      level: one(".drop-level span"), time: one(".drop-time"), complain,
      done(file) { recorder = null; turn(false); if (file) given(file); },
    });
    if (recorder) turn(true);
  }
  return { choose: () => input.click(), record, stop: () => recorder?.stop(), discard: () => recorder?.discard() };
}
