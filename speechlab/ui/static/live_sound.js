/* ---- where the sound comes from: a microphone, or what a tab or this computer plays ---- */

const RATE = 16000;
const TAB = "tab"; /* the choice that is no microphone */
const framed = window.self !== window.top;
const sharing = Boolean(navigator.mediaDevices?.getDisplayMedia);
const REFUSED = framed
  ? "The microphone was not allowed; allow it in the browser's address bar, or open the lab in a tab of its own."
  : "The microphone was not allowed; allow it in the browser's address bar, then start again.";
const SENTENCES = {
  insecure: "This browser gives a page sound only over https or on localhost; open the lab at such an address.",
  NotAllowedError: REFUSED,
  SecurityError: REFUSED,
  NotFoundError: "There is no microphone; plug one in, or choose the sound of a tab.",
  NotReadableError: "The microphone is in use by another program, or the system does not give it to the browser.",
  mute: "This browser does not start its sound; it wants a loudspeaker or headphones to be there.",
  shared: "Nothing was shared; start again, choose a tab or a screen, and tick its sound.",
  silent: "What was shared has no sound; start again, choose a tab, and tick \u201cAlso share tab audio\u201d.",
};

const secure = () => window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia);
const sentenceFor = (error) => new Error(SENTENCES[error.name] ?? `The browser gives no sound: ${error.message || error.name}.`);

/* Nothing is done to the sound that would make it pleasant for people and worse for engines. */
async function microphone(device) {
  const wanted = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true };
  const ask = (more) => navigator.mediaDevices.getUserMedia({ audio: { ...wanted, ...more } });
  try {
    return await ask(device ? { deviceId: { exact: device } } : {});
  } catch (error) {
    if (!device || !["OverconstrainedError", "NotFoundError"].includes(error.name)) throw sentenceFor(error);
    return await ask({}).catch((other) => { throw sentenceFor(other); }); /* that one is gone: any */
  }
}
async function shared() {
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, suppressLocalAudioPlayback: false };
  let stream;
  try {
    stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 1 }, audio, systemAudio: "include", selfBrowserSurface: "exclude" });
  } catch (error) {
    throw error.name === "NotAllowedError" ? new Error(SENTENCES.shared) : sentenceFor(error);
  }
  if (stream.getAudioTracks().length) return stream;
  stream.getTracks().forEach((track) => track.stop());
  throw new Error(SENTENCES.silent);
}

/* Two ways out of the browser. A track processor hands over all that the device gave, however busy the machine is. Where
   there is none (Firefox, Safari), the sound thread does it, which drops some of it when it is kept waiting for 100 ms. */
function processed(stream, code) {
  const worker = new Worker(code), { readable } = new MediaStreamTrackProcessor({ track: stream.getAudioTracks()[0], maxBufferSize: 1000 });
  worker.postMessage(readable, [readable]);
  return { port: worker, end: () => stream.getTracks().forEach((track) => track.stop()), close: () => worker.terminate() };
}
async function onSoundThread(stream, code, context) {
  try {
    await context.audioWorklet.addModule(code);
    const node = new AudioWorkletNode(context, "speechlab-ear", { channelCount: 1, channelCountMode: "explicit" });
    context.createMediaStreamSource(stream).connect(node).connect(context.destination); /* which hears silence: it keeps the node awake */
    context.onstatechange = () => { if (["suspended", "interrupted"].includes(context.state)) context.resume().catch(() => {}); };
    await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 4000))]);
    if (context.state !== "running") throw new Error(SENTENCES.mute);
    return { port: node.port, end: () => node.port.postMessage("no more"), close: () => context.close() };
  } catch (error) {
    context.close();
    if (error.name !== "NotSupportedError" || context.sampleRate !== RATE) throw error.name === "Error" ? error : sentenceFor(error);
    return await onSoundThread(stream, code, new AudioContext()); /* this browser does not resample; the ear does */
  }
}

/* Opens one source at a time. `heard` gets each frame, an Int16Array; `ended` a sentence when the source goes away. */
function earOf(source, heard, ended) {
  const code = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  let stream = null, way = null;

  async function open(choice) {
    if (!secure()) throw new Error(SENTENCES.insecure);
    const next = choice === TAB ? await shared() : await microphone(choice);
    try {
      const found = "MediaStreamTrackProcessor" in window ? processed(next, code) : await onSoundThread(next, code, new AudioContext({ sampleRate: RATE }));
      await close();
      [stream, way] = [next, found];
    } catch (error) {
      next.getTracks().forEach((track) => track.stop());
      throw error;
    }
    way.port.onmessage = ({ data }) => data && heard(data);
    next.getAudioTracks()[0].onended = () => { if (stream === next) ended(choice === TAB ? "The sharing was ended." : "The microphone is gone."); };
  }

  /* Gives the last part of a frame first. */
  async function close() {
    if (!way) return;
    const [last, old] = [way, stream];
    way = stream = null;
    await new Promise((done) => {
      last.port.onmessage = ({ data }) => data ? heard(data) : done();
      last.end();
      setTimeout(done, 2000); /* one that was stopped from outside says nothing */
    });
    old.getTracks().forEach((track) => track.stop());
    last.close();
  }

  return { open, close };
}
