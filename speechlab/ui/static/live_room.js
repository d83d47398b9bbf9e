/* ---- captions for a room: the whole screen, large type, the last few lines ---- */

const LARGEST = 12, SMALLEST = 2, STEP = 0.5; /* type size in hundredths of the screen's width */

function roomIn(dialog, captions, { toggle }) {
  const part = (selector) => dialog.querySelector(selector);
  const stage = part(".room-stage"), columns = part(".room-columns"), bar = part(".room-bar");
  const keep = (name, value) => { try { localStorage.setItem(`speechlab-room-${name}`, value); } catch { /* then until the next load */ } };
  const kept = (name, otherwise) => { try { return localStorage.getItem(`speechlab-room-${name}`) ?? otherwise; } catch { return otherwise; } };
  let size = Number(kept("size", 4.5)), count = Number(kept("lines", 4)), light = kept("light", "") === "yes", which = kept("which", "both");
  let idle = 0;

  const resize = (by) => { size = Math.min(LARGEST, Math.max(SMALLEST, size + by)); keep("size", size); draw(); };
  const recount = (by) => { count = Math.min(8, Math.max(1, count + by)); keep("lines", count); draw(); };
  const relight = () => { light = !light; keep("light", light ? "yes" : ""); draw(); };
  const turn = () => { which = { both: "said", said: "into", into: "both" }[which]; keep("which", which); draw(); };

  /* One paragraph for as long as the speaker and the language stay, as captions on a screen run on. */
  function paragraphs(lines, updateOf) {
    const made = [];
    for (const line of lines) {
      const update = updateOf(line);
      if (!shown(update)) continue;
      const last = made.at(-1), [settled, open] = wording(update), language = update.segment.language || "";
      if (last && last.speaker === line.speaker && last.language === language) last.parts.push([settled, open]);
      else made.push({ speaker: line.speaker, language, parts: [[settled, open]] });
    }
    return made;
  }
  function fill(column, made) {
    const nodes = made.map(({ speaker, language, parts }, number) => {
      const node = column.children[number] ?? column.appendChild(Object.assign(document.createElement("p"), { dir: "auto" }));
      node.lang = language;
      const spans = [];
      if (speaker) spans.push(Object.assign(document.createElement("b"), { textContent: `${speaker} ` }));
      let before = "";
      for (const [settled, open] of parts) {
        spans.push(`${between(before)}${settled}`);
        if (open) spans.push(Object.assign(document.createElement("span"), { className: "live-open", textContent: open }));
        before = settled + open;
      }
      node.replaceChildren(...spans);
      return node;
    });
    while (column.children.length > nodes.length) column.lastChild.remove();
    column.scrollTo({ top: column.scrollHeight, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
  }
  function draw() {
    if (!dialog.open) return;
    const targets = captions.targets, lines = captions.last(40);
    const tracks = [...(which === "into" && targets.length ? [] : [null]), ...(which === "said" ? [] : targets)];
    const texts = tracks.map((target) => paragraphs(lines, (line) => target ? line.into.get(target) : line.said));
    const told = texts.map((made, number) => [tracks[number], made]).filter(([target, made], number, all) => made.length || all.every(([, other]) => !other.length) && !number);
    while (columns.children.length > told.length) columns.lastChild.remove();
    told.forEach(([target, made], number) => {
      const column = columns.children[number] ?? columns.appendChild(document.createElement("div"));
      column.className = target ? "room-column room-into" : "room-column";
      fill(column, made);
    });
    part(".room-empty").hidden = told.some(([, made]) => made.length);
    part('[data-room="turn"]').hidden = !targets.length;
    stage.style.setProperty("--size", `${size}vw`);
    stage.style.setProperty("--lines", count);
    stage.classList.toggle("room-light", light);
  }

  const DO = { larger: () => resize(STEP), smaller: () => resize(-STEP), more: () => recount(1), fewer: () => recount(-1), light: relight, turn, close };
  const KEYS = { "+": "larger", "=": "larger", "-": "smaller", "_": "smaller", ArrowUp: "more", ArrowDown: "fewer", l: "light", t: "turn" };
  bar.addEventListener("click", (event) => DO[event.target.closest("[data-room]")?.dataset.room]?.());
  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const what = KEYS[event.key];
    if (what) { DO[what](); event.preventDefault(); wake(); }
    if (event.key === " " && !event.target.closest("button")) { toggle(); event.preventDefault(); }
  });

  /* The bar hides while nobody moves the mouse or uses it. */
  function wake() {
    stage.classList.remove("room-still");
    clearTimeout(idle);
    idle = setTimeout(() => stage.classList.add("room-still"), 3000);
  }
  stage.addEventListener("pointermove", wake);
  stage.addEventListener("pointerdown", wake);

  async function open() {
    dialog.showModal();
    stage.focus();
    wake();
    draw();
    try { await stage.requestFullscreen({ navigationUI: "hide" }); } catch { /* then as large as the window */ }
  }
  function close() { dialog.close(); }
  dialog.addEventListener("close", () => {
    if (document.fullscreenElement === stage) document.exitFullscreen();
    clearTimeout(idle);
  });
  stage.addEventListener("fullscreenchange", () => { if (document.fullscreenElement !== stage) close(); });
  captions.onDraw(draw);
  return { open };
}
