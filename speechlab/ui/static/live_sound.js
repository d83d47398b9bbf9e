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

/* Opens one source at a time. `heard` gets each frame, an Int16Array; `ended` a sentence when the source goes away. */
function earOf(worklet, heard, ended) {
  let context = null, stream = null, node = null;

  async function attach(asked) {
    const address = URL.createObjectURL(new Blob([worklet], { type: "text/javascript" }));
    const through = async (made) => {
      await made.audioWorklet.addModule(address);
      const ear = new AudioWorkletNode(made, "speechlab-ear", { channelCount: 1, channelCountMode: "explicit" });
      made.createMediaStreamSource(asked).connect(ear).connect(made.destination); /* which hears silence: it keeps the ear awake */
      return [made, ear];
    };
    const resampling = new AudioContext({ sampleRate: RATE });
    try {
      return await through(resampling);
    } catch (error) {
      resampling.close();
      if (error.name !== "NotSupportedError") throw sentenceFor(error);
      return await through(new AudioContext()); /* this browser does not resample; the ear does */
    } finally { URL.revokeObjectURL(address); }
  }

  async function open(choice) {
    if (!secure()) throw new Error(SENTENCES.insecure);
    const next = choice === TAB ? await shared() : await microphone(choice);
    try {
      const [made, ear] = await attach(next);
      await close();
      [context, stream, node] = [made, next, ear];
    } catch (error) {
      next.getTracks().forEach((track) => track.stop());
      throw error;
    }
    node.port.onmessage = ({ data }) => data && heard(data);
    const gone = choice === TAB ? "The sharing was ended." : "The microphone is gone.";
    next.getAudioTracks()[0].onended = () => { if (stream === next) ended(gone); };
    const made = context;
    made.onstatechange = () => { if (made === context && made.state !== "running") made.resume().catch(() => {}); };
    await made.resume();
  }

  /* Gives the last part of a frame first. */
  async function close() {
    if (!context) return;
    const [made, old, ear] = [context, stream, node];
    context = stream = node = null;
    await new Promise((done) => {
      ear.port.onmessage = ({ data }) => data ? heard(data) : done();
      ear.port.postMessage("what is left");
      setTimeout(done, 500); /* a sound thread that has stopped says nothing */
    });
    old.getTracks().forEach((track) => track.stop());
    made.close();
  }

  return { open, close, get device() { return stream?.getAudioTracks()[0]?.getSettings().deviceId ?? ""; } };
}
