/* The place to drop, choose or record sound; whatever comes is announced to the page as "speechlab:files". */
const one = (selector) => element.querySelector(selector);
const zone = one(".drop"), input = one(".drop-files"), problem = one(".drop-problem");
const announce = (files) => {
  problem.hidden = true;
  if (files.length) document.dispatchEvent(new CustomEvent("speechlab:files", { detail: files }));
};
const complain = (sentence) => { problem.textContent = sentence; problem.hidden = false; };

/* ---- choose and drop: anywhere on the page, folders too ---- */

one(".drop-choose").addEventListener("click", () => input.click());
input.addEventListener("change", () => { announce(Array.from(input.files)); input.value = ""; });

const within = async (entry) => {
  if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
  const reader = entry.createReader(), found = [];
  for (;;) { /* a reader gives a hundred entries at a time */
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return (await Promise.all(found.map(within))).flat();
    found.push(...some);
  }
};
const carriesFiles = (event) => Array.from(event.dataTransfer?.types ?? []).includes("Files");
let depth = 0;
const hover = (by) => { depth = Math.max(0, depth + by); zone.classList.toggle("drop-over", depth > 0); };
document.addEventListener("dragenter", (event) => { if (carriesFiles(event)) hover(1); });
document.addEventListener("dragleave", (event) => { if (carriesFiles(event)) hover(-1); });
document.addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
document.addEventListener("drop", async (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  depth = 0;
  hover(0);
  const entries = Array.from(event.dataTransfer.items, (item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const plain = Array.from(event.dataTransfer.files);
  try {
    const files = entries.length ? (await Promise.all(entries.map(within))).flat() : plain;
    announce(files.filter((file) => !file.name.startsWith(".")));
  } catch { announce(plain); }
});

/* ---- record ---- */

let recorder = null;
const show = (recording) => {
  one(".drop-idle").hidden = recording;
  one(".drop-recording").hidden = !recording;
  (recording ? one(".drop-stop") : one(".drop-record")).focus();
};
one(".drop-record").addEventListener("click", async () => {
  problem.hidden = true;
  recorder = await recording({
    level: one(".drop-level span"), time: one(".drop-time"), complain,
    done(file) { recorder = null; show(false); if (file) announce([file]); },
  });
  if (recorder) show(true);
});
one(".drop-stop").addEventListener("click", () => recorder?.stop());
one(".drop-discard").addEventListener("click", () => recorder?.discard());
