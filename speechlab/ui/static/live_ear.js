/* Runs beside the page, on a worker or on the browser's sound thread: cuts what is heard, at whatever rate it comes, into
   frames of 100 ms of 16-bit samples at 16 kHz. The page gets each frame, and null after the last. */
const RATE = 16000, FRAME = RATE / 10;
const CROSSINGS = 16, CUTOFF = 0.92; /* of the windowed sinc: its half-width, and its edge as a share of 8 kHz */

/* From `step` samples to one: gives what it can of each stretch, and keeps what the next will need. */
function resampler(step) {
  const reach = Math.ceil(CROSSINGS * Math.max(1, step)), phases = new Map();
  const taps = (fraction) => {
    const key = Math.round(fraction * 4096);
    if (!phases.has(key)) {
      const weights = Float64Array.from({ length: 2 * reach }, (_, k) => {
        const away = k - reach + 1 - key / 4096, x = Math.PI * away * CUTOFF / Math.max(1, step), edge = Math.PI * away / reach;
        return Math.abs(away) < reach ? (x ? Math.sin(x) / x : 1) * (0.42 + 0.5 * Math.cos(edge) + 0.08 * Math.cos(2 * edge)) : 0;
      });
      const whole = weights.reduce((sum, weight) => sum + weight, 0);
      phases.set(key, weights.map((weight) => weight / whole));
    }
    return phases.get(key);
  };
  let held = new Float32Array(reach), from = -reach, count = 0; /* samples at hand, where they begin, samples given */
  return (samples) => {
    const joined = new Float32Array(held.length + samples.length), given = [];
    joined.set(held);
    joined.set(samples, held.length);
    for (; ; count++) {
      const at = count * step, whole = Math.floor(at), first = whole - reach + 1 - from;
      if (first + 2 * reach > joined.length) break;
      const weights = taps(at - whole);
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k] * joined[first + k];
      given.push(sum);
    }
    const used = Math.max(0, Math.floor(count * step) - reach + 1 - from);
    held = joined.slice(used);
    from += used;
    return given;
  };
}

function framer(rate, give) {
  const at16k = rate === RATE ? (samples) => samples : resampler(rate / RATE), frame = new Int16Array(FRAME);
  let filled = 0;
  const rest = () => {
    if (!filled) return;
    const part = frame.slice(0, filled);
    give(part, [part.buffer]);
    filled = 0;
  };
  const hear = (samples) => {
    for (const x of at16k(samples)) {
      frame[filled++] = Math.max(-32768, Math.min(32767, Math.round(x * 32768)));
      if (filled === FRAME) rest();
    }
  };
  return { hear, rest };
}

/* On a worker: reads a track as it comes. Nothing is lost while the machine is busy, which the sound thread cannot say. */
async function read(track) {
  const reader = track.getReader();
  let frames = null, rate = 0;
  for (let part; (part = await reader.read()).value; part.value.close()) {
    const { sampleRate, numberOfFrames, numberOfChannels } = part.value, mixed = new Float32Array(numberOfFrames), plane = new Float32Array(numberOfFrames);
    for (let planeIndex = 0; planeIndex < numberOfChannels; planeIndex++) {
      part.value.copyTo(plane, { planeIndex, format: "f32-planar" });
      for (let k = 0; k < numberOfFrames; k++) mixed[k] += plane[k] / numberOfChannels;
    }
    if (rate !== sampleRate) { frames?.rest(); [frames, rate] = [framer(sampleRate, (frame, all) => postMessage(frame, all)), sampleRate]; }
    frames.hear(mixed);
  }
  frames?.rest();
  postMessage(null);
}

if (globalThis.AudioWorkletProcessor) {
  registerProcessor("speechlab-ear", class extends AudioWorkletProcessor {
    frames = framer(sampleRate, (frame, all) => this.port.postMessage(frame, all));
    constructor() {
      super();
      this.port.onmessage = () => { this.frames.rest(); this.port.postMessage(null); }; /* no more is wanted */
    }
    process([[samples]]) {
      if (samples) this.frames.hear(samples);
      return true;
    }
  });
} else onmessage = ({ data }) => read(data);
