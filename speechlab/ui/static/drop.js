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

let recorder = null, ticking = 0;
const show = (recording) => {
  one(".drop-idle").hidden = recording;
  one(".drop-recording").hidden = !recording;
  (recording ? one(".drop-stop") : one(".drop-record")).focus();
};
one(".drop-record").addEventListener("click", async () => {
  problem.hidden = true;
  if (!navigator.mediaDevices?.getUserMedia) {
    complain("This browser gives a page the microphone only over https or on localhost.");
    return;
  }
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (error) {
    complain(error.name === "NotFoundError"
      ? "There is no microphone; plug one in, or choose a file."
      : "The microphone was not allowed; allow it in the browser's address bar, then try again.");
    return;
  }
  const parts = [], began = Date.now();
  const type = ["audio/webm;codecs=opus", "audio/mp4"].find((kind) => MediaRecorder.isTypeSupported(kind));
  recorder = new MediaRecorder(stream, type ? { mimeType: type } : {});
  recorder.ondataavailable = (event) => parts.push(event.data);
  const context = new AudioContext(), meter = context.createAnalyser(), heard = new Float32Array(meter.fftSize);
  context.createMediaStreamSource(stream).connect(meter);
  const tick = () => {
    meter.getFloatTimeDomainData(heard);
    const loud = Math.sqrt(heard.reduce((sum, x) => sum + x * x, 0) / heard.length);
    const level = Math.min(1, Math.max(0, 1 + Math.log10(loud + 1e-6) / 2.5));
    one(".drop-level span").style.transform = `scaleX(${level.toFixed(3)})`;
    const seconds = Math.floor((Date.now() - began) / 1000);
    one(".drop-time").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    ticking = requestAnimationFrame(tick);
  };
  recorder.onstop = () => {
    cancelAnimationFrame(ticking);
    stream.getTracks().forEach((track) => track.stop());
    context.close();
    show(false);
    const at = new Date(), two = (n) => String(n).padStart(2, "0");
    const suffix = recorder.mimeType.includes("mp4") ? "m4a" : "webm";
    const name = `Recording ${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}.${two(at.getMinutes())}.${suffix}`;
    if (!recorder.discarded) announce([new File(parts, name, { type: recorder.mimeType })]);
    recorder = null;
  };
  recorder.start(1000);
  show(true);
  tick();
});
one(".drop-stop").addEventListener("click", () => recorder?.stop());
one(".drop-discard").addEventListener("click", () => { if (recorder) { recorder.discarded = true; recorder.stop(); } });
