/* ---- a new voice: a clip, what it is like, who consents, and the voice that comes of it ---- */

const section = element.querySelector(".vc-desk"), one = (selector) => section.querySelector(selector);
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`speechlab:${name}`, { detail }));
const form = one(".vc-form"), field = (name) => form.elements[name], problem = one(".desk-problem"), footer = one("footer");

let clip = null, voice = null, state = "idle", stopping = null, replacing = "", ticking = 0;
const plan = () => props.value ?? {};
const complain = (sentence) => { set(problem, sentence); problem.hidden = !sentence; };
const say = (sentence) => set(one(".vc-said"), sentence);
function warn() { const { problem, hint } = plan(); one(".vc-cannot").hidden = !problem; set(one(".vc-cannot"), problem ? words(problem, hint) : ""); }

function to(next) {
  state = next;
  for (const part of section.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== next;
  footer.hidden = next !== "clip" || !clip?.usable;
  form.hidden = footer.hidden;
  clearInterval(ticking);
  if (next !== "clip") picture.hush();
  if (next !== "made") ear.hush();
}
const giver = giverIn(section, { given, complain, to });
const picture = pictureIn(one(".vc-frame"), { problem: complain });
const ear = earOf({ changed: showMade, failed: complain });

/* ---- the clip ---- */

async function given(file) {
  if (state === "making") return;
  close();
  to("checking");
  const own = stopping = new AbortController();
  try {
    take(await checked({ upload: await uploaded(file, own.signal) }, own.signal));
  } catch (error) { if (own === stopping && error.name !== "AbortError") { close(); complain(error.message); } }
}
const checked = async (said, signal) => (await asked("lab/voices/clips", posting(said, signal))).json();

function take(told) {
  clip = told;
  to("clip");
  picture.draw(clip);
  set(one(".vc-title h2"), clip.name);
  one(".vc-alone").hidden = !clip.crowded;
  one(".vc-alone input").checked = false;
  drawAdvice();
  say(clip.usable ? `The clip can be used: ${clip.speech} seconds of speech` : clip.advice[0].text);
  taken();
  if (clip.usable) field("person").focus({ preventScroll: true });
}
const BADGES = { warning: "badge badge-bad", note: "badge badge-warn", good: "badge badge-good" };
function drawAdvice() {
  one(".vc-advice").replaceChildren(...clip.advice.map(({ severity, text, advice }) => {
    const item = made("li", `vc-${severity}`), words = made("div");
    words.append(made("p", "", { textContent: words_(text) }));
    if (advice) words.append(made("p", "vc-aside", { textContent: words_(advice) }));
    const badge = severity === "good" ? made("span", "vc-tick", { innerHTML: icon("M5 12.5l4.5 4.5L19 7.5") }) : made("span", BADGES[severity], { textContent: severity });
    if (severity === "good") Object.assign(badge, { role: "img", ariaLabel: "good" });
    item.append(badge, words);
    return item;
  }));
}
const words_ = (text) => words(text, "");
async function alone() {
  const own = stopping = new AbortController(), upload = clip.upload;
  to("checking");
  try {
    take(await checked({ upload, alone: true }, own.signal));
  } catch (error) { if (own === stopping && error.name !== "AbortError") { to("clip"); complain(error.message); } }
}
one(".vc-alone input").addEventListener("change", (event) => { if (event.target.checked) alone(); });

/* ---- who consents, and what it is called ---- */

let known = []; /* voices of the library, as the shelf tells them */
document.addEventListener("speechlab:shelf", ({ detail }) => {
  known = detail;
  if (state === "made" && !known.some(({ id }) => id === voice.id)) close(); /* it is called otherwise now, or gone */
  taken();
});
const called = () => (field("name").value || field("person").value).trim().replace(/\s+/g, " ");
function taken() {
  const folded = (name) => name.normalize("NFC").toLocaleLowerCase(), there = known.find(({ name }) => folded(name) === folded(called()));
  replacing = there?.name ?? "";
  field("name").placeholder = field("person").value.trim() || "";
  set(one(".desk-go"), there ? `Replace ${there.name}` : "Make the voice");
  set(one(".vc-taken"), there ? `There is a voice ${there.name} already.` : "");
}
form.addEventListener("input", () => { complain(""); taken(); });
form.addEventListener("submit", (event) => { event.preventDefault(); make(); });
form.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); make(); } });

/* ---- making ---- */

function wanting(name, sentence) {
  if (field(name).value.trim()) return false;
  complain(sentence);
  field(name).focus();
  return true;
}
async function make() {
  if (wanting("person", "Write whose voice it is.") || wanting("ground", "Write why it may be used: that it is your own, or how the person agreed.")) return;
  const { engine, values, problem: wrong, hint } = plan();
  if (wrong) { complain(words(wrong, hint)); return; }
  complain("");
  to("making");
  const name = called(), began = Date.now(), own = stopping = new AbortController();
  set(one("[data-part=making] h2"), `Making the voice ${name}`);
  const tick = () => set(one("[data-part=making] .vc-aside"), clock((Date.now() - began) / 1000));
  ticking = setInterval(tick, 1000);
  tick();
  set(one(".vc-noted"), "");
  one("[data-voice=halt]").focus();
  const told = { clip: clip.id, person: field("person").value, ground: field("ground").value, name, engine, values, replace: Boolean(replacing) };
  try {
    await hearing("lab/voices", told, (line) => {
      if (own !== stopping) return;
      if (line.error) { to("clip"); complain(words(line.error, line.hint)); one(".desk-go").focus(); }
      if (line.state === "taken") { known = [...known, { name: line.name }]; to("clip"); taken(); one(".desk-go").focus(); }
      if (line.state === "kept") show(line.voice);
    }, own.signal, (note) => { if (own === stopping) set(one(".vc-noted"), note); });
    if (own === stopping && state === "making") { to("clip"); complain("The lab broke off; try again."); }
  } catch (error) {
    if (own !== stopping) return;
    to("clip");
    if (error.name === "AbortError") say("Cancelled; nothing is kept"); else complain(error.message);
  }
}

/* ---- what came of it ---- */

function show(told) {
  voice = told;
  to("made");
  set(one(".vc-made h2"), `${voice.name} is in the library`);
  set(one(".vc-how"), voice.made === "matched" ? `By voice matching, which is not cloning: voices of ${voice.by} made alike to the clip, part of the way.` : `Cloned by ${voice.by}.`);
  one(".vc-say textarea").value = voice.says;
  likenessIn(one(".vc-made .like"), null);
  showMade();
  tell("library");
  say(`The voice ${voice.name} is made`);
  one(".vc-made h2").focus({ preventScroll: true });
  form.reset();
}
const text = () => encodeURIComponent(one(".vc-say textarea").value.trim());
function showMade() {
  if (!voice) return;
  showEar(one("[data-voice=hear]"), ear.state("voice"), voice.name);
  showEar(one("[data-voice=compare]"), ear.state("clip"), "the clip");
  set(one(".vc-wait-sample"), ear.state("voice") === "making" ? "The sentence is being made" : "");
}
async function hear() {
  const own = voice, said = text();
  complain("");
  if (!await ear.hear("voice", `lab/voices/${own.id}/sample?text=${said}`)) return;
  try {
    const told = await (await asked(`lab/voices/${own.id}/likeness?text=${said}`)).json();
    if (own === voice) likenessIn(one(".vc-made .like"), told);
  } catch { /* then it is not told */ }
}

/* ---- doing ---- */

function close() {
  stopping?.abort();
  stopping = clip = voice = null;
  picture.draw(null);
  complain("");
  to("idle");
}
const DO = {
  ...giver, done: () => giver.stop(), close() { close(); one("[data-voice=choose]").focus(); },
  halt: () => stopping?.abort(), make, hear, play() {},
  compare: () => ear.hear("clip", `lab/voices/${voice.id}/clip`),
  use: () => speakWith(voice),
};
section.addEventListener("click", (event) => {
  const what = event.target.closest("[data-voice]")?.dataset.voice;
  if (what) DO[what]();
});
watch("value", () => { if (state === "clip") complain(""); warn(); });
warn();
