/* ---- a recording from the microphone ---- */

/* Records until it is stopped: shows the level in one element and the time in another, and calls `done` with the file,
   or with nothing where it was discarded. Gives what stops and discards it; nothing where there is no microphone. */
async function recording({ level, time, complain, done }) {
  if (!navigator.mediaDevices?.getUserMedia) {
    complain("This browser gives a page the microphone only over https or on localhost.");
    return null;
  }
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (error) {
    complain(error.name === "NotFoundError"
      ? "There is no microphone; plug one in, or choose a file."
      : "The microphone was not allowed; allow it in the browser's address bar, then try again.");
    return null;
  }
  const parts = [], began = Date.now();
  const type = ["audio/webm;codecs=opus", "audio/mp4"].find((kind) => MediaRecorder.isTypeSupported(kind));
  const recorder = new MediaRecorder(stream, type ? { mimeType: type } : {});
  recorder.ondataavailable = (event) => parts.push(event.data);
  const context = new AudioContext(), meter = context.createAnalyser(), heard = new Float32Array(meter.fftSize);
  context.createMediaStreamSource(stream).connect(meter);
  let ticking = 0, wanted = true;
  const tick = () => {
    meter.getFloatTimeDomainData(heard);
    const loud = Math.sqrt(heard.reduce((sum, x) => sum + x * x, 0) / heard.length);
    level.style.transform = `scaleX(${Math.min(1, Math.max(0, 1 + Math.log10(loud + 1e-6) / 2.5)).toFixed(3)})`;
    const seconds = Math.floor((Date.now() - began) / 1000);
    time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    ticking = requestAnimationFrame(tick);
  };
  recorder.onstop = () => {
    cancelAnimationFrame(ticking);
    stream.getTracks().forEach((track) => track.stop());
    context.close();
    const at = new Date(), two = (n) => String(n).padStart(2, "0");
    const suffix = recorder.mimeType.includes("mp4") ? "m4a" : "webm";
    const name = `Recording ${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}.${two(at.getMinutes())}.${suffix}`;
    done(wanted ? new File(parts, name, { type: recorder.mimeType }) : null);
  };
  recorder.start(1000);
  tick();
  return { stop: () => recorder.stop(), discard() { wanted = false; recorder.stop(); } };
}
