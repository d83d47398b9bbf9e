/* The lanes of one player: who speaks now, hearing a speaker, and, where the page takes corrections, renaming, merging
   and reassigning. Attaches to what it finds; `player` is what player.js tells and does for it. */
function speechlabSpeakers(root, player) {
  "use strict";
  const { one } = player;
  const correct = player.data.correct;
  const make = (tag, className, more = {}) => Object.assign(document.createElement(tag), { className, ...more });
  const button = (className, label, inside) => {
    const made = make("button", className, { type: "button", title: label });
    made.setAttribute("aria-label", label);
    if (inside instanceof Node) made.append(inside); else if (inside) made.innerHTML = inside;
    return made;
  };
  const icon = (path) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
  const PLAY = "M8 5.5v13l11-6.5z", MORE = "M6 12h.01M12 12h.01M18 12h.01";
  const UNDO = "M9 14 4.5 9.5 9 5M5 9.5h9a5.5 5.5 0 0 1 0 11h-2", REDO = "m15 14 4.5-4.5L15 5M19 9.5h-9a5.5 5.5 0 0 0 0 11h2";
  const LINES = "M10 6.5h10M10 12h10M10 17.5h10M4 6.5l1.2 1.2L7.5 5.4M4 12.2l1.2 1.2 2.3-2.3M4 17.9l1.2 1.2 2.3-2.3";

  let lanes = [], speaking = [];
  const news = make("div", "sl-news"); /* what was done, or cannot be */
  news.setAttribute("role", "status");
  const nameOf = (lane) => lane.dataset.speaker;
  const names = () => lanes.map(nameOf);
  const hueOf = (name) => lanes.find((lane) => nameOf(lane) === name)?.style.getPropertyValue("--hue");

  /* ---- what was drawn, made to be pressed --------------------------------------------------------------------- */

  function dress() {
    lanes = Array.from(root.querySelectorAll(".sl-lane"));
    speaking = lanes.map(() => false);
    for (const lane of lanes) {
      const name = nameOf(lane), line = lane.querySelector(".sl-lane-line"), label = lane.querySelector(".sl-name");
      if (player.audible) {
        lane.querySelector(".sl-lane-bars").append(make("span", "sl-playhead"));
        line.prepend(button("sl-hear", `Hear ${name}`, icon(PLAY)));
      }
      if (!correct) continue;
      const named = button("sl-name", `Rename ${name}`);
      named.dir = "auto";
      named.textContent = name;
      label.replaceWith(named);
      if (lanes.length > 1) {
        const more = button("sl-more", `More about ${name}`, icon(MORE));
        more.setAttribute("aria-haspopup", "menu");
        line.append(more);
      }
    }
    const head = one(".sl-speakers-head");
    if (head && correct) {
      const able = one(".sl-speakers").dataset.able.split(" ");
      head.append(news);
      for (const [what, label, path] of [["undo", "Undo", UNDO], ["redo", "Redo", REDO]]) {
        const made = button(`sl-${what}`, label, icon(path));
        made.disabled = !able.includes(what);
        head.append(made);
      }
    }
  }

  /* ---- time ---------------------------------------------------------------------------------------------------- */

  const turnsOf = (index) => player.data.turns?.[index] ?? [];
  const turnAt = (index, milliseconds) => {
    const turns = turnsOf(index);
    for (let i = 0; i < turns.length; i += 2) if (turns[i] <= milliseconds && milliseconds < turns[i + 1]) return turns[i];
    return null;
  };
  function at(time) {
    lanes.forEach((lane, index) => {
      const now = turnAt(index, time * 1000) !== null;
      if (now !== speaking[index]) lane.classList.toggle("sl-speaking", speaking[index] = now);
    });
  }
  /* From the speaker's next turn; after the last one, from the first again. */
  function hearNext(index) {
    const turns = turnsOf(index), now = player.now() * 1000 + 50;
    for (let i = 0; i < turns.length; i += 2) if (turns[i] > now) return player.hear(turns[i] / 1000);
    if (turns.length) player.hear(turns[0] / 1000);
  }
  /* From the place that was pointed at where the speaker speaks there, else from the turn that is nearest. */
  function hearAt(index, share) {
    const { start, end } = player.data, pointed = (start + share * (end - start)) * 1000, turns = turnsOf(index);
    if (turnAt(index, pointed) !== null) return player.hear(pointed / 1000);
    let nearest = null, away = Infinity;
    for (let i = 0; i < turns.length; i += 2) {
      const distance = Math.max(turns[i] - pointed, pointed - turns[i + 1]);
      if (distance < away) [nearest, away] = [turns[i], distance];
    }
    if (nearest !== null) player.hear(nearest / 1000);
  }

  /* ---- corrections: one after the other -------------------------------------------------------------------------- */

  let fading = 0;
  function tell(text, wrong = false, ...more) {
    clearTimeout(fading);
    news.classList.toggle("sl-wrong", wrong);
    news.replaceChildren(...(text ? [make("span", "", { textContent: text }), ...more] : []));
    if (text && !wrong) fading = setTimeout(() => tell(""), 6000);
  }
  const sentence = (text) => (text ? text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".") : "");

  let line = Promise.resolve();
  function send(what, done) {
    line = line.then(async () => {
      root.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(correct, {
          method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(what),
        });
        if (!answer.ok) {
          const { error } = await answer.json().catch(() => ({}));
          tell(sentence(error?.message || "That could not be done"), true);
          return;
        }
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        redraw(page.querySelector(".sl-player"));
        tell(done);
      } catch {
        tell("The lab does not answer. Try again.", true);
      } finally {
        root.removeAttribute("aria-busy");
      }
    });
    return line;
  }
  function redraw(fresh) {
    const old = one(".sl-speakers"), made = fresh.querySelector(".sl-speakers");
    if (old && made) old.replaceWith(made);
    else if (made) one(".sl-tools").before(made);
    else if (old) { old.before(news); old.remove(); }
    dress();
    player.take(fresh);
    show();
  }

  function rename(lane) {
    const name = nameOf(lane), label = lane.querySelector(".sl-name"), index = lanes.indexOf(lane);
    const field = make("input", "sl-rename", { value: name, maxLength: 100, dir: "auto", spellcheck: false, autocomplete: "off" });
    field.setAttribute("aria-label", `Name of ${name}`);
    label.replaceWith(field);
    field.select();
    field.focus({ preventScroll: true });
    let over = false;
    const end = async (keep) => {
      if (over) return;
      over = true;
      const wanted = field.value.trim().replace(/\s+/g, " ");
      field.replaceWith(label);
      if (keep === "key") label.focus({ preventScroll: true });
      if (!keep || !wanted || wanted === name) return;
      if (names().includes(wanted)) {
        const yes = make("button", "sl-yes", { type: "button", textContent: `Merge the two` });
        yes.addEventListener("click", () => merge(name, wanted));
        tell(`Somebody else is called ${wanted} already.`, true, yes);
        return;
      }
      await send({ do: "rename", speaker: name, name: wanted }, `${name} is now called ${wanted}.`);
      if (keep === "key") lanes[index]?.querySelector(".sl-name").focus({ preventScroll: true });
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") end("key");
      if (event.key === "Escape") { field.value = name; end("key"); }
    });
    field.addEventListener("blur", () => end("left"));
  }
  const merge = (speaker, into) => send({ do: "merge", speakers: [speaker], into }, `${speaker} and ${into} are now one speaker, ${into}.`);

  const menu = make("div", "sl-menu");
  menu.popover = "auto";
  menu.setAttribute("role", "menu");
  function open(more) {
    const lane = more.closest(".sl-lane"), name = nameOf(lane);
    const item = (label, hue, does) => {
      const made = make("button", "sl-item", { type: "button", textContent: label, dir: "auto" });
      made.setAttribute("role", "menuitem");
      if (hue) { made.style.setProperty("--hue", hue); made.classList.add("sl-dotted"); }
      made.addEventListener("click", () => { menu.hidePopover(); does(); });
      return made;
    };
    menu.setAttribute("aria-label", `About ${name}`);
    menu.replaceChildren(
      item("Rename", "", () => rename(lane)),
      make("p", "sl-menu-head", { textContent: "Same person as" }),
      ...names().filter((other) => other !== name).map((other) => item(other, hueOf(other), () => merge(name, other))),
    );
    menu.showPopover();
    const from = more.getBoundingClientRect(), own = menu.getBoundingClientRect();
    const below = from.bottom + 4 + own.height < innerHeight ? from.bottom + 4 : Math.max(8, from.top - 4 - own.height);
    menu.style.top = `${below}px`;
    menu.style.left = `${Math.max(8, Math.min(from.right - own.width, innerWidth - own.width - 8))}px`;
    menu.querySelector("button").focus();
  }
  menu.addEventListener("keydown", (event) => {
    const items = Array.from(menu.querySelectorAll("button")), step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    event.stopPropagation();
    if (!step) return;
    event.preventDefault();
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  });

  /* ---- lines that somebody else says --------------------------------------------------------------------------- */

  const bar = correct ? one(".sl-choosing") : null;
  const picked = new Set(); /* ids of segments */
  let picking = false, last = -1;
  const idOf = (row) => player.data.ids[player.indexOf(row)];

  function pick(yes) {
    picking = yes;
    root.classList.toggle("sl-picking", yes);
    one(".sl-lines").setAttribute("aria-pressed", String(yes));
    if (!yes) picked.clear();
    last = -1;
    show();
  }
  function show() {
    if (!bar) return;
    const there = new Set(player.data.ids);
    for (const id of picked) if (!there.has(id)) picked.delete(id);
    for (const row of player.rows) {
      let box = row.querySelector(".sl-box");
      if (picking && !box) {
        box = make("input", "sl-box", { type: "checkbox" });
        box.setAttribute("aria-label", `Select the line at ${row.querySelector(".sl-time").textContent}`);
        row.prepend(box);
      }
      if (!picking) box?.remove();
      else box.checked = picked.has(idOf(row));
      row.classList.toggle("sl-picked", picked.has(idOf(row)));
    }
    bar.hidden = !picking;
    if (!picking) return;
    one(".sl-chosen-count").textContent = picked.size
      ? `${picked.size} line${picked.size === 1 ? " is" : "s are"} said by`
      : "Select the lines that another speaker says";
    const who = one(".sl-chosen-who");
    who.replaceChildren(...(picked.size ? names() : []).map((name) => {
      const made = make("button", "sl-chip", { type: "button", textContent: name, dir: "auto" });
      made.style.setProperty("--hue", hueOf(name));
      made.addEventListener("click", () => assign(name));
      return made;
    }));
    if (!picked.size) return;
    const fresh = make("button", "sl-chip sl-fresh", { type: "button", textContent: "Another speaker" });
    fresh.addEventListener("click", () => assign(null));
    who.append(fresh);
  }
  async function assign(speaker) {
    const segments = player.rows.map(idOf).filter((id) => picked.has(id)), count = segments.length;
    const before = new Set(names());
    await send({ do: "assign", segments, speaker });
    const who = speaker ?? names().find((name) => !before.has(name));
    if (!news.classList.contains("sl-wrong") && who) tell(`${count} line${count === 1 ? "" : "s"} given to ${who}.`);
    picked.clear();
    show();
  }

  /* ---- listening to all that can be pressed -------------------------------------------------------------------- */

  if (correct) {
    root.append(menu);
    if (!one(".sl-speakers")) one(".sl-tools")?.before(news);
    if (bar) {
      const lines = button("sl-lines", "Select lines", icon(LINES));
      lines.title = "Select lines that another speaker says";
      lines.insertAdjacentHTML("beforeend", "<span>Select lines</span>");
      lines.setAttribute("aria-pressed", "false");
      lines.addEventListener("click", () => pick(!picking));
      one(".sl-copy").before(lines);
      one(".sl-done").addEventListener("click", () => { pick(false); lines.focus(); });
      one(".sl-transcript").addEventListener("click", (event) => {
        const row = event.target.closest(".sl-row");
        if (!picking || !row || event.target.closest(".sl-time")) return;
        const box = row.querySelector(".sl-box"), now = player.indexOf(row);
        const yes = event.target === box ? box.checked : !box.checked;
        const [from, to] = event.shiftKey && last >= 0 ? [Math.min(last, now), Math.max(last, now)] : [now, now];
        for (const id of player.data.ids.slice(from, to + 1)) if (yes) picked.add(id); else picked.delete(id);
        last = now;
        if (event.target !== box) event.preventDefault(); /* so that the word is not played */
        if (event.shiftKey) getSelection().removeAllRanges();
        show();
      }, { capture: true });
    }
    root.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "z") return;
      if (event.target.closest("input, select, textarea")) return;
      const pressed = one(event.shiftKey ? ".sl-redo" : ".sl-undo");
      if (!pressed) return;
      event.preventDefault();
      if (!pressed.disabled) pressed.click();
    });
  }
  root.addEventListener("click", async (event) => {
    const lane = event.target.closest(".sl-lane"), index = lanes.indexOf(lane);
    if (event.target.closest(".sl-hear")) hearNext(index);
    else if (event.target.closest(".sl-more")) open(event.target.closest(".sl-more"));
    else if (event.target.closest("button.sl-name")) rename(lane);
    else if (lane && player.audible && event.target.closest(".sl-lane-bars")) {
      const box = lane.querySelector(".sl-lane-bars").getBoundingClientRect();
      hearAt(index, (event.clientX - box.left) / box.width);
    } else {
      const what = event.target.closest(".sl-undo") ? "undo" : event.target.closest(".sl-redo") ? "redo" : "";
      if (!what) return;
      await send({ do: what }, what === "undo" ? "Undone." : "Done again.");
      const again = one(`.sl-${what}:enabled`) ?? one(".sl-undo:enabled, .sl-redo:enabled");
      again?.focus({ preventScroll: true });
    }
  });
  dress();
  return { at };
}
