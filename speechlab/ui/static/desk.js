/* What is to be translated: a text that is written here, a file, or a recording of the queue. Tells the sheet by
   "speechlab:translate" ({text} | {file} | {job}), "speechlab:again" and "speechlab:halt"; hears from it by
   "speechlab:sheet" ({name, about, text, busy, problem}). */

const one = (selector) => element.querySelector(selector);
const desk = one(".desk"), text = one(".desk-text"), input = one(".desk-files"), list = one(".desk-recordings"), problem = one(".desk-problem");
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`speechlab:${name}`, { detail }));
const here = () => desk.offsetParent !== null; /* whether this tab is the one that is looked at */
const keep = (value) => { try { value ? sessionStorage.setItem("speechlab-text", value) : sessionStorage.removeItem("speechlab-text"); } catch { /* then not */ } };
const complain = (sentence) => { problem.textContent = sentence; problem.hidden = !sentence; };
const MOST = 1_000_000; /* characters that the lab takes at once */

/* ---- what lies on the sheet ---- */

let sheet = null; /* {name, about, busy}: what the sheet told last; without a name it is a text */
const opened = () => Boolean(sheet?.name);

function show() {
  const count = Array.from(text.value).length;
  text.hidden = opened();
  one(".desk-open").hidden = !opened();
  if (opened()) { one(".desk-open h2").textContent = sheet.name; one(".desk-about").textContent = sheet.about; }
  one('[data-desk="go"]').disabled = !opened() && !text.value.trim();
  one('[data-desk="go"]').hidden = Boolean(sheet?.busy);
  one('[data-desk="go"]').textContent = opened() && sheet.again ? "Translate again" : "Translate";
  one('[data-desk="stop"]').hidden = !sheet?.busy;
  one('[data-desk="close"]').hidden = !opened();
  one(".desk-count").textContent = !opened() && count ? `${count.toLocaleString()} ${count === 1 ? "character" : "characters"}` : "";
}
document.addEventListener("speechlab:sheet", ({ detail }) => {
  if (detail?.text !== undefined) { text.value = detail.text; keep(text.value); }
  sheet = detail;
  if (detail.problem) complain(detail.problem);
  show();
  drawRecordings();
});

/* ---- doing ---- */

function go() {
  complain("");
  if (opened()) { tell("again"); return; }
  if (text.value.length > MOST) { complain(`The text is longer than the ${MOST.toLocaleString()} characters that the page takes.`); return; }
  if (text.value.trim()) tell("translate", { text: text.value });
}
const DO = {
  go,
  stop: () => tell("halt"),
  choose: () => input.click(),
  close() { tell("translate", null); text.focus(); },
};
desk.addEventListener("click", (event) => {
  const what = event.target.closest("[data-desk]")?.dataset.desk;
  if (what) DO[what]();
});
text.addEventListener("input", () => { keep(text.value); complain(""); show(); });
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  event.preventDefault();
  go();
});

/* ---- files: texts and subtitles go to the sheet, recordings into the queue ---- */

const written = (file) => /^text\/plain/.test(file.type) || /\.(txt|md|srt|vtt|ass|ssa)$/i.test(file.name);
let awaited = ""; /* the name of a recording that was given here: its transcript is opened once it is there */

function take(files) {
  complain("");
  const texts = files.filter(written), recordings = files.filter((file) => !written(file));
  if (texts.length) tell("translate", { file: texts[0] });
  if (texts.length > 1) complain("One text at a time; the first was taken.");
  if (!recordings.length) return;
  if (!texts.length) awaited = recordings[0].name;
  tell("files", recordings);
}
input.addEventListener("change", () => { take(Array.from(input.files)); input.value = ""; });
document.addEventListener("dragover", (event) => { if (here()) desk.classList.toggle("drop-over", Array.from(event.dataTransfer?.types ?? []).includes("Files")); });
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) desk.classList.remove("drop-over"); });
document.addEventListener("drop", (event) => { /* before the queue's own handler, which takes everything */
  desk.classList.remove("drop-over");
  const files = Array.from(event.dataTransfer?.files ?? []);
  if (!here() || !files.length) return;
  if (files.some(written)) { event.preventDefault(); event.stopImmediatePropagation(); take(files); } else awaited = files[0].name;
}, true);

/* ---- the queue's recordings ---- */

let rows = [];
const done = (row) => row.state === "done";
const busy = (row) => !["done", "failed", "cancelled"].includes(row.state);
const progress = (row) => {
  if (row.state === "sending") return row.size ? `uploading ${Math.floor(100 * row.sent / row.size)} %` : "uploading";
  if (row.state === "running") return row.total ? `${Math.floor(100 * row.done / row.total)} %` : "running";
  return { sent: "starting", waiting: "waiting", loading: "loading", failed: "failed", cancelled: "cancelled" }[row.state] ?? "";
};
document.addEventListener("speechlab:rows", ({ detail }) => {
  rows = detail;
  const newest = awaited && rows.filter(({ name }) => name === awaited).at(-1);
  if (newest && done(newest)) { awaited = ""; tell("translate", { job: newest.id }); }
  if (newest && newest.state === "failed") { awaited = ""; complain([newest.error, newest.hint].filter(Boolean).join("; ")); }
  drawRecordings();
});
function drawRecordings() {
  list.hidden = !rows.length;
  rows.forEach((row, at) => {
    let item = list.children[at];
    if (!item) {
      list.append(item = document.createElement("li"));
      item.innerHTML = '<button type="button"><span class="row-state" aria-hidden="true"></span><span class="desk-name" dir="auto"></span> <span class="desk-far"></span></button>';
    }
    const button = item.firstChild;
    item.dataset.state = row.state;
    item.dataset.id = row.id;
    button.querySelector(".desk-name").textContent = row.name;
    button.querySelector(".desk-far").textContent = progress(row);
    button.disabled = !done(row);
    button.title = done(row) ? "Translate it" : busy(row) ? "Can be translated once it is transcribed" : row.error ?? "";
    button.setAttribute("aria-pressed", String(row.id === sheet?.job));
  });
  while (list.children.length > rows.length) list.lastChild.remove();
}
list.addEventListener("click", (event) => {
  const item = event.target.closest("li");
  if (item && !event.target.closest("button").disabled) tell("translate", { job: item.dataset.id });
});

try { text.value = sessionStorage.getItem("speechlab-text") ?? ""; } catch { /* then it is empty */ }
show();
tell("rows?");
