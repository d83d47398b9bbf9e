/* Runs on the browser's sound thread: gathers what is heard into frames of 100 ms of 16-bit samples at 16 kHz. */
const RATE = 16000, FRAME = RATE / 10;

/* For a browser that gives a page the microphone at its own rate alone (Firefox): a windowed sinc, 16 crossings wide. */
function resampler(step) {
  const reach = Math.ceil(8 * step), phases = new Map();
  const taps = (fraction) => {
    const key = Math.round(fraction * 4096);
    if (!phases.has(key)) {
      const weights = Float32Array.from({ length: 2 * reach }, (_, k) => {
        const away = k - reach + 1 - fraction, x = Math.PI * away * 0.95 / step, edge = away / reach;
        return Math.abs(edge) < 1 ? (x ? Math.sin(x) / x : 1) * (0.5 + 0.5 * Math.cos(Math.PI * edge)) : 0;
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
      given.push(taps(at - whole).reduce((sum, weight, k) => sum + weight * joined[first + k], 0));
    }
    const used = Math.max(0, Math.floor(count * step) - reach + 1 - from);
    held = joined.slice(used);
    from += used;
    return given;
  };
}

class Ear extends AudioWorkletProcessor {
  constructor() {
    super();
    this.at16k = sampleRate === RATE ? (samples) => samples : resampler(sampleRate / RATE);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.port.onmessage = () => { this.give(); this.port.postMessage(null); }; /* asked for what is left */
  }
  give() {
    if (!this.filled) return;
    const frame = this.frame.slice(0, this.filled);
    this.port.postMessage(frame, [frame.buffer]);
    this.filled = 0;
  }
  process([[samples]]) {
    for (const x of samples ? this.at16k(samples) : []) {
      this.frame[this.filled++] = Math.max(-32768, Math.min(32767, Math.round(x * 32768)));
      if (this.filled === FRAME) this.give();
    }
    return true;
  }
}
registerProcessor("speechlab-ear", Ear);
