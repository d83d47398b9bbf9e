/* ---- the sheet: what is translated, into which columns, and what is done with it ---- */

const section = element.querySelector(".sheet"), one = (selector) => section.querySelector(selector);
const format = one(".live-save select"), both = one(".sheet-both input"), problem = one(".sheet-problem");
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`speechlab:${name}`, { detail }));
const keep = (store, name, value) => { try { value === null ? store.removeItem(name) : store.setItem(name, value); } catch { /* then not */ } };
const kept = (store, name) => { try { return store.getItem(name); } catch { return null; } };

let sheet = null; /* as the lab told it, with `columns` as a Map from language to column */
let opening = 0, sentence = "", spoken = null; /* what is just spoken: {row, code} */
const works = new Set(); /* {controller, codes, whole}: what the lab is at work on */

const listener = listenerIn(section, { moved: (row) => table.mark(row?.id ?? null) });
const speaker = playerOf({
  fetched: ({ row, code }, after, signal) => wire.speech(sheet.id, row.id, code, signal),
  moved({ item }) {
    if (item === spoken) return;
    spoken = item;
    for (const column of shown()) if (column.loud !== (column.code === item?.code)) { column.loud = column.code === item?.code; table.head(column); }
    table.mark(item?.row.id ?? null, item?.code);
  },
  failed: (error) => complain(error.message),
});
const speak = (rows, code) => speaker.play(rows.map((row) => ({ row, code })), () => 0);
listener.onPlay(() => speaker.stop());
const table = rowsIn(section, { reworded, listen, press });

/* ---- the plan beside it ---- */

const plan = () => props.value ?? { targets: [] };
const manner = () => { const { source, engine, values, glossary } = plan(); return JSON.stringify([source, engine, values, glossary]); };
const wanted = () => plan().targets;
const shown = () => sheet ? wanted().map(({ code }) => sheet.columns.get(code)).filter(Boolean) : [];

function columnOf({ code, dir, speaks }) {
  let column = sheet.columns.get(code);
  if (!column) sheet.columns.set(code, column = { code, texts: new Map(), seconds: null, state: "new", error: "", hint: "", by: "" });
  return Object.assign(column, { dir, speaks });
}
/* Columns are those that are picked; one that has not been translated yet is, as soon as it is picked. */
function follow() {
  if (!sheet) return;
  const picked = wanted().map(columnOf);
  for (const work of works) if (work.codes.every((code) => !picked.some((column) => column.code === code))) work.controller.abort();
  table.draw(sheet, picked);
  const fresh = picked.filter(({ state }) => state === "new").map(({ code }) => code);
  if (fresh.length) run(fresh);
  show();
}
watch("value", () => {
  keep(localStorage, "speechlab-into", JSON.stringify(wanted().map(({ code }) => code)));
  if (swapped === null) { follow(); return; }
  const text = swapped;
  swapped = null;
  translate({ text });
});

/* ---- what is translated ---- */

async function translate(what) {
  const own = ++opening;
  halt();
  speaker.stop();
  calm();
  keep(sessionStorage, "speechlab-sheet-job", null);
  if (!what) { take(null); return; }
  if (what.text !== undefined && !ready()) return;
  try {
    const told = what.file ? await wire.file(what.file) : await wire.open(what);
    if (own === opening) { take(told); ready(); }
  } catch (error) { if (own === opening) complain(error.message); }
}
function take(told) {
  sheet = told && { ...told, columns: new Map(Object.entries(told.columns).map(([code, column]) => [code, restored(code, column, told)])) };
  keep(sessionStorage, "speechlab-sheet", sheet?.id ?? null);
  section.hidden = !sheet;
  listener.open(sheet);
  if (sheet) { offer(); follow(); }
  show();
}
function restored(code, { dir, rows, seconds }, { rows: all }) {
  const whole = seconds !== null || rows.length >= all.filter(({ suspect }) => !suspect).length;
  return { code, dir, seconds, texts: new Map(rows.map((row) => [row.id, row])), state: whole ? "done" : "stopped", error: "", hint: "", by: manner() };
}
/* Whether it can be translated as things are set; if not, says why. */
function ready() {
  const { problem, hint, targets } = plan();
  if (problem) complain(words(problem, hint));
  else if (!targets.length) complain("Choose a language to translate into.");
  else return true;
  return false;
}

async function run(codes, only = null) {
  const { source, engine, values, glossary, problem } = plan(), by = manner();
  if (problem) { ready(); return; }
  const own = sheet, work = { controller: new AbortController(), codes, whole: !only };
  works.add(work);
  calm();
  for (const code of codes) {
    const column = own.columns.get(code);
    if (only) column.again = new Set([...column.again ?? [], ...only]);
    else Object.assign(column, { state: "waiting", texts: new Map(), seconds: null, error: "", hint: "", by });
  }
  redraw();
  const hear = (line) => { if (own === sheet) heard(own.columns.get(line.column), line, only); };
  try {
    await wire.columns(own.id, { to: codes, source, engine, values, glossary, ...(only ? { only } : {}) }, hear, work.controller.signal);
  } catch (error) {
    if (own === sheet && error.name !== "AbortError") complain(error.message);
  }
  works.delete(work);
  if (own !== sheet) return;
  for (const code of codes) {
    const column = own.columns.get(code);
    for (const id of only ?? []) column.again?.delete(id);
    if (!only && ["waiting", "working"].includes(column.state)) column.state = "stopped";
  }
  redraw();
  if (!works.size) set(one(".sheet-said"), shown().map((column) => column.error ? `${nameOf(column.code)} failed` : `${nameOf(column.code)} is there`).join(", "));
}
function heard(column, line, only) {
  if (line.row) {
    column.texts.set(line.row.id, line.row);
    column.again?.delete(line.row.id);
    if (!only) column.seconds = line.seconds;
    table.cell(column, line.row.id);
  } else if (line.state === "failed") Object.assign(column, { error: line.error, hint: line.hint }, only ? {} : { state: column.texts.size ? "stopped" : "failed" });
  else if (!only) { column.state = line.state; if (line.seconds != null) column.seconds = line.seconds; }
  else if (line.state === "working") Object.assign(column, { error: "", hint: "" });
  later(column);
}
const later = pulsing((columns) => {
  if (!sheet) return;
  for (const column of columns) { table.head(column); if (column.state !== "working") for (const row of sheet.rows) table.cell(column, row.id); }
  table.heads();
  show();
});
function redraw() { if (sheet) table.draw(sheet, shown()); show(); }
function halt() { for (const work of works) work.controller.abort(); }
function again() { if (!sheet || !ready()) return; halt(); run(wanted().map(({ code }) => code)); }

async function reworded(row, text) {
  const own = sheet, before = row.text;
  row.text = text;
  try {
    Object.assign(row, await wire.reword(own.id, row.id, text));
  } catch (error) { row.text = before; complain(error.message); redraw(); return; }
  for (const column of own.columns.values()) { column.texts.delete(row.id); listener.drop(nameOf(column.code)); }
  if (own !== sheet) return;
  const codes = shown().filter(({ state }) => !["new", "waiting"].includes(state)).map(({ code }) => code);
  for (const [code, column] of own.columns) if (!codes.includes(code) && column.state !== "waiting") own.columns.delete(code); /* they are translated anew once they are picked again */
  if (codes.length) run(codes, [row.id]); else redraw();
}

/* ---- hearing, copying, taking home ---- */

function listen(row) { if (!sheet.sound) return; speaker.stop(); listener.from(row); }
/* A column, or the original, as one text: in the lines of the text that it was, each segment of a recording on its own. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\u3000-\u303f\uff00-\uffef]$/u;
function whole(column) {
  let text = "", last = null;
  for (const row of sheet.rows) {
    const said = column ? column.texts.get(row.id)?.text : row.text;
    if (!said) continue;
    const apart = !last ? "" : row.line == null ? "\n" : row.line > last.line ? "\n".repeat(row.line - last.line) : unspaced.test(text) ? "" : " ";
    text += apart + said;
    last = row;
  }
  return text;
}
function give(href) { Object.assign(document.createElement("a"), { href: address(href), download: "" }).click(); }
async function written(tracks) {
  try { give(await wire.written(sheet.id, { format: format.value, tracks, both: both.checked && !both.disabled })); } catch (error) { complain(error.message); }
}
async function press(what, code, row) {
  const column = sheet.columns.get(code);
  calm();
  if (what === "say") { listener.hush(); speak([row], code); }
  if (what === "speak") {
    if (column.loud) { speaker.stop(); return; }
    listener.hush();
    speak(sheet.rows.filter(({ id }) => column.texts.has(id)), code);
  }
  if (what === "dub") dub(column);
  if (what === "take") written([code]);
  if (what !== "copy") return;
  try {
    await navigator.clipboard.writeText(whole(column));
    set(one(".sheet-said"), "Copied.");
    const button = one(`.sheet-col[data-code="${CSS.escape(code)}"] [data-column="copy"]`);
    button.classList.add("sheet-copied");
    setTimeout(() => button.classList.remove("sheet-copied"), 1200);
  } catch { complain("The browser does not let this page copy; select the text and copy it."); }
}
/* The column spoken at the times of the recording; pressed once more, that stops. */
async function dub(column) {
  if (column.dubbing != null) { column.stop.abort(); return; }
  const own = sheet, name = nameOf(column.code);
  [column.stop, column.dubbing] = [new AbortController(), 0];
  speaker.stop();
  table.head(column);
  const hear = (line) => {
    if (line.error && own === sheet) complain(words(line.error, line.hint));
    if (line.total) { column.dubbing = Math.min(1, line.done / line.total); table.head(column); }
    if (!line.track || own !== sheet) return;
    listener.add(name, line.track, line.file);
    set(one(".sheet-said"), line.over ? `${name} is dubbed; ${line.over} of its segments are too long for their place` : `${name} is dubbed`);
  };
  try {
    await wire.dub(own.id, column.code, hear, column.stop.signal);
  } catch (error) { if (own === sheet && error.name !== "AbortError") complain(error.message); }
  column.dubbing = null;
  if (own === sheet) table.head(column);
}
section.addEventListener("click", (event) => {
  const what = event.target.closest("[data-sheet]")?.dataset.sheet;
  if (what === "play") listener.toggle();
  if (what === "all") written(["", ...shown().filter(({ texts }) => texts.size).map(({ code }) => code)]);
});

/* The formats that suit what is on the sheet: a written text has no times to write. */
function offer() {
  const was = kept(localStorage, sheet.timed ? "speechlab-format" : "speechlab-text-format") ?? (sheet.timed ? "srt" : "txt");
  format.replaceChildren(...props.formats.filter(({ timed }) => sheet.timed || !timed).map(({ id, summary }) => Object.assign(document.createElement("option"), { value: id, textContent: id, title: summary })));
  format.value = [...format.options].some(({ value }) => value === was) ? was : format.options[0]?.value;
}
format.addEventListener("change", () => { keep(localStorage, sheet.timed ? "speechlab-format" : "speechlab-text-format", format.value); show(); });

/* ---- from one language to the other and back ---- */

let swapped = null;
document.addEventListener("speechlab:swap", ({ detail: { into } }) => {
  if (!sheet || sheet.name) return;
  const column = sheet.columns.get(into), text = column && whole(column);
  if (!text) return;
  swapped = text;
  tell("sheet", { ...state(), text });
});

/* ---- showing ---- */

function complain(text) { sentence = text; show(); }
function calm() { sentence = ""; show(); }
const state = () => ({
  name: sheet?.name ?? "", job: sheet?.job ?? null, busy: [...works].some((work) => work.whole), problem: sheet ? "" : sentence,
  about: sheet ? [sheet.duration ? clock(sheet.duration) : "", ...spokenIn(sheet, shown()).slice(0, 2).map(nameOf), `${sheet.rows.length} ${sheet.rows.length === 1 ? "segment" : "segments"}`].filter(Boolean).join(" \u00b7 ") : "",
  again: Boolean(sheet) && shown().some(({ state }) => ["done", "stopped", "failed"].includes(state)),
});
function show() {
  const columns = shown(), told = sentence || (alike(columns) ? words(columns[0].error, columns[0].hint) : "");
  problem.hidden = !told;
  set(problem, told);
  if (sheet) {
    set(one("h2"), sheet.name || "Translation");
    section.dataset.spoken = spokenIn(sheet, shown())[0] ?? "";
    const there = shown().filter(({ texts }) => texts.size);
    one('[data-sheet="all"]').disabled = !there.length;
    const bilingual = props.formats.find(({ id }) => id === format.value)?.bilingual;
    both.disabled = !bilingual;
    both.parentElement.hidden = !bilingual;
  }
  tell("sheet", state());
}
document.addEventListener("speechlab:translate", ({ detail }) => translate(detail));
document.addEventListener("speechlab:again", again);
document.addEventListener("speechlab:halt", halt);

/* A page that is loaded anew comes back to its sheet; a transcript that was brought along comes first. */
(async () => {
  const job = kept(sessionStorage, "speechlab-sheet-job"), id = kept(sessionStorage, "speechlab-sheet");
  if (job) { translate({ job }); return; }
  if (!id) { show(); return; }
  try { take(await wire.there(id)); } catch { keep(sessionStorage, "speechlab-sheet", null); show(); }
})();
