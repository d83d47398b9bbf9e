/* The visitor's queue: sends files, follows their jobs over a socket, draws a row for each, says what to do with it.
   Tells the page's Python two things: "submit" (an upload is to be worked on) and "select" (a row is to be opened). */

/* ---- who this is: a key made here, kept in this browser ---- */

const keep = (name, value) => { try { value === undefined ? localStorage.removeItem(name) : localStorage.setItem(name, value); } catch { /* then not */ } };
const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const random = () => Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => byte.toString(16).padStart(2, "0")).join("");
const visitor = kept("speechlab-visitor") || random();
keep("speechlab-visitor", visitor);

const limit = Number(document.querySelector('meta[name="speechlab-max-upload-mb"]')?.content || Infinity);
const address = (path) => new URL(path, location.href);

/* ---- words ---- */

const two = (n) => String(n).padStart(2, "0");
const clock = (seconds) => {
  const s = Math.max(0, Math.floor(seconds)), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
};
const size = (bytes) => bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
const speed = (times) => times ? `${times < 9.95 ? times.toFixed(1) : Math.round(times)}× real time` : "";
const language = (code) => { try { return new Intl.DisplayNames(undefined, { type: "language" }).of(code); } catch { return code; } };
const sentence = (text) => text ? (/^[a-z]+[\s,]/.test(text) ? text[0].toUpperCase() + text.slice(1) : text) + (/[.!?…]$/.test(text) ? "" : ".") : "";
const advice = (text) => /^(pip|set|hf) /.test(text) ? text : sentence(text); /* a command stays as it is typed */
const joined = (...parts) => parts.filter(Boolean).join(" · ");

const STATES = { done: "Done", failed: "Failed", cancelled: "Cancelled" };
const so_far = (row) => row.done && row.total ? `${clock(row.done)} of ${clock(row.total)}` : row.done ? clock(row.done) : "";
const about = (row) => {
  switch (row.state) {
    case "sending": return row.size ? `Uploading ${Math.floor(100 * row.sent / row.size)} %` + ` · ${size(row.sent)} of ${size(row.size)}` : "Uploading";
    case "sent": return "Starting";
    case "waiting": return "Waiting for its turn";
    case "loading": return row.stopping ? "Stopping" : sentence(row.note) || `Loading ${row.engine}`;
    case "running": return row.stopping ? "Stopping after the current stretch"
      : joined("Running", so_far(row), row.done && speed(row.speed), row.left != null && `${clock(Math.ceil(row.left))} left`);
    case "done": return joined(clock(row.total ?? row.done), row.language && language(row.language), speed(row.speed));
    default: return joined(STATES[row.state], row.text && so_far(row));
  }
};
const over = (row) => ["done", "failed", "cancelled"].includes(row.state);
const readable = (row) => row.state === "done" || (over(row) && Boolean(row.text));
const share = (row) => row.state === "sending" ? row.sent / (row.size || 1) : row.total ? row.done / row.total : 0;

/* ---- drawing ---- */

element.innerHTML = `
  <section class="queue" aria-label="Your recordings" hidden>
    <header class="queue-head"><h2></h2><div class="queue-all">
      <button type="button" data-do="cancel all">Cancel all</button>
      <button type="button" data-do="remove finished">Clear finished</button>
    </div></header>
    <p class="queue-lost" role="alert" hidden>The connection to the lab is lost; trying again.</p>
    <ol class="queue-rows"></ol>
    <p class="queue-said" role="status" aria-live="polite"></p>
  </section>`;
const one = (selector) => element.querySelector(selector);
const section = one(".queue"), list = one(".queue-rows");
const icon = (path) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
const ICONS = { cancel: "M6 6l12 12M18 6L6 18", retry: "M20 11a8 8 0 1 0-2.3 6.3M20 5v6h-6", remove: "M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12M10.5 11v5M13.5 11v5" };
const button = (what, title) => `<button type="button" data-do="${what}" title="${title}" aria-label="${title}">${icon(ICONS[what])}</button>`;
const TEMPLATE = `
  <div class="row-state" aria-hidden="true"></div>
  <div class="row-main">
    <div class="row-line"><button type="button" class="row-name" data-do="open"></button><span class="row-about"></span></div>
    <p class="row-error"></p><p class="row-hint"></p><p class="row-text" dir="auto"></p>
    <div class="row-bar" role="progressbar" aria-valuemin="0" aria-valuemax="100"><span></span></div>
  </div>
  <div class="row-do">${button("retry", "Transcribe again with the settings above")}${button("cancel", "Cancel")}${button("remove", "Remove")}</div>`;

const drawn = new Map(); /* id -> its <li> */
let open = null;
const set = (node, text) => { if (node.textContent !== text) node.textContent = text; };

function draw(row) {
  let item = drawn.get(row.id);
  if (!item) {
    item = document.createElement("li");
    item.className = "row";
    item.dataset.id = row.id;
    item.innerHTML = TEMPLATE;
    drawn.set(row.id, item);
  }
  const at = (selector) => item.querySelector(selector);
  item.dataset.state = row.state;
  item.classList.toggle("row-open", row.id === open);
  item.classList.toggle("row-readable", readable(row));
  const name = at(".row-name");
  set(name, row.name);
  name.disabled = !readable(row);
  name.title = readable(row) ? "Read and hear it" : "";
  set(at(".row-about"), about(row));
  set(at(".row-error"), row.state === "failed" ? sentence(row.error) : "");
  set(at(".row-hint"), row.state === "failed" ? advice(row.hint) : "");
  set(at(".row-text"), row.text || "");
  const bar = at(".row-bar"), part = over(row) ? 0 : share(row);
  bar.hidden = !["sending", "loading", "running", "sent"].includes(row.state);
  bar.classList.toggle("row-unsure", !part);
  bar.setAttribute("aria-valuenow", Math.round(part * 100));
  bar.firstElementChild.style.width = `${(part * 100).toFixed(1)}%`;
  at('[data-do="retry"]').hidden = !over(row) || !row.upload;
  at('[data-do="cancel"]').hidden = over(row);
  at('[data-do="cancel"]').disabled = Boolean(row.stopping);
  at('[data-do="remove"]').hidden = !over(row);
  return item;
}

function redraw() {
  const rows = [...jobs.values(), ...uploads.values()];
  rows.forEach((row, index) => { const item = draw(row); if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null); });
  const known = new Set(rows.map((row) => row.id));
  for (const [id, item] of drawn) if (!known.has(id)) { item.remove(); drawn.delete(id); }
  section.hidden = !rows.length;
  const finished = rows.filter(over).length, done = rows.filter((row) => row.state === "done").length;
  set(one(".queue-head h2"), rows.length === 1 ? "1 recording" : `${rows.length} recordings` + (finished && finished < rows.length ? `, ${finished} finished` : ""));
  one('[data-do="cancel all"]').hidden = rows.length - finished < 2;
  one('[data-do="remove finished"]').hidden = finished < 2;
  document.body.classList.toggle("many-done", done > 1);
  document.dispatchEvent(new CustomEvent("speechlab:rows", { detail: rows }));
}
document.addEventListener("speechlab:rows?", redraw);

/* ---- sending files, one after the other, so that they keep their order ---- */

const jobs = new Map(), uploads = new Map();
const line = [];
let sending = false;

function take(files) {
  for (const file of files) {
    const row = { id: `upload-${random()}`, name: file.name, state: "sending", sent: 0, size: file.size };
    uploads.set(row.id, row);
    if (file.size > limit * 1e6) fail(row, `${file.name} is larger than the ${limit} MB that this lab takes`, "cut it, or let whoever runs the lab raise the limit");
    else line.push([row, file]);
  }
  redraw();
  next();
}
function fail(row, error, hint) { Object.assign(row, { state: "failed", error, hint }); redraw(); }
function next() {
  while (!sending && line.length) send(...line.shift());
}
function send(row, file) {
  if (!uploads.has(row.id)) return;
  sending = true;
  const request = new XMLHttpRequest(), to = address("lab/uploads");
  to.searchParams.set("name", file.name);
  row.stop = () => request.abort();
  request.open("POST", to);
  request.setRequestHeader("X-Visitor", visitor);
  request.responseType = "json";
  request.upload.onprogress = (event) => { row.sent = event.loaded; redraw(); };
  request.onloadend = () => {
    sending = false;
    next();
    if (request.status === 200) {
      Object.assign(row, { state: "sent", key: request.response.upload });
      submit(row);
    } else if (uploads.has(row.id)) {
      fail(row, request.response?.error?.message || "the upload did not arrive", request.response?.error ? "" : "check the connection, then drop the file again");
    }
    redraw();
  };
  request.send(file);
}
function submit(row, again = 5) { /* settings that are just being redrawn hear nothing, so it is said again; once is enough */
  if (!uploads.has(row.id)) return;
  if (!again) { fail(row, "the lab did not answer", "load the page again"); return; }
  trigger("submit", { visitor, upload: row.key });
  setTimeout(() => submit(row, again - 1), 3000);
}
document.addEventListener("speechlab:files", (event) => take(event.detail));

/* ---- following the queue ---- */

let socket = null, patience = 250, greeted = false;
const say = (what) => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(what));

function connect() {
  if (!element.isConnected) return;
  const to = address("lab/queue");
  to.protocol = to.protocol.replace("http", "ws");
  socket = new WebSocket(to);
  socket.onopen = () => { patience = 250; say({ visitor }); one(".queue-lost").hidden = true; };
  socket.onmessage = (event) => hear(JSON.parse(event.data));
  socket.onclose = () => {
    one(".queue-lost").hidden = patience < 1000;
    setTimeout(connect, patience);
    patience = Math.min(8000, patience * 2);
  };
}
function hear({ order, rows }) {
  const before = new Map(jobs);
  jobs.clear();
  for (const id of order) jobs.set(id, rows[id] ?? before.get(id));
  for (const [id, row] of uploads) if (row.key && [...jobs.values()].some((job) => job.upload === row.key)) uploads.delete(id);
  for (const row of jobs.values()) {
    const was = before.get(row.id)?.state;
    if (greeted && was !== row.state && over(row)) {
      set(one(".queue-said"), `${row.name}: ${STATES[row.state]}`);
      if (row.state === "done" && !open) select(row.id);
    }
  }
  if (open && !jobs.has(open)) select(null);
  if (!greeted && kept("speechlab-open") && readable(jobs.get(kept("speechlab-open")) ?? {})) select(kept("speechlab-open"));
  greeted = true;
  redraw();
}
function select(id) {
  open = id;
  keep("speechlab-open", id ?? undefined);
  trigger("select", { visitor, id });
}

/* ---- doing ---- */

section.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-do]"), item = event.target.closest(".row"), what = pressed?.dataset.do;
  const row = item && (jobs.get(item.dataset.id) ?? uploads.get(item.dataset.id));
  if (!what && row && readable(row)) { select(row.id); redraw(); return; }
  if (!what) return;
  if (what === "cancel all") {
    for (const row of uploads.values()) if (row.state === "sending") { uploads.delete(row.id); row.stop?.(); }
    say({ do: what });
  } else if (what === "remove finished") {
    for (const row of uploads.values()) if (over(row)) uploads.delete(row.id);
    say({ do: what });
  } else if (what === "open") select(row.id);
  else if (uploads.has(row.id)) { uploads.delete(row.id); row.stop?.(); }
  else if (what === "retry") trigger("submit", { visitor, upload: row.upload, job: row.id });
  else say({ do: what, id: row.id });
  redraw();
});
connect();
