/* ---- the rows: every sentence once, and beside it how each voice says it ---- */

const ICONS = {
  play: "M8 5l11 7-11 7z",
  pause: "M9 6v12M15 6v12",
  again: "M19 12a7 7 0 1 1-2.1-5M19 4v4h-4",
  take: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  remove: "M6.5 6.5l11 11M17.5 6.5l-11 11",
};
const percent = (share) => `${Math.round(100 * share)} %`;
const seconds = (some) => some < 9.95 ? `${some.toFixed(1)} s` : clock(Math.round(some));
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/* How a take came out: its length, and what was heard of it. */
function lengthOf(column, rows) {
  let length = 0;
  for (const [row, sound] of column.sounds) if (sound.seconds) length += sound.seconds + (length ? rows[row].pause : 0);
  return length;
}
function howOf(column, rows) {
  const parts = column.by && column.by !== column.called ? [column.by] : [], there = column.sounds.size;
  if (column.state === "working") parts.push(there ? `${there} of ${rows.length}` : column.note || "getting ready");
  else if (there < rows.length && there) parts.push(`${there} of ${rows.length}`);
  if (there) parts.push(clock(Math.round(lengthOf(column, rows))));
  if (column.seconds && column.state !== "working") parts.push(`made in ${took(column.seconds)}`);
  if (!there && column.state !== "working") parts.push({ waiting: "waiting", new: "not spoken yet", stopped: "stopped" }[column.state]);
  return parts.filter(Boolean).join(" \u00b7 ");
}
function proofOf(column, rows) {
  const proofs = [...column.proofs.entries()];
  if (!proofs.length) return { text: column.state === "listening" ? "listening\u2026" : "", title: "", bad: false };
  const words = proofs.map(([row]) => rows[row].text.split(/\s+/).length), all = words.reduce((a, b) => a + b, 0);
  const wer = proofs.reduce((sum, [, proof], at) => sum + proof.wer * words[at], 0) / all;
  const suspects = proofs.filter(([, proof]) => proof.suspect).length;
  const alike = proofs.map(([, { similarity }]) => similarity).filter((value) => value != null), scale = proofs.find(([, { scale }]) => scale)?.[1].scale;
  const text = [`WER ${percent(wer)}`, suspects ? `${suspects} to listen to` : "", alike.length ? `alike ${mean(alike).toFixed(2)}` : ""].filter(Boolean).join(" \u00b7 ");
  const title = ["Word error rate: how much of what was spoken came back otherwise from a recogniser.", scale ? `Likeness to the clip: one person is about ${scale.same.toFixed(2)}, two people are about ${scale.different.toFixed(2)}.` : ""].filter(Boolean).join("\n");
  return { text, title, bad: suspects > 0 };
}
const likenessOf = ({ similarity, scale }) => `${similarity.toFixed(2)} to the clip, where one person is about ${scale.same.toFixed(2)} and two people are about ${scale.different.toFixed(2)}`;
/* Bars, as a path in a box of 24: filled as far as it is heard by a gradient in the style. */
function bars(outline) {
  return outline.map((height, at) => { const half = Math.max(1, height * 0.7); return `M${at * 4 + 2} ${(12 - half).toFixed(1)}V${(12 + half).toFixed(1)}`; }).join("");
}

function rowsIn(section, { reworded, press }) {
  const heads = section.querySelector(".sheet-heads"), body = section.querySelector(".sheet-rows");
  const drawn = []; /* the rows, by their number */
  let reading = null, columns = [], now = { item: null, state: "" };

  /* ---- heads ---- */

  const button = (what, title) => `<button type="button" data-column="${what}" title="${title}" aria-label="${title}">${icon(ICONS[what])}</button>`;
  function drawHeads() {
    if (!heads.firstChild) {
      const first = made("div", "sheet-col sheet-first");
      first.setAttribute("role", "columnheader");
      first.innerHTML = '<p class="sheet-name"><b></b></p><p class="sheet-how"></p>';
      heads.append(first);
    }
    const { rows, language } = reading;
    set(heads.querySelector("b"), `${rows.length} ${rows.length === 1 ? "sentence" : "sentences"}`);
    set(heads.querySelector(".sheet-how"), language ? nameOf(language) : "");
    columns.forEach(drawHead);
    while (heads.children.length > columns.length + 1) heads.lastChild.remove();
  }
  function drawHead(column) {
    const at = columns.indexOf(column);
    if (at < 0) return;
    let node = heads.children[at + 1];
    if (node?.dataset.code !== column.id) {
      const old = node;
      node = made("div", "sheet-col takes-col");
      node.setAttribute("role", "columnheader");
      node.dataset.code = column.id;
      node.innerHTML = `<p class="sheet-name"><b dir="auto"></b></p><p class="takes-with"></p><p class="sheet-how"></p><p class="takes-proof"></p><p class="sheet-failed" role="alert" hidden></p>
        <div class="sheet-do">${button("play", "Play")}${button("again", "Say all of it again")}${button("take", "Download")}${button("remove", "Remove")}</div><button type="button" class="takes-on" data-column="on" hidden>Go on</button><span class="sheet-bar" aria-hidden="true"><span></span></span>`;
      old ? old.replaceWith(node) : heads.append(node);
    }
    const some = column.sounds.size, rows = reading.rows, proof = proofOf(column, rows), heard = now.item?.column === column;
    node.dataset.state = column.state;
    set(node.querySelector("b"), column.called);
    set(node.querySelector(".takes-with"), column.settled);
    set(node.querySelector(".sheet-how"), howOf(column, rows));
    const proved = node.querySelector(".takes-proof");
    set(proved, proof.text);
    proved.title = proof.title;
    proved.classList.toggle("takes-bad", proof.bad);
    const failed = node.querySelector(".sheet-failed");
    failed.hidden = !column.error;
    set(failed, column.error ? words(column.error, column.hint) : "");
    const play = node.querySelector('[data-column="play"]');
    play.hidden = !some;
    play.classList.toggle("sheet-loud", heard);
    for (const [what, title] of [["play", heard ? "Stop" : "Play"], ["again", "Say all of it again"], ["take", "Download"], ["remove", "Remove"]]) node.querySelector(`[data-column="${what}"]`).setAttribute("aria-label", `${title}: ${column.name}`);
    play.title = heard ? "Stop" : "Play";
    play.querySelector("path").setAttribute("d", heard ? "M7 7h10v10H7z" : ICONS.play);
    node.querySelector('[data-column="again"]').hidden = !some || column.state === "working";
    node.querySelector('[data-column="take"]').hidden = !some || column.state === "working";
    node.querySelector('[data-column="remove"]').hidden = !column.kept || ["waiting", "working", "listening"].includes(column.state);
    const on = node.querySelector(".takes-on");
    on.hidden = !["stopped", "failed"].includes(column.state) || some >= rows.length;
    set(on, some ? "Go on" : "Try again");
    node.querySelector(".sheet-bar span").style.transform = `scaleX(${column.state === "working" ? (some / Math.max(1, rows.length)).toFixed(3) : 0})`;
  }

  /* ---- rows ---- */

  function drawRow(number) {
    const row = reading.rows[number];
    let item = drawn[number];
    if (!item) {
      item = drawn[number] = made("div", "sheet-row");
      item.setAttribute("role", "row");
      item.dataset.row = number;
      item.tabIndex = -1;
      item.append(made("div", "sheet-at"), made("div", "sheet-cell sheet-source"));
      for (const cell of item.children) cell.setAttribute("role", "cell");
      item.firstChild.append(made("button", "sheet-time", { type: "button", tabIndex: -1 }));
      item.lastChild.append(made("p", "sheet-text"));
    }
    const time = item.querySelector(".sheet-time"), text = item.querySelector(".sheet-source .sheet-text");
    set(time, String(number + 1));
    const many = columns.filter(({ sounds }) => sounds.get(number)?.seconds).length;
    time.disabled = !many;
    time.title = many > 1 ? "Hear it in every voice" : many ? "Hear it" : "";
    time.setAttribute("aria-label", `Sentence ${number + 1}${time.title ? `: ${time.title.toLowerCase()}` : ""}`);
    set(text, row.text);
    text.lang = row.language;
    text.dir = row.dir;
    text.title = "Click to change it";
    text.setAttribute("aria-label", `Sentence ${number + 1}`);
    columns.forEach((column, at) => {
      let cell = item.children[at + 2];
      if (!cell) {
        item.append(cell = made("div", "sheet-cell takes-cell"));
        cell.setAttribute("role", "cell");
        cell.innerHTML = `<p class="sheet-label"></p><div class="takes-line"><button type="button" class="takes-play" tabindex="-1">${icon(ICONS.play)}</button><svg class="takes-bars" aria-hidden="true" preserveAspectRatio="none"><path/><path/></svg><span class="takes-length"></span><span class="like takes-like" role="img" hidden></span><button type="button" class="takes-again" tabindex="-1">${icon(ICONS.again)}</button></div><p class="takes-why"></p><span class="badge takes-mark" role="img" hidden></span>`;
        for (const button of cell.querySelectorAll("button")) button.tabIndex = item.tabIndex; /* as the others of its row */
      }
      drawCell(column, number, cell);
    });
    while (item.children.length > columns.length + 2) item.lastChild.remove();
    return item;
  }
  function drawCell(column, number, cell) {
    const one = (selector) => cell.querySelector(selector), sound = column.sounds.get(number), proof = column.proofs.get(number);
    const wait = column.again?.has(number) || (!sound && ["waiting", "working"].includes(column.state));
    cell.dataset.code = column.id;
    cell.dataset.state = wait ? "wait" : !sound ? "left" : sound.seconds ? "said" : "silent";
    set(one(".sheet-label"), column.name);
    const play = one(".takes-play"), again = one(".takes-again"), bar = one(".takes-bars");
    play.hidden = !sound?.seconds;
    bar.toggleAttribute("hidden", !sound?.seconds);
    again.hidden = (!sound && column.state === "new") || wait;
    play.setAttribute("aria-label", `Play sentence ${number + 1}: ${column.name}`);
    again.title = sound ? "Say it again" : "Say it";
    again.setAttribute("aria-label", `${again.title}, sentence ${number + 1}: ${column.name}`);
    set(one(".takes-length"), sound ? sound.seconds ? seconds(sound.seconds) : "nothing to say" : wait ? "\u2026" : "\u2013");
    if (sound && cell.dataset.turn !== `${number}.${sound.turn}`) {
      cell.dataset.turn = `${number}.${sound.turn}`;
      const path = bars(sound.outline);
      bar.setAttribute("viewBox", `0 0 ${Math.max(1, sound.outline.length) * 4} 24`);
      bar.style.width = `${sound.outline.length * 4}px`;
      for (const line of bar.children) line.setAttribute("d", path);
    }
    const mark = one(".takes-mark");
    mark.hidden = !proof;
    if (proof) { /* beside the length where all is well, else before what went wrong */
      if (proof.suspect) one(".takes-why").before(mark); else one(".takes-length").after(mark);
      set(mark, proof.suspect ? `WER ${percent(proof.wer)}` : proof.wer ? percent(proof.wer) : "\u2713");
      mark.className = `badge takes-mark ${proof.suspect ? "badge-warn" : "badge-good"}`;
      mark.title = `Word error rate ${percent(proof.wer)}. Heard: ${proof.heard || "nothing"}`;
      mark.setAttribute("aria-label", mark.title);
    }
    const alike = one(".takes-like"), likeness = proof?.similarity == null ? null : { ...proof.scale, value: proof.similarity, words: likenessOf(proof) };
    likenessIn(alike, likeness, (value) => value);
    if (likeness) alike.setAttribute("aria-label", alike.title);
    set(one(".takes-why"), proof?.suspect ? words(proof.why, "") : "");
    drawNow(column, number, cell);
  }
  function drawNow(column, number, cell) {
    const heard = now.item?.column === column && now.item.row === number, playing = heard && now.state !== "paused";
    cell.classList.toggle("takes-heard", heard);
    cell.querySelector(".takes-play path").setAttribute("d", playing ? ICONS.pause : ICONS.play);
    cell.querySelector(".takes-play").classList.toggle("sheet-playing", playing);
    cell.style.setProperty("--heard", heard ? now.share.toFixed(4) : 0);
  }
  const at = (node) => Number(node.closest(".sheet-row").dataset.row);
  const columnOf = (node) => columns.find(({ id }) => id === node.closest("[data-code]").dataset.code);

  function edit(text) { const row = at(text); correct(text, reading.rows[row].text, (now) => reworded(row, now)); }
  body.addEventListener("pointerdown", (event) => {
    const text = event.target.closest(".sheet-source .sheet-text");
    if (text && event.button === 0) edit(text);
  });
  const current = rowsByKeys(body, {
    " ": (item) => press("compare", null, at(item)),
    Enter(item) { const text = item.querySelector(".sheet-source .sheet-text"); edit(text); text.focus(); getSelection().selectAllChildren(text); },
  });
  body.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const row = at(button);
    if (button.classList.contains("sheet-time")) press("compare", null, row);
    else press(button.classList.contains("takes-play") ? "hear" : "anew", columnOf(button), row);
  });
  heads.addEventListener("click", (event) => {
    const what = event.target.closest("[data-column]")?.dataset.column;
    if (what) press(what, columnOf(event.target));
  });

  return {
    /* All of it anew: another reading, or other columns. */
    draw(now, shown) {
      if (reading !== now) { body.replaceChildren(); heads.replaceChildren(); drawn.length = 0; }
      [reading, columns] = [now, shown];
      section.style.setProperty("--columns", columns.length);
      section.classList.toggle("takes-many", columns.length > 1);
      drawHeads();
      const items = reading.rows.map((_, number) => drawRow(number));
      if (body.children.length !== items.length) body.replaceChildren(...items);
      if (items.length && !body.querySelector('[tabindex="0"]')) current(items[0], false);
    },
    head: drawHead,
    row(number) { if (reading && drawn[number]) drawRow(number); },
    /* What is heard just now. */
    mark(what) {
      const before = now;
      now = what;
      if (!reading) return;
      for (const item of new Set([before.item, now.item].filter(Boolean))) {
        const cell = drawn[item.row]?.children[columns.indexOf(item.column) + 2];
        if (cell) drawNow(item.column, item.row, cell);
      }
      if (before.item?.row !== now.item?.row) {
        drawn[before.item?.row]?.classList.remove("sheet-now");
        const row = drawn[now.item?.row];
        row?.classList.add("sheet-now");
        if (row && (document.activeElement === row || !document.activeElement?.closest("input, textarea, select, .sheet-rows"))) row.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
      }
      if (before.item?.column !== now.item?.column) for (const column of [before.item?.column, now.item?.column]) if (column) drawHead(column);
    },
  };
}
