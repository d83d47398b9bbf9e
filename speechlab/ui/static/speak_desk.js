/* What is to be spoken: a text that is written here, or that of a file. Tells the takes by "speechlab:speak" ({text}) and
   "speechlab:speak-stop"; hears from them by "speechlab:takes" ({busy, again, beside, problem, price}). */

const one = (selector) => element.querySelector(selector);
const desk = one(".desk"), text = one(".desk-text"), input = one(".desk-files"), problem = one(".desk-problem"), price = one(".speak-price");
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`speechlab:${name}`, { detail }));
const here = () => desk.offsetParent !== null; /* whether this panel is the one that is looked at */
const keep = (value) => { try { value ? sessionStorage.setItem("speechlab-say", value) : sessionStorage.removeItem("speechlab-say"); } catch { /* then not */ } };
const complain = (sentence) => { set(problem, sentence); problem.hidden = !sentence; };
let takes = {}, language = "en"; /* of the text, or of the first voice that is to speak */

/* What may be tried where nothing is written yet. */
const TRY = {
  sentence: () => props.sentences[language] ?? props.sentences.en,
  numbers: () => "The ferry to Porto leaves at 7:45 on 3 May 2027. It is 35 km away, and a ticket costs $12.50. Dr. Smith paid for 3 of us.",
  marks: () => '<speak>\n  The keeper counted the boats. <break time="1s"/>\n  <prosody rate="slow">Seven of them</prosody> came home.\n</speak>',
};
let set_ = "", spoken = "";
function speaks() {
  language = (set_ || spoken || "en").toLowerCase().split("-")[0];
  for (const button of desk.querySelectorAll("[data-try]")) button.hidden = language !== "en" && button.dataset.try !== "sentence"; /* those are English */
}
document.addEventListener("speechlab:plan", ({ detail }) => { set_ = detail.language; speaks(); });
document.addEventListener("speechlab:voices", ({ detail }) => { spoken = detail.voices[0]?.languages?.[0] ?? ""; speaks(); });

function show() {
  const count = Array.from(text.value).length;
  one('[data-desk="go"]').disabled = !text.value.trim();
  one('[data-desk="go"]').hidden = Boolean(takes.busy);
  set(one('[data-desk="go"]'), takes.again && takes.again === text.value ? "Speak again" : "Speak");
  one('[data-desk="beside"]').hidden = Boolean(takes.busy) || !takes.beside || takes.beside !== text.value;
  one('[data-desk="stop"]').hidden = !takes.busy;
  set(one(".desk-count"), count ? `${count.toLocaleString()} ${count === 1 ? "character" : "characters"}` : "");
  one(".speak-try").hidden = count > 0;
  price.hidden = !takes.price || !count;
  set(price, takes.price ?? "");
  price.classList.toggle("speak-dear", Boolean(takes.dear));
}
document.addEventListener("speechlab:takes", ({ detail }) => { takes = detail; complain(detail.problem ?? ""); show(); });

const DO = {
  go() { complain(""); if (text.value.trim()) tell("speak", { text: text.value }); },
  beside: () => tell("speak", { text: text.value, beside: true }),
  stop: () => tell("speak-stop"),
  choose: () => input.click(),
};
desk.addEventListener("click", (event) => {
  const example = event.target.closest("[data-try]")?.dataset.try;
  if (example) { text.value = TRY[example](); changed(); one('[data-desk="go"]').focus(); }
  const what = event.target.closest("[data-desk]")?.dataset.desk;
  if (what) DO[what]();
});
function changed() { keep(text.value); complain(""); show(); tell("said", { text: text.value }); }
text.addEventListener("input", changed);
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  event.preventDefault();
  if (!takes.busy) DO.go();
});

/* ---- files: their text is written here ---- */

const written = (file) => /^text\/plain/.test(file.type) || /\.(txt|md|srt|vtt|ass|ssa|ssml|xml)$/i.test(file.name);
async function take(files) {
  const texts = files.filter(written);
  complain(texts.length ? texts.length > 1 ? "One text at a time; the first was taken." : "" : "Only files with text can be spoken: .txt, .md, .srt, .vtt or .ssml.");
  if (!texts.length) return;
  try {
    text.value = await wire.text(texts[0]);
    changed();
    text.scrollTop = 0;
  } catch (error) { complain(error.message); }
}
input.addEventListener("change", () => { take(Array.from(input.files)); input.value = ""; });
document.addEventListener("dragover", (event) => { if (here()) desk.classList.toggle("drop-over", desk.contains(event.target) && Array.from(event.dataTransfer?.types ?? []).includes("Files")); });
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) desk.classList.remove("drop-over"); });
document.addEventListener("drop", (event) => { /* before the queue's own handler, which takes everything; sound is for the panels below */
  desk.classList.remove("drop-over");
  const files = Array.from(event.dataTransfer?.files ?? []);
  if (!here() || !files.length || !(desk.contains(event.target) || files.some(written))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  take(files);
}, true);

try { text.value = sessionStorage.getItem("speechlab-say") ?? ""; } catch { /* then it is empty */ }
show();
