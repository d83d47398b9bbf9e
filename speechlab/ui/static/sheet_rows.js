/* ---- the rows: every segment once, its translations beside it ---- */

const ICONS = {
  speak: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.5 4.5 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  dub: "M4 12h1.5M8 8v8M11.5 5v14M15 9v6M18.5 11v2M21 12h-.5",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  take: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
};

/* Where a route leads, and by which engines; the engines' kind goes without saying. */
const engine = (hop) => hop.engine.replace(/^translate\//, "");
const steps = (route) => route.length > 1 ? [route[0].source, ...route.map((hop) => hop.target)].join(" \u2192 ") : "";
const engines = (route) => [...new Set(route.map(engine).filter(Boolean))].join(", ");
const inWords = (route) => route.length ? route.map((hop) => `${nameOf(hop.source)} \u2192 ${nameOf(hop.target)}: ${engine(hop)}`).join("\n") : "It is in this language already.";

/* Whether every column failed for one reason: it is then told once, above them. */
const alike = (columns) => columns.length > 1 && columns[0].error !== "" && columns.every(({ error }) => error === columns[0].error);

/* The ways that the segments of a column went, the most frequent first. */
function waysOf(column) {
  const ways = new Map();
  for (const { route } of column.texts.values()) {
    if (!route?.length) continue;
    const key = JSON.stringify(route);
    ways.set(key, { route, times: (ways.get(key)?.times ?? 0) + 1 });
  }
  return [...ways.values()].sort((a, b) => b.times - a.times).map(({ route }) => route);
}
function howOf(column, rows) {
  const ways = waysOf(column), first = ways[0] ?? [];
  const alone = [...column.texts.values()].length && !ways.length && [...column.texts.values()].some(({ route }) => route && !route.length);
  const parts = [steps(first), engines(first), ways.length > 1 ? `and ${ways.length - 1} other ${ways.length > 2 ? "ways" : "way"}` : "", alone ? "already in this language" : ""];
  if (column.state === "working" && rows > 1) parts.push(`${column.texts.size} of ${rows}`);
  if (column.state === "stopped") parts.push(`stopped after ${column.texts.size} of ${rows}`);
  if (column.dubbing != null) parts.push(`dubbing ${Math.floor(100 * column.dubbing)} %`);
  if (column.seconds != null && ways.length) parts.push(took(column.seconds));
  return { text: parts.filter(Boolean).join(" \u00b7 "), title: ways.slice(0, 4).map(inWords).join("\n\n") };
}

function rowsIn(section, { reworded, listen, press }) {
  const heads = section.querySelector(".sheet-heads"), body = section.querySelector(".sheet-rows");
  const drawn = new Map(); /* id -> its row */
  let sheet = null, columns = [], marked = null, numbers = new Map(); /* id -> its place */

  /* ---- heads ---- */

  const button = (what, title) => `<button type="button" data-column="${what}" title="${title}" aria-label="${title}">${icon(ICONS[what])}</button>`;
  function head(at, code) {
    let node = heads.children[at];
    if (node?.dataset.code !== code) {
      const old = node;
      node = made("div", "sheet-col", { role: "columnheader" });
      node.setAttribute("role", "columnheader");
      node.dataset.code = code;
      node.innerHTML = `<p class="sheet-name"><b></b> <span></span></p><p class="sheet-how"></p><p class="sheet-failed" role="alert" hidden></p>
        <div class="sheet-do">${button("dub", "Speak it at the times of the recording")}${button("speak", "Hear it")}${button("copy", "Copy")}${button("take", "Download")}</div><span class="sheet-bar" aria-hidden="true"><span></span></span>`;
      old ? old.replaceWith(node) : heads.append(node);
    }
    return node;
  }
  function drawHeads() {
    head(0, "").classList.add("sheet-first");
    const spoken = spokenIn(sheet, columns);
    const first = heads.children[0];
    set(first.querySelector("b"), spoken.length ? spoken.slice(0, 3).map(nameOf).join(", ") : "Original");
    set(first.querySelector(".sheet-name span"), spoken.length ? "original" : "");
    set(first.querySelector(".sheet-how"), `${sheet.rows.length} ${sheet.rows.length === 1 ? "segment" : "segments"}`);
    for (const what of ["speak", "dub"]) first.querySelector(`[data-column="${what}"]`).hidden = true;
    columns.forEach((column, at) => drawHead(column, at));
    while (heads.children.length > columns.length + 1) heads.lastChild.remove();
  }
  function drawHead(column, at = columns.indexOf(column)) {
    if (at < 0) return;
    const node = head(at + 1, column.code), own = autonym(column.code), name = nameOf(column.code);
    const how = howOf(column, sheet.rows.length);
    node.dataset.state = column.state;
    node.dir = column.dir === "rtl" ? "rtl" : "ltr";
    set(node.querySelector("b"), name);
    const other = node.querySelector(".sheet-name span");
    set(other, own.toLowerCase() === name.toLowerCase() ? "" : own);
    other.lang = column.code;
    set(node.querySelector(".sheet-how"), how.text || (column.state === "waiting" ? "waiting" : column.state === "working" ? "starting" : ""));
    node.querySelector(".sheet-how").title = how.title;
    const failed = node.querySelector(".sheet-failed");
    failed.hidden = !column.error || alike(columns);
    set(failed, column.error ? words(column.error, column.hint) : "");
    const speak = node.querySelector('[data-column="speak"]');
    speak.hidden = !column.speaks || !column.texts.size;
    speak.classList.toggle("sheet-loud", Boolean(column.loud));
    const dub = node.querySelector('[data-column="dub"]');
    dub.hidden = !column.speaks || !sheet.sound || column.state !== "done";
    dub.classList.toggle("sheet-loud", column.dubbing != null);
    for (const what of ["copy", "take"]) node.querySelector(`[data-column="${what}"]`).hidden = !column.texts.size;
    node.querySelector(".sheet-bar span").style.transform = `scaleX(${column.state === "working" ? (column.texts.size / Math.max(1, sheet.rows.length)).toFixed(3) : (column.dubbing ?? 0).toFixed(3)})`;
  }

  /* ---- rows ---- */

  function drawRow(row, number) {
    let item = drawn.get(row.id);
    if (!item) {
      item = made("div", "sheet-row");
      item.setAttribute("role", "row");
      item.dataset.id = row.id;
      item.tabIndex = -1;
      item.append(made("div", "sheet-at"), made("div", "sheet-cell sheet-source"));
      for (const cell of item.children) cell.setAttribute("role", "cell");
      item.firstChild.append(made("button", "sheet-time", { type: "button", tabIndex: -1 }));
      item.lastChild.append(made("p", "sheet-who", { dir: "auto" }), made("p", "sheet-text"));
      drawn.set(row.id, item);
    }
    const [at, source] = item.children, [who, text] = source.children;
    const time = at.firstChild;
    set(time, sheet.timed ? clock(row.start) : String(number + 1));
    time.disabled = !sheet.sound;
    time.setAttribute("aria-label", sheet.sound ? `Play from ${clock(row.start)}` : `Segment ${number + 1}`);
    const before = sheet.rows[number - 1];
    set(who, row.speaker && row.speaker !== before?.speaker ? row.speaker : "");
    set(text, row.text);
    text.lang = row.language;
    text.dir = row.dir === "auto" ? "auto" : row.dir;
    text.title = "Click to correct it";
    text.setAttribute("aria-label", `Segment ${number + 1}`);
    item.classList.toggle("sheet-suspect", Boolean(row.suspect));
    return item;
  }
  function drawCells(row, item) {
    columns.forEach((column, at) => {
      let cell = item.children[at + 2];
      if (!cell) {
        item.append(cell = made("div", "sheet-cell sheet-into"));
        cell.setAttribute("role", "cell");
        cell.append(made("p", "sheet-label"), made("p", "sheet-text"), made("button", "sheet-speak", { type: "button", tabIndex: -1, innerHTML: icon(ICONS.speak) }));
      }
      drawCell(column, row, cell);
    });
    while (item.children.length > columns.length + 2) item.lastChild.remove();
  }
  function drawCell(column, row, cell) {
    const [label, text, speak] = cell.children, told = column.texts.get(row.id);
    const state = told ? (told.route && !told.route.length ? "same" : "told") : row.suspect ? "left" : ["waiting", "working"].includes(column.state) || column.again?.has(row.id) ? "wait" : "left";
    cell.dataset.code = column.code;
    cell.dataset.state = state;
    set(label, nameOf(column.code));
    set(text, told ? told.text : state === "wait" ? "\u2026" : "\u2013");
    text.dir = told ? column.dir : "auto";
    text.lang = told ? column.code : "";
    text.title = state === "same" ? "It is in this language already, so it was left as it is" : told?.route ? inWords(told.route) : row.suspect ? "Probably not said by anybody, so it was not translated" : "";
    speak.hidden = !column.speaks || !told;
    speak.title = `Hear it in ${nameOf(column.code)}`;
    speak.setAttribute("aria-label", speak.title);
  }
  const rowOf = (node) => sheet?.rows[numbers.get(node.closest(".sheet-row")?.dataset.id)];

  /* ---- correcting a segment ---- */

  function edit(text) {
    const row = rowOf(text);
    correct(text, row.text, (now) => reworded(row, now));
  }
  body.addEventListener("pointerdown", (event) => {
    const text = event.target.closest(".sheet-source .sheet-text");
    if (text && event.button === 0) edit(text);
  });
  const current = rowsByKeys(body, {
    " ": (item) => listen(rowOf(item)),
    Enter(item) { const text = item.querySelector(".sheet-source .sheet-text"); edit(text); text.focus(); getSelection().selectAllChildren(text); },
  });
  body.addEventListener("click", (event) => {
    const row = rowOf(event.target), cell = event.target.closest(".sheet-into");
    if (!row) return;
    if (event.target.closest(".sheet-speak")) press("say", cell.dataset.code, row);
    else if (event.target.closest(".sheet-time")) listen(row);
    else if (cell && sheet.sound && getSelection().isCollapsed) listen(row);
  });
  heads.addEventListener("click", (event) => {
    const what = event.target.closest("[data-column]")?.dataset.column;
    if (what) press(what, event.target.closest(".sheet-col").dataset.code);
  });

  return {
    /* All of it anew: another sheet, or other columns. */
    draw(now, shown) {
      if (sheet !== now) { body.replaceChildren(); drawn.clear(); marked = null; }
      [sheet, columns, numbers] = [now, shown, new Map(now.rows.map(({ id }, number) => [id, number]))];
      section.style.setProperty("--columns", columns.length + 1);
      section.classList.toggle("sheet-timed", sheet.timed);
      section.classList.toggle("sheet-heard", Boolean(sheet.sound));
      drawHeads();
      const items = sheet.rows.map((row, number) => { const item = drawRow(row, number); drawCells(row, item); return item; });
      if (body.children.length !== items.length) body.replaceChildren(...items);
      if (items.length && !body.querySelector('[tabindex="0"]')) current(items[0], false);
    },
    head: drawHead,
    heads: drawHeads,
    /* One segment of a column. */
    cell(column, id) {
      const at = columns.indexOf(column), item = drawn.get(id);
      if (at >= 0 && item) drawCell(column, sheet.rows[numbers.get(id)], item.children[at + 2]);
    },
    /* The segment that is heard just now. */
    mark(id, code = null) {
      if (marked?.dataset.id === id && marked.dataset.said === (code ?? "")) return;
      for (const cell of marked?.querySelectorAll(".sheet-saying") ?? []) cell.classList.remove("sheet-saying");
      marked?.classList.remove("sheet-now");
      marked = id === null ? null : drawn.get(id);
      if (!marked) return;
      marked.dataset.said = code ?? "";
      marked.classList.add("sheet-now");
      if (code) marked.querySelector(`.sheet-into[data-code="${CSS.escape(code)}"]`)?.classList.add("sheet-saying");
      if (!body.contains(document.activeElement) || document.activeElement === marked) marked.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
    },
  };
}

/* The languages of the original, the most frequent first: as the segments say, or as their routes begin. */
function spokenIn(sheet, columns) {
  const times = new Map();
  for (const row of sheet.rows) {
    const language = row.language || columns.map((column) => column.texts.get(row.id)?.route?.[0]?.source).find(Boolean);
    if (language) times.set(language, (times.get(language) ?? 0) + 1);
  }
  return [...times].sort((a, b) => b[1] - a[1]).map(([language]) => language);
}
