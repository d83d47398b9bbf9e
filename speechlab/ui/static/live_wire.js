/* ---- the wire: one session of the lab, over a socket that may break; what the lab may not have yet is kept ---- */

const KEEP = 60 * RATE; /* samples that are kept though they were sent: the lab waits so long for a page that is gone */
const MOST = 600 * RATE; /* samples that may wait for a lab that cannot be reached or does not keep up */
const IN_FLIGHT = 10 * RATE * 2; /* bytes that the browser may hold for the network */
const TAKEN = 4001; /* why the lab closes the socket of a page whose session was taken up by another */
const STAY = 60_000; /* milliseconds between two signs of life while nothing is sent */

const address = (path) => new URL(path, location.href);

/* `told` gets each message of the lab; `changed` is called when the connection or the session changes. */
function wireTo({ told, changed, full }) {
  let socket = null, session = "", greeted = false, lost = false, over = false, ending = false;
  let opening = null, switching = null, patience = 250, retry = 0;
  let frames = [], end = 0, next = 0, sent = 0, taken = 0; /* sample counts; `next` is the first frame not sent whole */

  function connect() {
    const to = address("v1/stream");
    to.protocol = to.protocol.replace("http", "ws");
    if (session) to.searchParams.set("session", session);
    const own = socket = new WebSocket(to);
    own.onopen = () => { if (!session) say(opening); };
    own.onmessage = ({ data }) => { if (own === socket) hear(JSON.parse(data)); };
    own.onclose = ({ code }) => {
      if (own !== socket) return;
      if (code === TAKEN && !over) hear({ event: "Failed", error: "this session goes on in another tab" });
      [greeted, lost] = [false, !over];
      changed();
      if (over) return;
      retry = setTimeout(connect, patience);
      patience = Math.min(4000, patience * 2);
    };
  }
  const open = () => socket?.readyState === WebSocket.OPEN;
  const say = (what) => { if (open()) socket.send(JSON.stringify(what)); };
  const turn = () => { if (switching && greeted && open()) { say({ do: "switch", pipeline: switching }); switching = null; } };

  function hear(message) {
    if (message.event === "Session") {
      session = message.id;
      if (!greeted) goOn(message.samples);
      patience = 250;
    } else if (message.event === "Status") taken = Math.max(taken, message.samples ?? 0);
    else if (message.event === "Failed" || message.event === "Ended") { over = true; clearInterval(staying); }
    told(message);
    if (message.event === "Session") { changed(); turn(); flush(); }
    if (message.event === "Ended") socket.close(1000);
    if (over) changed();
  }

  /* Send on from exactly what the lab has. A page that was loaded anew has nothing older to send. */
  function goOn(samples) {
    [greeted, lost] = [true, false];
    if (samples > end) { frames = []; end = samples; }
    taken = sent = samples;
    next = frames.findIndex((frame) => frame.at + frame.pcm.length > samples);
    if (next < 0) next = frames.length;
  }

  function push(pcm) {
    if (over || ending) return;
    frames.push({ at: end, pcm });
    end += pcm.length;
    const old = frames.findIndex((frame) => frame.at + frame.pcm.length > Math.min(taken, end - KEEP));
    if (old > 0) { frames.splice(0, old); next = Math.max(0, next - old); }
    if (end - taken > MOST) full();
    flush();
  }
  function flush() {
    if (!greeted || !open()) return;
    while (next < frames.length && (ending || socket.bufferedAmount < IN_FLIGHT)) {
      const { at, pcm } = frames[next++];
      socket.send(pcm.subarray(Math.max(0, sent - at)));
      sent = at + pcm.length;
    }
    if (ending && next === frames.length) say({ do: "stop" });
  }

  const staying = setInterval(() => { if (greeted && !over) say({ do: "stay" }); }, STAY);
  return {
    /* A new session through this pipeline, or one that is there already. */
    start(pipeline, keepSound) { opening = { pipeline, keep_sound: keepSound }; connect(); },
    comeBack(id) { session = id; connect(); },
    push,
    switch(pipeline) { if (session) { switching = pipeline; turn(); } else opening.pipeline = pipeline; },
    finish() { ending = true; flush(); },
    /* Nobody waits for this session any more. */
    drop() { over = true; clearTimeout(retry); clearInterval(staying); socket?.close(1000); },
    get session() { return session; },
    get lost() { return lost; },
    get over() { return over; },
    get seconds() { return end / RATE; },
    get unheard() { return (end - taken) / RATE; }, /* seconds that the lab has not told of having */
  };
}
