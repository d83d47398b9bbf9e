/* ---- captions: the newest wording of each segment, in the order of the sound ---- */

const characters = (text) => Array.from(text); /* code points, as the lab counts them */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\u3000-\u303f\uff00-\uffef]$/u;
const between = (before) => !before || unspaced.test(before) ? "" : " "; /* what stands between two stretches of text */
const clock = (seconds) => {
  const s = Math.max(0, Math.floor(seconds)), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60, two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
};
const names = new Intl.DisplayNames(undefined, { type: "language" });
const nameOf = (code) => { try { return names.of(code); } catch { return code; } };
/* How a language is written; by its letters where the browser cannot tell. */
const directionOf = (code) => { try { const locale = new Intl.Locale(code); return (locale.getTextInfo?.() ?? locale.textInfo)?.direction ?? "auto"; } catch { return "auto"; } };

/* What is settled of an update, and what may still change. */
function wording({ segment, final = true, committed = 0 }) {
  const letters = characters(segment.text.trimEnd()), lead = letters.length - characters(segment.text.trim()).length;
  const settled = final ? letters.length : Math.min(committed, letters.length);
  return [letters.slice(lead, Math.max(lead, settled)).join(""), letters.slice(Math.max(lead, settled)).join("")];
}
const shown = (update) => Boolean(update && !update.segment.extra?.suspect && update.segment.text.trim());

/* Draws an update into a node whose two children hold what is settled and what is not. */
function put(node, update) {
  const [settled, open] = shown(update) ? wording(update) : ["", ""];
  if (!node.firstChild) node.append(document.createElement("span"), Object.assign(document.createElement("span"), { className: "live-open" }));
  const [first, second] = node.children;
  if (first.textContent !== settled) first.textContent = settled;
  if (second.textContent !== open) second.textContent = open;
  if (update?.segment.language) node.lang = update.segment.language;
}

function captionsIn(scroller, list, aloud, newest) {
  const lines = new Map(), order = []; /* by id; by time */
  const targets = new Set(), dirty = new Set(), listeners = [];
  let follow = true, drawing = 0;

  const place = (line) => { const near = order.indexOf(line, -64); return near < 0 ? order.indexOf(line) : near; };
  const visible = (line) => shown(line.said) || [...line.into.values()].some(shown);
  function hear(update) {
    const { segment, target } = update;
    let line = lines.get(segment.id);
    if (!line) {
      line = { id: segment.id, start: segment.start, speaker: "", said: null, into: new Map(), item: null };
      lines.set(line.id, line);
      order.push(line);
    }
    const was = target ? line.into.get(target) : line.said;
    if (target) { line.into.set(target, update); targets.add(target); } else line.said = update;
    Object.assign(line, { start: segment.start, speaker: segment.speaker || line.speaker });
    for (let at = place(line); at > 0 && order[at - 1].start > line.start; at--) [order[at - 1], order[at]] = [line, order[at - 1]];
    if (!target && (update.final ?? true) && !(was && (was.final ?? true)) && shown(update)) announce(segment);
    dirty.add(line);
    drawing ||= requestAnimationFrame(draw);
  }

  /* Screen readers are told what is settled, once, and nothing that may still change. */
  function announce(segment) {
    const said = Object.assign(document.createElement("p"), { textContent: segment.text.trim(), lang: segment.language || "" });
    aloud.append(said);
    while (aloud.children.length > 3) aloud.firstChild.remove();
  }

  function draw() {
    drawing = 0;
    for (const line of dirty) drawLine(line);
    dirty.clear();
    listeners.forEach((listener) => listener());
    toNewest(false);
  }
  function drawLine(line) {
    const item = line.item ??= Object.assign(document.createElement("li"), { className: "live-line" });
    if (!item.firstChild) {
      const time = Object.assign(document.createElement("time"), { className: "live-at" });
      const said = Object.assign(document.createElement("p"), { className: "live-said", dir: "auto" });
      const into = Object.assign(document.createElement("div"), { className: "live-into" });
      const who = Object.assign(document.createElement("p"), { className: "live-who", dir: "auto" });
      item.append(time, who, said, into);
    }
    const [time, who, said, into] = item.children;
    time.textContent = clock(line.start);
    put(said, line.said);
    for (const [target, update] of line.into) {
      let node = [...into.children].find((child) => child.dataset.target === target);
      if (!node) into.append(node = Object.assign(document.createElement("p"), { dir: directionOf(target), lang: target }));
      node.dataset.target = target;
      put(node, update);
    }
    item.hidden = !visible(line);
    const at = place(line);
    const following = order.slice(at + 1).find((other) => other.item?.isConnected)?.item ?? null;
    if (!item.isConnected || item.nextElementSibling !== following) list.insertBefore(item, following);
    for (const other of [line, order[at + 1]]) if (other?.item) speak(other);
  }
  function speak(line) {
    const at = place(line), before = order.slice(Math.max(0, at - 8), at).reverse().find(visible);
    const who = line.item.children[1];
    who.textContent = line.speaker;
    who.hidden = !line.speaker || before?.speaker === line.speaker;
  }

  /* ---- the newest line stays in view until the reader scrolls up ---- */

  const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 40;
  function toNewest(anyhow) {
    follow ||= anyhow;
    if (follow) scroller.scrollTop = scroller.scrollHeight;
    newest.hidden = follow || atEnd();
  }
  scroller.addEventListener("scroll", () => { follow = atEnd(); newest.hidden = follow; }, { passive: true });
  newest.addEventListener("click", () => { toNewest(true); scroller.focus({ preventScroll: true }); });

  const seen = () => order.filter(visible);
  return {
    hear,
    clear() { lines.clear(); order.length = 0; targets.clear(); dirty.clear(); list.replaceChildren(); aloud.replaceChildren(); follow = true; newest.hidden = true; listeners.forEach((listener) => listener()); },
    onDraw(listener) { listeners.push(listener); },
    /* The newest lines that are shown, oldest first. */
    last(count) { const found = []; for (let at = order.length - 1; at >= 0 && found.length < count; at--) if (visible(order[at])) found.unshift(order[at]); return found; },
    get targets() { return [...targets]; },
    get empty() { return !order.some(visible); },
    /* All of it to paste somewhere: a line for each segment, translations after tabs. */
    get text() {
      const whole = (update) => shown(update) ? update.segment.text.trim() : "";
      return seen().map((line) => {
        const who = line.speaker ? `${line.speaker}: ` : "";
        return [who + whole(line.said), ...[...targets].map((target) => whole(line.into.get(target)))].join("\t").trim();
      }).join("\n");
    },
  };
}
