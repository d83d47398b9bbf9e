/* ---- a recording in another voice: given, converted, heard before and after, taken home ---- */

const section = element.querySelector(".cv"), one = (selector) => section.querySelector(selector);
const form = one(".vc-form"), voices = form.elements.voice, ground = form.elements.ground, formats = one(".cv-save select"), tracks = one(".sheet-sound select");
const problem = one(".desk-problem"), footer = one("footer"), bar = one(".row-bar");
const complain = (sentence) => { set(problem, sentence); problem.hidden = !sentence; };
const say = (sentence) => set(one(".vc-said"), sentence);
const plan = () => props.value ?? {};
function warn() { const { problem, hint } = plan(); one(".vc-cannot").hidden = !problem; set(one(".vc-cannot"), problem ? words(problem, hint) : ""); }
const AFTER = "After";

let file = null, heard = "", sent = "", done = null, stopping = null;
const player = listenerIn(section, { moved() {} });
const giver = giverIn(section, { given, complain, to });
const busy = () => stopping !== null;

function to(state) {
  for (const part of section.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== state;
  footer.hidden = state !== "given";
  if (state !== "given") player.hush();
}

/* ---- the recording ---- */

function given(got) {
  close();
  file = got;
  heard = URL.createObjectURL(file);
  to("given");
  set(one(".vc-title h2"), file.name);
  player.open({ sound: heard, rows: [] });
  offer(true);
  show();
  voices.focus({ preventScroll: true });
}
function close() {
  stopping?.abort();
  if (heard) URL.revokeObjectURL(heard);
  file = stopping = done = null;
  heard = sent = "";
  player.open(null);
  likenessIn(one(".like"), null);
  complain("");
  to("idle");
}
one("audio").addEventListener("error", () => { if (file && !done) one(".sheet-sound").hidden = true; }); /* some that the lab reads no browser plays */

/* ---- the voices ---- */

/* Those of the engine's own are asked for once there is something to convert: it is loaded for that. */
let offering = 0, offered = false;
async function offer(all = file !== null) {
  const { engine, values } = plan(), turn = ++offering;
  let told;
  if (!voices.options.length) voices.replaceChildren(new Option("Looking for voices\u2026", ""));
  try { told = await (await asked("lab/conversions/voices", posting({ engine, values, own: all }))).json(); } catch (error) { voices.replaceChildren(); complain(error.message); return; }
  if (turn !== offering) return;
  offered = true;
  const was = voices.value, group = (label, some, own) => {
    const made_ = made("optgroup", "", { label });
    for (const { id, name, language } of some) { const option = new Option(language ? `${name}, ${nameOf(language)}` : name, id); Object.assign(option.dataset, { name, own: own ? "yes" : "" }); made_.append(option); }
    return made_;
  };
  voices.replaceChildren(...[group("Your voices", told.library, false), group(told.engine, told.own, true)].filter(({ children }) => children.length));
  if ([...voices.options].some(({ value }) => value === was)) voices.value = was;
  set(one(".cv-about"), told.note ? words(...told.note.split("; ", 2)) : "");
  show();
}
const own = () => Boolean(voices.selectedOptions[0]?.dataset.own);
document.addEventListener("speechlab:library", () => offer());
watch("value", () => { complain(""); warn(); offer(); });
warn();

/* ---- converting ---- */

async function convert() {
  const { engine, values, problem: wrong, hint } = plan();
  if (wrong) { complain(words(wrong, hint)); return; }
  if (!voices.value) { if (offered) one(".cv-none button").focus(); return; }
  if (own() && !ground.value.trim()) { complain("Write why this voice may be used: that it comes with the engine, is your own, or how the person agreed."); ground.focus(); return; }
  complain("");
  const mine = stopping = new AbortController(), name = voices.selectedOptions[0].dataset.name;
  player.hush();
  progress(0);
  show();
  set(one(".cv-about"), "Being sent");
  try {
    sent ||= await uploaded(file, mine.signal);
    set(one(".cv-about"), `Converting into ${name}`);
    await hearing("lab/conversions", { upload: sent, voice: voices.value, ground: own() ? ground.value : "", engine, values }, (line) => {
      if (mine !== stopping) return;
      if (line.error) { complain(words(line.error, line.hint)); set(one(".cv-about"), ""); }
      if (line.total) { progress(line.done / line.total); set(one(".cv-about"), `Converting into ${name}`); }
      if (line.made) came(line.made, name);
      if (line.likeness !== undefined) likenessIn(one(".like"), line.likeness);
    }, mine.signal, (note) => { if (mine === stopping) set(one(".cv-about"), note); });
  } catch (error) {
    if (mine === stopping) { set(one(".cv-about"), error.name === "AbortError" ? "Stopped." : ""); if (error.name !== "AbortError") complain(error.message); }
  }
  if (mine === stopping) { stopping = null; show(); }
}
function progress(share) {
  bar.classList.toggle("row-unsure", !share);
  bar.setAttribute("aria-valuenow", String(Math.round(100 * Math.min(1, share))));
  bar.firstElementChild.style.width = `${(100 * Math.min(1, share)).toFixed(1)}%`;
}
function came(told, name) {
  done = told;
  likenessIn(one(".like"), null);
  set(one(".cv-about"), `In the voice ${name}`);
  set(one(".cv-label"), ["Synthetic, and marked as such", ...told.label].join(" \u00b7 "));
  player.open({ sound: told.before, rows: [] });
  player.drop(AFTER);
  player.add(AFTER, told.after, "");
  say(`It is in the voice ${name} now`);
  show();
}

/* ---- before and after ---- */

function turn(after) {
  tracks.selectedIndex = after ? tracks.options.length - 1 : 0;
  tracks.dispatchEvent(new Event("change"));
  show();
}
function show() {
  one("[data-voice=convert]").hidden = busy();
  one("[data-voice=convert]").textContent = done ? "Convert again" : "Convert";
  one("[data-voice=halt]").hidden = !busy();
  bar.hidden = !busy();
  one(".cv-ground").hidden = !own();
  one(".cv-turn").hidden = !done;
  one(".cv-label").hidden = !done;
  one(".cv-save").hidden = !done;
  voices.disabled = busy();
  voices.closest("label").hidden = offered && !voices.options.length;
  one(".cv-none").hidden = !voices.closest("label").hidden;
  one("[data-voice=before]").setAttribute("aria-pressed", String(tracks.selectedIndex === 0));
  one("[data-voice=after]").setAttribute("aria-pressed", String(tracks.selectedIndex > 0));
}
voices.addEventListener("change", () => { complain(""); show(); });
form.addEventListener("submit", (event) => { event.preventDefault(); if (!busy()) convert(); });
formats.append(...props.formats.map((format) => new Option(format, format)));

async function take() {
  complain("");
  try {
    const { address: at } = await (await asked(`lab/conversions/${done.id}/files`, posting({ format: formats.value }))).json();
    Object.assign(document.createElement("a"), { href: address(at), download: "" }).click();
  } catch (error) { complain(error.message); }
}
const DO = {
  ...giver, done: () => giver.stop(), close() { close(); one("[data-voice=choose]").focus(); },
  make: () => document.querySelector("#voices-own-button")?.click(),
  convert, halt: () => stopping?.abort(), before: () => turn(false), after: () => turn(true), take,
};
section.addEventListener("click", (event) => {
  const what = event.target.closest("[data-voice]")?.dataset.voice;
  if (what) DO[what]();
  if (event.target.closest("[data-sheet=play]")) player.toggle();
});

new IntersectionObserver((seen, observer) => {
  if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
  observer.disconnect();
  trigger("submit", {});
}).observe(section);
