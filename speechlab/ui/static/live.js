/* ---- the tab: what is pressed, what is shown ---- */

const one = (selector) => element.querySelector(selector);
const live = one(".live"), dialog = one(".room"), starting = one(".live-start"), scroller = one(".live-scroll");
const source = one(".live-source select"), format = one(".live-save select"), keeping = one(".live-keep input");
const set = (node, text) => { if (node.textContent !== text) node.textContent = text; };
const keep = (store, name, value) => { try { value === null ? store.removeItem(name) : store.setItem(name, value); } catch { /* then not */ } };
const kept = (store, name) => { try { return store.getItem(name); } catch { return null; } };

const captions = captionsIn(scroller, one(".live-lines"), one(".live-aloud"), one(".live-newest"));
const room = roomIn(dialog, captions, { toggle: () => ({ live: pause, paused: resume })[state]?.() });
const ear = earOf(props.ear, heard, (sentence) => { if (state === "live") pause().then(() => complain(sentence)); });

let state = "idle"; /* idle, asking, live, paused, settling, over */
let wire = null, status = {}, level = -Infinity, quiet = 0, keepsSound = false, taken = true, returning = false;

/* ---- what the lab tells ---- */

function told(message) {
  switch (message.event) {
    case "Session": returning = false; remember(); if (noted.textContent === CHANGING) noted.hidden = true; break;
    case "SegmentUpdate": captions.hear(message); taken = false; break;
    case "Status": status = message; break;
    case "Notice": note(message.text); break;
    case "Failed": complain([message.error, message.hint].filter(Boolean)); break;
    default: break; /* speech, turns and synthesis are for programs */
  }
  if (wire.over && state !== "over") finished();
  show();
}
function finished() {
  ear.close();
  forget();
  if (!captions.empty || (keepsSound && wire.session && !returning)) { state = "over"; return; }
  if (returning) calm(); /* that session is long over, and nobody asked for it */
  else if (wire.session) note("Nothing was recognised.");
  [state, wire, status] = ["idle", null, {}];
}

/* ---- what the microphone tells ---- */

function heard(pcm) {
  let sum = 0;
  for (const x of pcm) sum += x * x;
  level = 20 * Math.log10(Math.sqrt(sum / pcm.length) / 32768);
  quiet = level > -80 ? 0 : quiet + pcm.length / RATE;
  if (quiet > 5) { quiet = -60; note("No sound arrives; is the microphone muted, or another one meant?"); }
  if (wire) { wire.push(pcm); show(); }
}

/* ---- doing ---- */

const choice = () => source.value;
async function hearing() {
  await ear.open(choice());
  if (choice() !== TAB) await devices();
}
async function start() {
  const plan = props.value;
  calm();
  if (plan.problem) { complain([plan.problem, plan.hint]); return; }
  state = "asking";
  show();
  try { await hearing(); } catch (error) { state = "idle"; complain(error.message); show(); return; }
  captions.clear();
  [keepsSound, status, sent] = [keeping.checked, {}, JSON.stringify(plan.pipeline)];
  wire = wireTo({ told, changed: show, full });
  wire.start(plan.pipeline, keepsSound);
  state = "live";
  show();
  focusOn("pause");
}
/* A little silence after it, so that what was being said is settled. */
async function pause() {
  state = "paused";
  show();
  await ear.close();
  const hush = Math.ceil((props.value.pause + 500) / 100);
  for (let n = 0; n < hush; n++) wire?.push(new Int16Array(RATE / 10));
  level = -Infinity;
  show();
}
async function resume() {
  calm();
  try { await hearing(); state = "live"; } catch (error) { complain(error.message); }
  show();
}
async function stop() {
  state = "settling";
  show();
  await ear.close();
  wire.finish();
}
function full() {
  if (state !== "live") return;
  pause().then(() => complain("The lab has not kept up for ten minutes, so listening was paused; nothing is lost so far."));
}
function clear() {
  if (!taken && !live.classList.contains("live-sure")) {
    live.classList.add("live-sure"); /* pressed once more, it is done */
    setTimeout(() => { live.classList.remove("live-sure"); show(); }, 4000);
    show();
    return;
  }
  live.classList.remove("live-sure");
  wire?.drop();
  [wire, state, status, taken] = [null, "idle", {}, true];
  captions.clear();
  calm();
  show();
  focusOn("start");
}

const SOUND = ".sound"; /* what is saved, where it is no format */
const stamp = () => { const at = new Date(), two = (n) => String(n).padStart(2, "0"); return `Live ${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}.${two(at.getMinutes())}`; };
function give(href, name) { Object.assign(document.createElement("a"), { href, download: name }).click(); }
async function fetched(path) {
  const answer = await fetch(address(`v1/stream/sessions/${wire.session}/${path}`)).catch(() => null);
  if (answer?.ok) return answer;
  const problem = (await answer?.json().catch(() => null))?.error?.message;
  throw new Error(problem || (answer ? "The lab does not have this session any more; copy the text instead." : "The lab cannot be reached."));
}
async function save() {
  if (format.value === SOUND) return saveSound();
  try {
    const href = URL.createObjectURL(await (await fetched(`recording?format=${encodeURIComponent(format.value)}`)).blob());
    give(href, `${stamp()}.${format.selectedOptions[0].dataset.suffix}`);
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
    taken = true;
  } catch (error) { complain(error.message); }
}
async function saveSound() { /* it may be long, so the browser fetches it itself once it is known to be there */
  try {
    const answer = await fetched("sound");
    answer.body.cancel();
    give(answer.url, `${stamp()}.wav`);
  } catch (error) { complain(error.message); }
}
async function copy() {
  try {
    await navigator.clipboard.writeText(captions.text);
    taken = true;
    note("Copied.");
  } catch { complain("The browser does not let this page copy; select the text and copy it."); }
}

const DO = { start, pause: () => (state === "paused" ? resume : pause)(), stop, clear, save, copy, room: room.open };
live.addEventListener("click", (event) => {
  const what = event.target.closest("[data-live]")?.dataset.live;
  if (what) DO[what]();
});
const focusOn = (what) => one(`[data-live="${what}"]`).focus({ preventScroll: true });

/* ---- sources ---- */

async function devices() {
  const found = secure() ? (await navigator.mediaDevices.enumerateDevices()).filter(({ kind, deviceId }) => kind === "audioinput" && !["default", "communications"].includes(deviceId)) : [];
  const was = source.value || kept(localStorage, "speechlab-source") || "";
  const option = (value, label) => Object.assign(document.createElement("option"), { value, textContent: label });
  const labelled = found.filter(({ label, deviceId }) => label && deviceId);
  source.replaceChildren(option("", "Microphone"), ...(labelled.length > 1 ? labelled.map(({ deviceId, label }) => option(deviceId, label)) : []), ...(sharing ? [option(TAB, "A tab or this computer")] : []));
  source.value = [...source.options].some(({ value }) => value === was) ? was : "";
}
source.addEventListener("change", async () => {
  keep(localStorage, "speechlab-source", source.value);
  calm();
  if (state === "live") try { await hearing(); } catch (error) { await pause(); complain(error.message); }
  show();
});
navigator.mediaDevices?.addEventListener("devicechange", devices);

/* ---- settings: what is changed beside it is heard at once ---- */

let sent = "", telling = 0;
const CHANGING = "Changing over; until then it goes on as before.";
watch("value", () => {
  clearTimeout(telling);
  telling = setTimeout(() => {
    const { pipeline, problem, hint } = props.value, now = JSON.stringify(pipeline);
    if (!["live", "paused"].includes(state) || now === sent) return;
    if (problem) { complain([problem, hint]); return; }
    calm();
    sent = now;
    wire.switch(pipeline);
    note(CHANGING);
  }, 400);
});

/* ---- a page that is loaded anew comes back to its session ---- */

const remember = () => keep(sessionStorage, "speechlab-live", JSON.stringify({ id: wire.session, keepsSound }));
const forget = () => keep(sessionStorage, "speechlab-live", null);
function comeBack() {
  const was = JSON.parse(kept(sessionStorage, "speechlab-live") || "null");
  if (!was) return;
  [state, keepsSound, returning] = ["paused", was.keepsSound, true];
  wire = wireTo({ told, changed: show, full });
  wire.comeBack(was.id);
}

/* ---- the screen stays lit while somebody listens ---- */

let lit = null;
async function light() {
  if (state !== "live" || document.hidden || lit) { if (state !== "live") { lit?.release(); lit = null; } return; }
  try {
    lit = await navigator.wakeLock?.request("screen");
    lit?.addEventListener("release", () => { lit = null; });
  } catch { /* then it may go dark */ }
}
document.addEventListener("visibilitychange", light);
window.addEventListener("beforeunload", (event) => { if (state === "live") event.preventDefault(); });

/* ---- showing ---- */

const problem = one(".live-problem"), noted = one(".live-note"), inRoom = one(".room-problem");
function complain(sentences) {
  const text = [sentences].flat().filter(Boolean).map((text) => /^(pip|set|hf) /.test(text) ? text : text[0].toUpperCase() + text.slice(1) + (/[.!?\u2026]$/.test(text) ? "" : ".")).join(" ");
  for (const node of [problem, inRoom]) { node.textContent = text; node.hidden = false; }
}
function calm() { for (const node of [problem, noted, inRoom]) node.hidden = true; }
let noting = 0;
function note(text) {
  noted.textContent = text;
  noted.hidden = false;
  clearTimeout(noting);
  noting = setTimeout(() => { noted.hidden = true; }, 12_000);
}

const away = () => Boolean(wire?.lost);
const loading = () => state === "live" && !wire.session;
const words = () => away() ? "Reconnecting" : loading() ? `Loading ${props.value.name}` : { idle: "Ready", asking: "Waiting for permission", live: "Listening", paused: "Paused", settling: "Settling the last words", over: "Finished" }[state];
const DASH = "\u2013";

function show() {
  const word = words(), running = ["live", "paused", "settling"].includes(state), begun = running || state === "over";
  live.dataset.state = away() ? "away" : loading() ? "loading" : state;
  live.classList.toggle("live-speaking", state === "live" && Boolean(status.speaking));
  set(one(".live-word"), word);
  set(one(".room-state"), begun ? `${word} \u00b7 ${clock(wire.seconds)}` : word);
  set(one(".live-elapsed"), clock(wire?.seconds ?? 0));
  set(one(".live-language"), status.language ? nameOf(status.language) : DASH);
  set(one(".live-lag"), running && wire.session ? `${lag().toFixed(1)} s` : DASH);
  set(one(".live-speed"), status.speed ? `${status.speed < 9.95 ? status.speed.toFixed(1) : Math.round(status.speed)}\u00d7` : DASH);
  const decibels = state === "live" ? Math.max(-60, Math.min(0, level)) : -60;
  set(one(".live-decibels"), state === "live" && Number.isFinite(level) ? `${Math.round(Math.max(-99, level))} dB` : DASH);
  one(".live-meter").setAttribute("aria-valuenow", Math.round(decibels));
  one(".live-meter span").style.transform = `scaleX(${(1 + decibels / 60).toFixed(3)})`;

  starting.hidden = begun;
  scroller.hidden = !begun;
  one(".live-soon").hidden = !begun || !captions.empty;
  set(one(".live-soon"), state === "over" ? "Nothing was recognised." : wire?.session ? "What is said appears here." : "What is said while it is being loaded is kept.");
  const button = (what) => one(`[data-live="${what}"]`);
  button("start").disabled = state === "asking" || !secure();
  button("pause").hidden = !["live", "paused"].includes(state);
  set(button("pause").querySelector("span"), state === "paused" ? "Resume" : "Pause");
  button("pause").querySelector("path").setAttribute("d", state === "paused" ? "M8 5l11 7-11 7z" : "M9 6v12M15 6v12");
  button("stop").hidden = !["live", "paused"].includes(state);
  button("clear").hidden = !["settling", "over"].includes(state);
  set(button("clear").querySelector("span"), live.classList.contains("live-sure") ? "Clear without saving?" : "New session");
  const nothing = !begun || captions.empty;
  const sounds = state === "over" && keepsSound, wav = format.querySelector(`[value="${SOUND}"]`);
  wav.disabled = !sounds;
  set(wav, sounds ? "sound" : keepsSound ? "sound, once it is stopped" : "sound, which is not kept");
  button("save").disabled = format.value === SOUND ? !sounds : nothing;
  button("copy").disabled = nothing;
  source.disabled = ["asking", "settling", "over"].includes(state);
  const targets = captions.targets;
  live.classList.toggle("live-two", targets.length > 0);
  one(".live-columns").hidden = !begun || !targets.length;
  if (targets.length) {
    set(one(".live-of-said"), "As spoken");
    set(one(".live-of-into"), targets.map(nameOf).join(", "));
    one(".live-of-into").dir = targets.length > 1 ? "" : directionOf(targets[0]);
  }
}
/* What waits in the lab, and what has not even reached it. */
const lag = () => (status.lag ?? 0) + (wire.unheard > 2 ? wire.unheard : 0);

captions.onDraw(show);
for (const { id, suffix, summary } of props.formats) {
  const option = Object.assign(document.createElement("option"), { value: id, textContent: id, title: summary });
  option.dataset.suffix = suffix;
  format.append(option);
}
format.append(Object.assign(document.createElement("option"), { value: SOUND }));
format.value = kept(localStorage, "speechlab-format") ?? "srt";
if (format.selectedIndex < 0) format.selectedIndex = 0;
format.addEventListener("change", () => { if (format.value !== SOUND) keep(localStorage, "speechlab-format", format.value); show(); });
if (!secure()) complain(SENTENCES.insecure);
devices().then(comeBack).then(show);
