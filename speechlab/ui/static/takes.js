/* ---- the takes: a text in each voice that is picked, heard while it is made ---- */

const section = element.querySelector(".takes"), one = (selector) => section.querySelector(selector);
const format = one(".live-save select"), problem = one(".sheet-problem"), notes = one(".takes-notes");
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`speechlab:${name}`, { detail }));
const keep = (store, name, value) => { try { value === null ? store.removeItem(name) : store.setItem(name, value); } catch { /* then not */ } };
const kept = (store, name) => { try { return store.getItem(name); } catch { return null; } };

let reading = null; /* as the lab told it, with `columns` as a Map from voice to column */
let voices = []; /* those that are picked, as the picker told them */
let sentence = "", price = { text: "", dear: false }, giving = false; /* whether a file is being written */
const works = new Set(); /* {controller, columns}: what the lab is at work on */
const waiters = new Set(); /* {column, row, done}: who waits for a sentence */

const plan = () => props.value ?? { options: {}, values: {} };
const voiceOf = ({ voice, engine }) => `${engine}\n${voice}`;
const idOf = (one) => `${voiceOf(one)}\n${one.number ?? 0}`;
const who = ({ voice, engine, number = 0 }) => ({ voice, engine, number });
/* What is set: now, and for a take that is kept beside others, as it was when it was spoken. */
const settingsOf = ({ kept, settings }) => kept ? settings : plan();
/* What the sound of a voice depends on; silences between sentences are no part of it. */
const manner = ({ by }, { language, options, values } = plan()) => { const { pause, paragraph_pause, ...rest } = options; return JSON.stringify([language, rest, values[by] ?? {}]); };
const asking = (columns, more = {}) => { const { language, options, values } = settingsOf(columns[0]); return { voices: columns.map(who), language, options, values, ...more }; };
const takesOf = (voice) => [...reading.columns.values()].filter((column) => voiceOf(column) === voiceOf(voice)).sort((one, other) => one.number - other.number);
const picked = (column) => voices.some((voice) => voiceOf(voice) === voiceOf(column));
const shown = () => reading ? voices.flatMap(takesOf) : [];
const changed = (column) => !column.kept && column.sounds.size > 0 && manner(column, column.settings) !== manner(column);

const player = playerOf({
  fetched: async ({ column, row }, after, signal) => await there(column, row, signal) ? wire.sound(reading.id, row, column, after, signal) : null,
  moved(what) { rows.mark(what); drawSound(what); },
  failed: (error) => { if (error.name !== "AbortError") complain(error.message); },
});
const rows = rowsIn(section, { reworded, press });

/* Resolves once a sentence is said: whether there is anything to hear. */
function there(column, row, signal) {
  const known = () => column.sounds.has(row) && !column.again?.has(row) ? { yes: column.sounds.get(row).seconds > 0 } : [...works].some((work) => work.columns.includes(column)) ? null : { yes: false };
  const now = known();
  if (now) return Promise.resolve(now.yes);
  return new Promise((done, stopped) => {
    const waiter = () => { const told = known(); if (told) { waiters.delete(waiter); done(told.yes); } };
    waiters.add(waiter);
    signal.addEventListener("abort", () => { waiters.delete(waiter); stopped(new DOMException("", "AbortError")); });
  });
}
const wake = () => { for (const waiter of [...waiters]) waiter(); };

/* ---- which voices, and what text ---- */

/* The take of a voice that Speak makes: beside those that are kept. */
function columnOf(voice) {
  const others = takesOf(voice);
  return others.find(({ kept }) => !kept) ?? added({ ...voice, number: others.length ? others.at(-1).number + 1 : 0 });
}
function added({ voice, engine, number, name, by }) {
  const id = idOf({ voice, engine, number });
  const column = { id, voice, engine, number, name, called: name, settled: "", by, kept: false, settings: plan(), sounds: new Map(), proofs: new Map(), notes: [], note: "", seconds: 0, state: "new", error: "", hint: "" };
  reading.columns.set(id, column);
  return column;
}
/* Takes of one voice are told apart by what was set otherwise. */
function nameTakes() {
  for (const voice of reading ? voices : []) {
    const columns = takesOf(voice), all = columns.map(({ settings }) => settings);
    for (const [at, column] of columns.entries()) {
      const settled = differing(all, at, props.settings, voice.by);
      Object.assign(column, { called: voice.name, by: voice.by, settled, name: [voice.name, settled].filter(Boolean).join(", ") });
    }
  }
}
document.addEventListener("speechlab:voices", ({ detail }) => {
  voices = detail.voices;
  for (const work of works) if (!work.columns.some(picked)) work.controller.abort();
  if (player.item && !picked(player.item.column)) player.stop();
  redraw();
  priced();
});
let checked = false;
watch("value", () => {
  tell("plan", plan());
  const now = Boolean(plan().check), asked = now && !checked;
  checked = now;
  if (asked && reading && !works.size) prove(shown()); /* what was said before is listened to as well */
  show();
  priced();
});

async function speak({ text, beside }) {
  calm();
  if (!ready()) return;
  if (beside && !besides()) return;
  if (!reading || reading.gone || reading.text !== text) {
    halt();
    player.stop();
    try { take(await wire.open({ ...asking(voices), text })); } catch (error) { complain(error.message); return; }
  }
  const columns = voices.map(columnOf), own = reading;
  const left = (column) => changed(column) ? null : reading.rows.map((_, row) => row).filter((row) => !column.sounds.has(row));
  let jobs = columns.map((column) => ({ column, only: left(column) })).filter(({ only }) => !only || only.length);
  if (!jobs.length) jobs = columns.map((column) => ({ column, only: null }));
  for (const { column, only } of jobs) begin(column, only);
  const first = jobs[0], from = first.only ? first.only[0] : 0;
  const running = run(jobs);
  one(".sheet-head").scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
  listen(first.column, from);
  await running;
  if (own === reading && !works.size) tellDone(jobs.map(({ column }) => column));
}
function begin(column, only) {
  Object.assign(column, { state: "waiting", error: "", hint: "", note: "" }, only ? {} : { sounds: new Map(), proofs: new Map() });
  if (!column.sounds.size) column.settings = settingsOf(column);
}
/* Takes that were spoken with other settings are kept: Speak makes others beside them. */
const MOST = 8;
function besides() {
  const kept = shown().filter(changed);
  if (shown().length + kept.length > MOST) { complain(`At most ${MOST} takes stand side by side; remove one first.`); return false; }
  for (const column of kept) column.kept = true;
  remember();
  return true;
}
const remember = () => keep(sessionStorage, "speechlab-kept", JSON.stringify([...reading?.columns.values() ?? []].filter(({ kept }) => kept).map(({ id }) => id)));
async function remove(column) {
  if (player.item?.column === column) player.stop();
  reading.columns.delete(column.id);
  remember();
  redraw();
  try { await wire.drop(reading.id, { voices: [who(column)] }); } catch (error) { if (!error.gone) complain(error.message); }
}
function ready() {
  const { problem, hint } = plan();
  if (problem) complain(words(problem, hint));
  return !problem;
}
function take(told) {
  reading = told && { ...told, columns: new Map() };
  let beside = [];
  try { beside = JSON.parse(kept(sessionStorage, "speechlab-kept") ?? "[]"); } catch { /* then none is kept */ }
  for (const { who, speaker, settings, sounds, proofs, notes, seconds } of told?.takes ?? []) {
    const by = speaker.replace(/^tts\//, ""), column = added({ ...who, name: who.voice || by, by });
    Object.assign(column, { kept: beside.includes(column.id), settings, sounds: new Map(sounds.map((sound) => [sound.row, sound])), proofs: new Map(proofs.map((proof) => [proof.row, proof])), notes, seconds });
    column.state = column.sounds.size >= reading.rows.length ? "done" : column.sounds.size ? "stopped" : "new";
  }
  keep(sessionStorage, "speechlab-reading", reading?.id ?? null);
  remember();
  redraw();
}

/* ---- the lab at work ---- */

/* Speaks one column after the other; then, where that is wanted, listens to them. */
async function run(jobs, otherwise = false) {
  const own = reading, work = { controller: new AbortController(), columns: jobs.map(({ column }) => column) };
  works.add(work);
  redraw();
  for (const { column, only } of jobs) {
    if (work.controller.signal.aborted) break;
    try {
      await wire.speak(own.id, asking([column], { only, otherwise }), (line) => heard(own, column, line), work.controller.signal, (note) => { column.note = note; if (own === reading) later(column); });
    } catch (error) {
      if (error.name !== "AbortError") Object.assign(column, { state: "failed", error: error.message, hint: "" });
      own.gone ||= Boolean(error.gone); /* the lab was started anew, say: then the text is given once more */
    }
    work.columns = work.columns.filter((other) => other !== column);
    settled(own, column);
  }
  for (const { column } of jobs) if (["waiting", "working"].includes(column.state)) settled(own, column);
  works.delete(work);
  wake();
  if (own === reading && plan().check && !work.controller.signal.aborted) await prove(jobs.map(({ column }) => column));
  redraw();
}
function settled(own, column) {
  column.again = null;
  if (column.state !== "failed") column.state = column.sounds.size >= own.rows.length ? "done" : "stopped";
  if (own !== reading) return;
  wake();
  rows.head(column);
  own.rows.forEach((_, row) => rows.row(row));
  show();
}
function heard(own, column, line) {
  if (line.anew) { column.sounds = new Map(); column.proofs = new Map(); }
  if (line.notes) column.notes = line.notes;
  if (line.speaker && !column.by) column.by = line.speaker.replace(/^tts\//, "");
  if (line.state === "working") Object.assign(column, { state: "working", error: "", hint: "" });
  if (line.state === "failed") Object.assign(column, { state: "failed", error: line.error, hint: line.hint });
  if (line.state === "done") column.seconds = line.seconds;
  if (line.sound) { column.note = ""; column.sounds.set(line.sound.row, line.sound); column.proofs.delete(line.sound.row); column.again?.delete(line.sound.row); }
  if (own !== reading) return;
  if (line.sound) rows.row(line.sound.row);
  wake();
  later(column);
}
const later = pulsing((columns) => {
  if (!reading) return;
  for (const column of columns) rows.head(column);
  show();
});
async function prove(columns) {
  const own = reading, work = { controller: new AbortController(), columns: [], listening: true };
  columns = columns.filter(({ sounds, proofs }) => [...sounds].some(([row, { seconds }]) => seconds && !proofs.has(row)));
  if (!columns.length) return;
  works.add(work);
  redraw();
  const hear = ({ who, state, proof, error, hint }) => {
    const column = own.columns.get(idOf(who));
    if (state === "listening") column.state = "listening";
    if (state === "heard" || state === "unheard") column.state = column.sounds.size >= own.rows.length ? "done" : "stopped";
    if (error && own === reading) complain(words(error, hint));
    if (proof) { column.proofs.set(proof.row, proof); if (own === reading) rows.row(proof.row); }
    if (own === reading) later(column);
  };
  try {
    await wire.listen(own.id, { voices: columns.map(who) }, hear, work.controller.signal);
  } catch (error) { if (own === reading && error.name !== "AbortError") complain(error.message); }
  for (const column of columns) if (column.state === "listening") column.state = column.sounds.size >= own.rows.length ? "done" : "stopped";
  works.delete(work);
  if (own === reading) redraw();
}
function halt() { for (const work of works) work.controller.abort(); }
function tellDone(columns) {
  set(one(".sheet-said"), columns.map((column) => column.error ? `${column.name} failed` : `${column.name} has said it`).join(", "));
}

async function reworded(row, text) {
  const own = reading, line = own.rows[row], before = line.text;
  line.text = text;
  try { Object.assign(line, await wire.reword(own.id, row, text)); } catch (error) { line.text = before; complain(error.message); rows.row(row); return; }
  if (player.item?.row === row) player.stop();
  const columns = [...own.columns.values()].filter(({ sounds }) => sounds.size);
  for (const column of columns) { column.sounds.delete(row); column.proofs.delete(row); }
  if (own !== reading) return;
  calm();
  const here = columns.filter((column) => shown().includes(column) && !["waiting", "working"].includes(column.state));
  if (here.length) anew(here, row, false); else redraw();
}
/* One sentence is said again, alone, then heard. */
function anew(columns, row, otherwise) {
  for (const column of columns) Object.assign(column, { again: new Set([row]), error: "", hint: "", state: "waiting" });
  run(columns.map((column) => ({ column, only: [row] })), otherwise);
  compare(row, columns);
}

/* ---- hearing ---- */

const silence = ({ row }) => reading.rows[row].pause || 0;
const BETWEEN = 0.4; /* seconds between two voices that are compared */
function listen(column, from = 0) {
  player.play(reading.rows.map((_, row) => ({ column, row })).slice(from), silence);
}
function compare(row, columns = shown().filter(({ sounds }) => sounds.get(row)?.seconds)) {
  player.play(columns.map((column) => ({ column, row })), () => BETWEEN);
}
/* Every sentence in one voice after the other. */
function compareAll() {
  const columns = shown().filter(({ sounds }) => sounds.size);
  player.play(reading.rows.flatMap((_, row) => columns.map((column) => ({ column, row }))), ({ column, row }) => column === columns[0] ? Math.max(BETWEEN, silence({ row })) : BETWEEN);
}
function press(what, column, row) {
  calm();
  const item = player.item;
  if (reading.gone && ["anew", "again", "on"].includes(what)) { speak(reading); return; }
  if (what === "play") { if (item?.column === column) player.stop(); else listen(column); }
  if (what === "hear") { if (item?.column === column && item.row === row && player.state !== "waiting") player.toggle(); else player.play([{ column, row }], () => 0); }
  if (what === "compare") { if (item?.row === row) player.stop(); else compare(row); }
  if (what === "anew" && ready()) anew([column], row, true);
  if (what === "again" && ready()) renew([column], null);
  if (what === "remove") remove(column);
  if (what === "on" && ready()) renew([column], reading.rows.map((_, row) => row).filter((row) => !column.sounds.has(row)));
  if (what === "take") give([column]);
}
function renew(columns, only) {
  player.stop();
  for (const column of columns) begin(column, only);
  run(columns.map((column) => ({ column, only })));
  listen(columns[0], only?.[0] ?? 0);
}
async function give(columns) {
  if (giving) return;
  giving = true;
  show();
  try {
    const href = await wire.file(reading.id, { voices: columns.map(who), format: format.value });
    Object.assign(document.createElement("a"), { href: address(href), download: "" }).click();
  } catch (error) { complain(error.message); }
  giving = false;
  show();
}
section.addEventListener("click", (event) => {
  const what = event.target.closest("[data-takes]")?.dataset.takes;
  if (what === "all") give(shown().filter(({ sounds }) => sounds.size));
  if (what === "compare") compareAll();
  if (what !== "play") return;
  if (["playing", "paused"].includes(player.state)) player.toggle();
  else if (player.state === "waiting") player.stop();
  else { const column = shown().find(({ sounds }) => sounds.size); if (column) listen(column); }
});
format.append(...props.formats.map((id) => Object.assign(document.createElement("option"), { value: id, textContent: id })));
const was = kept(localStorage, "speechlab-take-format");
if (props.formats.includes(was)) format.value = was;
format.addEventListener("change", () => keep(localStorage, "speechlab-take-format", format.value));

/* ---- what it will cost ---- */

let pricing = 0, stopping = null, text = "";
const PAUSE = 900; /* ms without a key before the price is asked */
function priced() {
  clearTimeout(pricing);
  stopping?.abort();
  const costly = voices.filter(({ by }) => props.priced.includes(by));
  if (!costly.length || !text.trim()) { price = { text: "", dear: false }; show(); return; }
  pricing = setTimeout(async () => {
    stopping = new AbortController();
    try {
      const told = await wire.quote({ ...asking(costly), text }, stopping.signal);
      price = { text: told.map(({ text }) => `${text}.`).join(" "), dear: told.some(({ enough }) => !enough) };
    } catch (error) { if (error.name === "AbortError") return; price = { text: error.message, dear: true }; }
    show();
  }, PAUSE);
}
document.addEventListener("speechlab:said", ({ detail }) => { text = detail.text; calm(); priced(); });

/* ---- showing ---- */

function complain(text) { sentence = text; show(); }
function calm() { sentence = ""; show(); }
function redraw() { nameTakes(); if (reading) rows.draw(reading, shown()); show(); }
function drawSound({ item, state }) {
  const play = one('[data-takes="play"]'), busy = ["playing", "waiting"].includes(state), many = shown().filter(({ sounds }) => sounds.size).length;
  play.querySelector("path").setAttribute("d", state === "waiting" ? "M7 7h10v10H7z" : busy ? ICONS.pause : ICONS.play);
  play.setAttribute("aria-label", state === "waiting" ? "Stop waiting" : busy ? "Pause" : "Play");
  play.classList.toggle("sheet-playing", state === "playing");
  play.disabled = !item && !many;
  const total = reading?.rows.length ?? 0;
  set(one(".takes-now"), item ? `${item.column.name} \u00b7 ${total > 1 ? `${item.row + 1} of ${total}` : ""}${state === "waiting" ? " being said" : ""}` : many > 1 ? "Press a number to hear a sentence in every voice" : "");
  one(".takes-compare").hidden = many < 2;
}
function show() {
  const columns = shown();
  section.hidden = !reading || !columns.length;
  problem.hidden = !sentence || section.hidden;
  set(problem, sentence);
  const all = [...new Set(columns.flatMap(({ notes }) => notes))];
  notes.hidden = !all.length;
  if (notes.children.length !== all.length || all.some((note, at) => notes.children[at].textContent !== words(note, ""))) notes.replaceChildren(...all.map((note) => made("li", "", { textContent: words(note, "") })));
  one('[data-takes="all"]').disabled = giving || !columns.some(({ sounds }) => sounds.size);
  set(one('[data-takes="all"]'), giving ? "Writing\u2026" : columns.length > 1 ? "Download all" : "Download");
  set(one(".takes-marked"), props.watermark ? "Made by a machine, and marked so: in the sound itself, which can be checked, and by a label in each file." : "Made by a machine: a label in each file says so. The watermark is switched off on this lab.");
  if (!player.item) drawSound({ item: null, state: "" });
  const done = columns.length && columns.every((column) => column.kept || (column.state === "done" && !changed(column)));
  tell("takes", { busy: works.size > 0, again: done ? reading.text : "", beside: columns.some(changed) ? reading.text : "", problem: section.hidden ? sentence : "", price: price.text, dear: price.dear });
}
document.addEventListener("speechlab:speak", ({ detail }) => { text = detail.text; speak(detail); });
document.addEventListener("speechlab:speak-stop", () => { halt(); player.stop(); });

/* A page that is loaded anew comes back to what was said. */
(async () => {
  tell("voices?");
  const id = kept(sessionStorage, "speechlab-reading");
  if (!id) return;
  try { take(await wire.there(id)); } catch { keep(sessionStorage, "speechlab-reading", null); }
})();
show();
