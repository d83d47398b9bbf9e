/* ---- the shelf: the voices of the library, to hear, use, rename, take, bring and remove. Tells the page by
   "speechlab:voice" that one is to be spoken with, by "speechlab:shelf" which there are; hears "speechlab:library". ---- */

const section = element.querySelector(".vc-shelf"), one = (selector) => section.querySelector(selector);
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`speechlab:${name}`, { detail }));
const list = one(".vc-voices"), problem = one(".desk-problem"), files = one(".desk-files"), as = one(".vc-as"), blending = one(".vc-blend");
const complain = (sentence) => { set(problem, sentence); problem.hidden = !sentence; };
const say = (sentence) => set(one(".vc-said"), sentence);
const capital = (text) => text[0].toUpperCase() + text.slice(1);

let voices = [], own = false, newest = "";
const alike = new Map(); /* id -> how alike its sample is to its clip */
const ear = earOf({ changed() { for (const item of list.children) item.show?.(); showEar(one("[data-shelf=try]"), ear.state("blend"), "the blend"); }, failed: complain });
const blend = blendIn(blending, { ear, complain, kept(voice) { newest = voice.id; say(`${voice.name} is in the library`); tell("library"); } });

const SHAPES = { rename: "M4 20l4.5-1L19 8.5 15.5 5 5 15.5zM13.5 7l3.5 3.5", take: "M12 4v11M7 10.5l5 5 5-5M5 20h14", remove: "M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12M10.5 11v5M13.5 11v5" };
const ITEM = `
  <button type="button" class="vc-play" data-shelf="hear"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="${PLAY}"/></svg></button>
  <div class="vc-main">
    <p class="vc-line"><b class="vc-name" dir="auto"></b> <span class="vc-about"></span></p>
    <p class="vc-consent" dir="auto"></p>
    <p class="vc-wrong"></p>
    <p class="like" hidden></p>
    <form class="vc-rename" hidden><input type="text" maxlength="80" aria-label="New name" autocomplete="off"><button type="submit">Rename</button><button type="button" data-shelf="keep">Cancel</button></form>
    <p class="vc-sure" hidden><span></span> <button type="button" class="vc-bad" data-shelf="gone">Remove</button><button type="button" data-shelf="keep">Keep</button></p>
  </div>
  <div class="vc-do"><button type="button" class="vc-use" data-shelf="use">Use</button>${Object.entries({ rename: "Rename", take: "Export", remove: "Remove" }).map(([what, title]) => `<button type="button" class="vc-icon" data-shelf="${what}" title="${title}">${icon(SHAPES[what])}</button>`).join("")}</div>`;

function draw() {
  document.body.classList.toggle("vc-visitor", !own);
  one("[data-shelf=import]").hidden = !own;
  one("[data-shelf=blend]").hidden = !own || !props.blends;
  const none = one(".vc-none");
  none.hidden = voices.length > 0;
  set(none, own ? `No voice yet. Make one of a clip below${props.blends ? ", or a blend of two" : ""}.` : "There are none yet; whoever runs this lab makes them.");
  const before = new Map([...list.children].map((item) => [item.dataset.id, item]));
  list.replaceChildren(...voices.map((voice) => { const item = before.get(voice.id) ?? itemOf(voice.id); item.voice = voice; item.show(); return item; }));
  tell("shelf", voices);
}
function itemOf(id) {
  const item = made("li", "vc-voice", { innerHTML: ITEM }), at = (selector) => item.querySelector(selector);
  item.dataset.id = id;
  item.show = () => {
    const { name, by, made: way, languages, seconds, speaks, missing, cure, copied, consent } = item.voice;
    item.classList.toggle("vc-newest", id === newest);
    set(at(".vc-name"), name);
    const how = { cloned: `cloned by ${by}`, matched: `matched by ${by}`, blended: `a blend of ${by}`, preset: by }[way];
    set(at(".vc-about"), [how, languages.length > 3 ? `${languages.length} languages` : languages.map(nameOf).join(", "), seconds ? `from ${took(Math.round(seconds))}` : ""].filter(Boolean).join(" \u00b7 "));
    set(at(".vc-consent"), consent ? `${consent.person}: ${consent.ground} (${new Date(consent.at).toLocaleDateString()})` : "");
    set(at(".vc-wrong"), missing ? `${capital(by)} is not installed. ${cure}` : speaks ? "" : "For converting only.");
    likenessIn(at(".like"), alike.get(id));
    showEar(at(".vc-play"), ear.state(id), name);
    at(".vc-play").disabled = missing || !speaks;
    at(".vc-use").hidden = missing || !speaks;
    at(".vc-use").setAttribute("aria-label", `Use ${name}`);
    for (const [what, title] of [["rename", "Rename"], ["take", "Export"], ["remove", "Remove"]]) {
      at(`[data-shelf=${what}]`).hidden = !own;
      at(`[data-shelf=${what}]`).setAttribute("aria-label", `${title} ${name}`);
    }
    item.classList.toggle("vc-copied", copied);
  };
  item.turn = (what) => {
    at(".vc-rename").hidden = what !== "rename";
    at(".vc-sure").hidden = what !== "remove";
    at(".vc-do").hidden = Boolean(what);
    item.classList.toggle("vc-naming", what === "rename");
    if (what === "rename") { const input = at(".vc-rename input"); input.value = item.voice.name; input.focus(); input.select(); }
    if (what === "remove") { set(at(".vc-sure span"), `Remove ${item.voice.name} for good, with its clip?`); at(".vc-sure [data-shelf=keep]").focus(); }
  };
  at(".vc-rename").addEventListener("submit", (event) => { event.preventDefault(); renamed(item, at(".vc-rename input").value); });
  at(".vc-rename").addEventListener("keydown", (event) => { if (event.key === "Escape") { item.turn(""); at("[data-shelf=rename]").focus(); } });
  return item;
}

/* ---- doing ---- */

async function look() {
  try {
    ({ own, voices } = await (await asked("lab/voices", { headers: { "X-Visitor": visitor() } })).json());
    draw();
  } catch (error) { complain(error.message); }
}
async function trying(what) { complain(""); try { return await what(); } catch (error) { complain(error.message); return undefined; } }

async function hear(item) {
  const { id, copied } = item.voice;
  complain("");
  if (!await ear.hear(id, `lab/voices/${id}/sample`) || !copied || alike.has(id)) return;
  try {
    alike.set(id, await (await asked(`lab/voices/${id}/likeness`)).json());
    item.show();
  } catch { /* then it is not told */ }
}
const renamed = (item, name) => trying(async () => {
  const told = await (await asked(`lab/voices/${item.voice.id}/name`, posting({ name }))).json();
  newest = told.id;
  say(`It is called ${told.name} now`);
  tell("library");
});
const take = (item) => trying(async () => {
  const { address: at } = await (await asked(`lab/voices/${item.voice.id}/file`, posting({}))).json();
  Object.assign(document.createElement("a"), { href: address(at), download: "" }).click();
  say("It holds the clip, too: give it to nobody who may not have that.");
});
const gone = (item) => trying(async () => {
  const { id, name } = item.voice;
  const told = await (await asked(`lab/voices/${id}`, { method: "DELETE" })).json();
  alike.delete(id);
  say(`${name} is removed`);
  if (told.note) complain(told.note);
  tell("library");
});
let bringing = null; /* a file that needs another name */
const bring = (file, name = "") => trying(async () => {
  bringing = file;
  as.hidden = true;
  try {
    const voice = await (await asked("lab/voices/files", posting({ upload: await uploaded(file), name }))).json();
    bringing = null;
    newest = voice.id;
    say(`${voice.name} is in the library`);
    tell("library");
  } catch (error) {
    if (/already/.test(error.message)) { as.hidden = false; as.querySelector("input").focus(); } else bringing = null;
    throw error;
  }
});
files.addEventListener("change", () => { const [file] = files.files; files.value = ""; if (file) bring(file); });
as.addEventListener("submit", (event) => { event.preventDefault(); if (bringing) bring(bringing, as.querySelector("input").value); });

const DO = {
  hear, renamed, take, gone,
  use: ({ voice }) => speakWith(voice),
  rename: (item) => item.turn("rename"),
  remove: (item) => item.turn("remove"),
  keep: (item) => { item.turn(""); item.querySelector("[data-shelf=hear]").focus(); },
  import: () => files.click(),
  forget() { bringing = null; as.hidden = true; complain(""); },
  try: () => blend.hear(),
  blend: () => trying(async () => {
    blending.hidden = !blending.hidden;
    one("[data-shelf=blend]").setAttribute("aria-expanded", String(!blending.hidden));
    if (!blending.hidden) { await blend.open(); blending.elements.first.focus(); }
  }),
};
section.addEventListener("click", (event) => {
  const what = event.target.closest("[data-shelf]")?.dataset.shelf;
  if (what) DO[what](event.target.closest(".vc-voice"));
});
/* Other pages of this browser hear of a change at once, and this one looks again when somebody comes back to it. */
const others = new BroadcastChannel("speechlab-library");
let told = false; /* by another page: it is not told on */
document.addEventListener("speechlab:library", () => { look(); if (!told) others.postMessage(""); });
function again() { told = true; tell("library"); told = false; }
others.addEventListener("message", again);
document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });
look();
