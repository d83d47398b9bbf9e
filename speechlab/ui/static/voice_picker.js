/* Which voices are to speak: picked by a search among those of the library and of every engine. Tells the takes by
   "speechlab:voices" ({voices}), and hears of the text's language by "speechlab:plan"; its value is the engines that the
   voices need, whose parameters the page's Python then shows. */

const one = (selector) => element.querySelector(selector);
const picked = one(".vp-picked"), input = one("input"), list = one(".vp-list"), problem = one(".vp-problem");
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`speechlab:${name}`, { detail }));
const MOST = 40; /* voices of one engine that are listed without a search */
const COLUMNS = 6; /* voices that fit side by side */

let known = { library: [], engines: [], first: "" };
let chosen = []; /* {voice, engine, name, by, languages}: `by` is the engine that speaks with it */
let active = -1; /* the option that the arrows are on */
const same = (one, other) => one.voice === other.voice && one.engine === other.engine;
const base = (code) => code.toLowerCase().split("-")[0];
let language = ""; /* of the text, where somebody picked one: then only voices that speak it are listed */
const speaks = (languages) => !language || !languages.length || languages.some((one) => base(one) === base(language));

/* ---- what is picked ---- */

const BEST = { voice: "", engine: "", name: "The best there is", by: "", languages: [] };
const wanted = () => chosen.length ? chosen : [{ ...BEST, by: known.first }];
const PAUSE = 150; /* ms without another pick before the page's Python is told: it shows all parameters anew */
let telling = 0;
function settle() {
  try { localStorage.setItem("speechlab-voices", JSON.stringify(chosen)); } catch { /* then not */ }
  drawPicked();
  tell("voices", { voices: wanted() });
  const engines = [...new Set(wanted().map(({ by }) => by).filter(Boolean))];
  clearTimeout(telling);
  telling = setTimeout(() => { if (JSON.stringify(engines) !== JSON.stringify(props.value)) { props.value = engines; trigger("select"); } }, PAUSE);
}
function pick(voice) {
  const at = chosen.findIndex((one) => same(one, voice));
  if (at >= 0) chosen.splice(at, 1);
  else if (chosen.length < COLUMNS) chosen.push(voice);
  else { complain(`At most ${COLUMNS} voices stand side by side.`); return; }
  complain("");
  settle();
}
function drawPicked() {
  picked.replaceChildren(...wanted().map((voice) => {
    const item = made("li", "vp-chip");
    item.append(made("span", "vp-name", { textContent: voice.name, dir: "auto" }));
    if (voice.by && voice.by !== voice.name) item.append(made("span", "vp-by", { textContent: voice.by }));
    if (chosen.length) {
      const button = made("button", "", { type: "button", textContent: "\u00d7", title: "Remove" });
      button.setAttribute("aria-label", `Remove ${voice.name}`);
      button.onclick = () => { const at = chosen.indexOf(voice); pick(voice); (picked.querySelectorAll("button")[Math.min(at, chosen.length - 1)] ?? input).focus(); };
      item.append(button);
    }
    return item;
  }));
}
function complain(sentence) { set(problem, sentence); problem.hidden = !sentence; }

/* ---- the list ---- */

const MADE = { preset: "", blended: "blended", cloned: "cloned", matched: "matched" };
const tongues = (languages) => languages.slice(0, 3).map(nameOf).join(", ") + (languages.length > 3 ? ` and ${languages.length - 3} more` : "");
function found(voices, words) {
  return voices.filter((voice) => speaks(voice.languages) && words.every((word) => `${voice.name} ${voice.voice} ${voice.languages.map((code) => `${code} ${nameOf(code)}`).join(" ")} ${voice.by ?? ""}`.toLowerCase().includes(word)));
}
function option(voice, about) {
  const node = made("div", "vp-option");
  node.setAttribute("role", "option");
  node.setAttribute("aria-selected", String(chosen.some((one) => same(one, voice))));
  node.append(made("span", "vp-name", { textContent: voice.name, dir: "auto" }), made("span", "vp-about", { textContent: about }));
  node.act = () => pick(voice);
  return node;
}
function asking(engine) {
  const node = made("div", "vp-option vp-ask");
  node.setAttribute("role", "option");
  node.setAttribute("aria-selected", "false");
  const why = engine.local ? engine.here ? "" : "fetches its weights first" : "asks the service";
  node.append(made("span", "vp-name", { textContent: engine.asking ? "Looking\u2026" : engine.failed ? "Its voices could not be listed" : "Show its voices" }), made("span", "vp-about", { textContent: engine.failed || why }));
  node.act = () => show(engine);
  return node;
}
async function show(engine) {
  if (engine.asking) return;
  engine.asking = true;
  engine.failed = "";
  draw();
  try { Object.assign(engine, await wire.voicesOf(engine.id)); } catch (error) { engine.failed = error.message; }
  engine.asking = false;
  draw();
}
const badge = (text, kind = "") => made("span", `badge ${kind}`, { textContent: text });
function group(title, badges, options) {
  if (!options.length) return null;
  const node = made("div", "vp-group"), head = made("p", "vp-head");
  node.setAttribute("role", "group");
  node.setAttribute("aria-label", title);
  head.append(made("b", "", { textContent: title }), ...badges);
  node.append(head, ...options);
  return node;
}
const calls = (engine, words) => words.every((word) => engine.id.toLowerCase().includes(word));
/* Engines on this machine whose voices nobody has asked for yet: a search may go on among those. */
function further(words) {
  const others = words.length ? known.engines.filter((engine) => engine.here && !engine.problem && !engine.voices && !engine.failed && speaks(engine.languages) && !calls(engine, words)) : [];
  if (!others.length) return null;
  const node = made("div", "vp-option vp-ask");
  node.setAttribute("role", "option");
  node.setAttribute("aria-selected", "false");
  node.append(made("span", "vp-name", { textContent: others.some((engine) => engine.asking) ? "Looking\u2026" : "Look further" }), made("span", "vp-about", { textContent: others.map(({ id }) => id).join(", ") }));
  node.act = async () => { for (const engine of others) await show(engine); };
  return node;
}
function drawEngine(engine, words) {
  if (!speaks(engine.languages)) return null;
  const whole = { voice: "", engine: engine.id, name: engine.id, by: engine.id, languages: engine.languages };
  const named = calls(engine, words);
  const badges = [engine.local ? badge("On this machine", "badge-good") : badge("Cloud", "badge-warn"), ...(engine.weights_license || engine.license ? [badge(engine.weights_license || engine.license)] : [])];
  if (engine.problem) {
    if (!named) return null;
    const node = group(engine.id, badges, [made("p", "vp-cure", { textContent: engine.problem })]);
    node.classList.add("vp-missing");
    return node;
  }
  const voices = found((engine.voices ?? []).map((voice) => ({ ...voice, by: engine.id })), words), shown = voices.slice(0, MOST);
  const options = shown.map((voice) => option(voice, tongues(voice.languages)));
  if (named) options.unshift(option(whole, "its own choice for the language"));
  if (!engine.voices && named) options.push(asking(engine));
  if (voices.length > shown.length) options.push(made("p", "vp-cure", { textContent: `${voices.length - shown.length} more: search by name or language` }));
  return group(engine.id, badges, options);
}
function draw() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean), top = list.scrollTop;
  const library = found(known.library.map((voice) => ({ ...voice, by: voice.engine, engine: "" })), words);
  const groups = [
    group("Your library", [], library.map((voice) => option(voice, [MADE[voice.made], voice.by, tongues(voice.languages)].filter(Boolean).join(" \u00b7 ")))),
    ...known.engines.map((engine) => drawEngine(engine, words)),
    further(words),
  ].filter(Boolean);
  list.replaceChildren(...(groups.length ? groups : [made("p", "vp-cure", { textContent: "No voice is called that. Try a language, or an engine." })]));
  const all = options();
  all.forEach((node, at) => { node.id = `vp-${at}`; });
  move(Math.min(active, all.length - 1), false);
  list.scrollTop = top;
}
const options = () => [...list.querySelectorAll(".vp-option")];
function move(to, seen = true) {
  const all = options();
  all[active]?.classList.remove("vp-active");
  for (const node of list.querySelectorAll(".vp-active")) node.classList.remove("vp-active");
  active = to;
  const node = all[active];
  node?.classList.add("vp-active");
  node ? input.setAttribute("aria-activedescendant", node.id) : input.removeAttribute("aria-activedescendant");
  if (seen) node?.scrollIntoView({ block: "nearest" });
}
function open(yes) {
  if (yes === !list.hidden) return;
  list.hidden = !yes;
  input.setAttribute("aria-expanded", String(yes));
  active = -1;
  if (!yes) { input.value = ""; input.removeAttribute("aria-activedescendant"); return; }
  draw();
  const first = known.engines.find(({ id }) => id === known.first);
  if (first?.here && !first.voices && !first.problem && !first.failed) show(first);
}
input.addEventListener("focus", () => open(true));
input.addEventListener("click", () => open(true));
input.addEventListener("input", () => { open(true); active = -1; draw(); list.scrollTop = 0; if (input.value.trim()) move(0); });
input.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const all = options();
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (list.hidden) { open(true); return; }
    move((active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1) + all.length) % all.length);
  } else if (event.key === "Enter" && !list.hidden) { event.preventDefault(); act(all[active]); }
  else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); event.stopPropagation(); open(false); }
  else if (event.key === "Backspace" && !input.value && chosen.length) pick(chosen.at(-1));
});
function act(node) {
  if (!node) return;
  const asks = node.classList.contains("vp-ask");
  node.act();
  if (!asks) draw();
}
list.addEventListener("pointerdown", (event) => event.preventDefault()); /* the search keeps the focus */
list.addEventListener("click", (event) => { const node = event.target.closest(".vp-option"); if (node) { move(options().indexOf(node), false); act(node); } });
element.addEventListener("focusout", (event) => { if (!element.contains(event.relatedTarget)) open(false); });
document.addEventListener("pointerdown", (event) => { if (!element.contains(event.target)) open(false); });

/* ---- what is there ---- */

async function look() {
  try {
    const before = new Map(known.engines.map((engine) => [engine.id, engine]));
    known = await wire.voices();
    for (const engine of known.engines) engine.voices ??= before.get(engine.id)?.voices ?? null;
  } catch (error) { complain(error.message); return; }
  const library = new Set(known.library.map(({ voice }) => voice)), engines = new Set(known.engines.filter(({ problem }) => !problem).map(({ id }) => id));
  chosen = chosen.filter(({ voice, engine, by }) => engine ? engines.has(engine) : library.has(voice) && engines.has(by));
  settle();
  if (!list.hidden) draw();
}
document.addEventListener("speechlab:plan", ({ detail }) => { language = detail.language; if (!list.hidden) draw(); });
document.addEventListener("speechlab:library", look);
document.addEventListener("speechlab:voice", ({ detail: { name, engine, languages } }) => {
  const voice = { voice: name, engine: "", name, by: engine.replace(/^tts\//, ""), languages: languages ?? [] };
  if (!chosen.some((one) => same(one, voice))) pick(voice);
  look();
});
document.addEventListener("speechlab:voices?", () => tell("voices", { voices: wanted() }));
try { chosen = JSON.parse(localStorage.getItem("speechlab-voices") ?? "[]"); } catch { chosen = []; }
drawPicked();
tell("voices", { voices: wanted() }); /* it is not certain who is there first, this or the takes */
look();
