/* Speech detection, seen: the outline of the sound, the curve that the detector decides by, and what it takes for
   speech. A slider changes the picture at once; "Use these" hands its values to the page's Python ("submit"). */

const HEIGHT = 150, WAIT = 120; /* pixels; milliseconds after the last change before the lab is asked again */

element.innerHTML = `
  <details class="speech">
    <summary>Speech detection</summary>
    <div class="speech-body">
      <p class="quiet">What is taken for speech is tinted. Move a slider and watch; click the picture to hear it there.</p>
      <div class="speech-frame" tabindex="0" role="group" aria-label="Detected speech. Plus and minus zoom, arrow keys move.">
        <canvas height="${HEIGHT}" role="img"></canvas>
        <p class="speech-wait quiet" hidden>Listening …</p>
      </div>
      <div class="speech-line">
        <p class="speech-said" role="status" aria-live="polite"></p>
        <span class="speech-zoom">
          <button type="button" data-zoom="2" title="Show more time" aria-label="Show more time">−</button>
          <button type="button" data-zoom="0.5" title="Show less time" aria-label="Show less time">+</button>
        </span>
      </div>
      <input class="speech-at" type="range" min="0" max="1000" value="0" aria-label="Part of the recording that is shown" hidden>
      <p class="speech-error" role="alert" hidden></p>
      <div class="speech-knobs"></div>
      <div class="speech-do">
        <button type="button" class="speech-use">Use these for the next recordings</button>
        <button type="button" class="speech-reset">Reset</button>
        <span class="speech-used quiet" role="status"></span>
      </div>
    </div>
  </details>`;

const one = (selector) => element.querySelector(selector);
const details = one(".speech"), canvas = one("canvas"), frame = one(".speech-frame"), at = one(".speech-at");
const two = (n) => String(n).padStart(2, "0");
const clock = (s) => s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(Math.floor(s) % 60)}` : `${Math.floor(s / 60)}:${two(Math.floor(s) % 60)}`;

let job = "", engine = "", told = null, asking = 0, timer = 0, from = 0, to = null;
const changed = {}; /* values that somebody moved */

/* ---- asking ---- */

async function ask() {
  if (!job || !details.open) return;
  const mine = ++asking, query = new URLSearchParams({ ...changed, from });
  if (engine) query.set("engine", engine);
  if (to !== null) query.set("to", to);
  if (!told) one(".speech-wait").hidden = false;
  try {
    const answer = await fetch(new URL(`lab/speech/${job}?${query}`, location.href));
    const heard = await answer.json();
    if (mine !== asking) return;
    if (!answer.ok) throw new Error(heard.error?.message);
    const first = !told || told.engine !== heard.engine;
    told = heard;
    engine = heard.engine;
    if (first) controls();
    complain("");
    say();
    paint();
  } catch (error) {
    if (mine === asking) complain(error.message || "The lab did not answer; try again.");
  } finally {
    if (mine === asking) one(".speech-wait").hidden = true;
  }
}
const soon = () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); };

function complain(sentence) {
  const place = one(".speech-error");
  place.textContent = sentence && sentence[0].toUpperCase() + sentence.slice(1);
  place.hidden = !sentence;
}

function say() {
  const sentence = `Speech in ${Math.round(100 * told.share)} % of ${clock(told.whole[1] - told.whole[0])}, in ${told.count} stretch${told.count === 1 ? "" : "es"}`;
  if (one(".speech-said").textContent !== sentence) one(".speech-said").textContent = sentence;
  canvas.setAttribute("aria-label", `${sentence}. Shown from ${clock(told.from)} to ${clock(told.to)}.`);
}

/* ---- sliders, one for each number of the detector's options ---- */

function controls() {
  const box = one(".speech-knobs"), everyday = told.knobs.filter((knob) => !knob.advanced && knob.maximum !== null);
  box.replaceChildren();
  if (told.engines.length > 1) {
    const label = document.createElement("label"), select = document.createElement("select");
    label.append(Object.assign(document.createElement("span"), { textContent: "Detector" }), select);
    for (const { id, summary } of told.engines) select.append(Object.assign(new Option(id, id), { title: summary }));
    select.value = told.engine;
    select.addEventListener("change", () => { engine = select.value; forget(); soon(); });
    box.append(label);
  }
  for (const knob of everyday) {
    const label = document.createElement("label"), name = document.createElement("span"), value = Object.assign(document.createElement("em"), { ariaHidden: "true" });
    const whole = knob.type === "integer", short = !whole && knob.maximum <= 1;
    const slider = Object.assign(document.createElement("input"), {
      type: "range", min: knob.minimum ?? 0, max: whole ? Math.min(knob.maximum, 2000) : knob.maximum,
      step: whole ? 10 : short ? 0.01 : 0.1, value: told.values[knob.name], title: knob.help,
    });
    const words = knob.label.replace(/ ms$/, "");
    const show = () => {
      value.textContent = /_ms$/.test(knob.name) ? `${slider.value} ms` : slider.value;
      slider.setAttribute("aria-valuetext", value.textContent);
    };
    name.textContent = words;
    name.append(value);
    label.append(name, slider);
    show();
    slider.addEventListener("input", () => {
      changed[knob.name] = Number(slider.value);
      if (changed[knob.name] === knob.default) delete changed[knob.name];
      one(".speech-used").textContent = "";
      show();
      soon();
    });
    box.append(label);
  }
}
function forget() {
  for (const name of Object.keys(changed)) delete changed[name];
  told = null;
}

/* ---- the picture ---- */

function paint() {
  const width = frame.clientWidth, sharp = devicePixelRatio || 1;
  if (!told || !width) return;
  canvas.width = width * sharp;
  canvas.height = HEIGHT * sharp;
  const draw = canvas.getContext("2d"), style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(name).trim();
  const span = Math.max(1e-6, told.to - told.from), x = (time) => (time - told.from) / span * width;
  draw.scale(sharp, sharp);
  draw.clearRect(0, 0, width, HEIGHT);
  draw.globalAlpha = 0.2;
  draw.fillStyle = colour("--accent");
  for (const [start, end] of told.spans) draw.fillRect(x(start), 0, Math.max(1, x(end) - x(start)), HEIGHT);
  draw.globalAlpha = 1;
  draw.fillStyle = colour("--quiet");
  told.low.values.forEach((low, i) => {
    const left = x(told.low.from + i * told.low.step), right = x(told.low.from + (i + 1) * told.low.step);
    const top = HEIGHT / 2 * (1 - told.high.values[i]), bottom = HEIGHT / 2 * (1 - low);
    draw.fillRect(left, top, Math.max(0.6, right - left - 0.3), Math.max(0.8, bottom - top));
  });
  const y = (value) => HEIGHT - 2 - value * (HEIGHT - 4);
  draw.strokeStyle = colour("--accent-strong");
  draw.lineWidth = 1.5;
  draw.lineJoin = "round";
  draw.beginPath();
  told.scores.values.forEach((score, i) => draw.lineTo(x(told.scores.from + (i + 0.5) * told.scores.step), y(score)));
  draw.stroke();
  if (told.values.threshold !== undefined) {
    draw.setLineDash([5, 4]);
    draw.lineWidth = 1;
    draw.strokeStyle = colour("--ink");
    draw.beginPath();
    draw.moveTo(0, y(told.values.threshold));
    draw.lineTo(width, y(told.values.threshold));
    draw.stroke();
  }
  const [begin, end] = told.whole, all = end - begin;
  at.hidden = span >= all - 1e-3;
  at.value = at.hidden ? 0 : Math.round(1000 * (told.from - begin) / (all - span));
}

/* ---- where to look, and to hear ---- */

function look(start, length) {
  const [begin, end] = told.whole, all = end - begin;
  length = Math.min(all, Math.max(2, length));
  from = Math.min(end - length, Math.max(begin, start));
  to = length >= all ? null : from + length;
  if (to === null) from = begin;
  soon();
}
const zoom = (times, middle = (told.from + told.to) / 2) => {
  const length = (told.to - told.from) * times;
  look(middle - length / 2, length);
};
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zoom]");
  if (button && told) zoom(Number(button.dataset.zoom));
});
at.addEventListener("input", () => {
  const span = told.to - told.from, [begin, end] = told.whole;
  look(begin + at.value / 1000 * (end - begin - span), span);
});
frame.addEventListener("keydown", (event) => {
  if (!told) return;
  const span = told.to - told.from;
  const move = { "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), ArrowLeft: () => look(told.from - span / 4, span), ArrowRight: () => look(told.from + span / 4, span) }[event.key];
  if (move) { event.preventDefault(); move(); }
});
canvas.addEventListener("click", (event) => {
  const player = document.querySelector("#player .sl-player"), box = canvas.getBoundingClientRect();
  if (!player || !told) return;
  const time = told.from + (event.clientX - box.left) / box.width * (told.to - told.from);
  player.dispatchEvent(new CustomEvent("speechlab:hear", { detail: time }));
});

one(".speech-use").addEventListener("click", () => {
  if (!told) return;
  trigger("submit", { engine: told.engine, values: { ...changed } });
  one(".speech-used").textContent = "In use.";
});
one(".speech-reset").addEventListener("click", () => { forget(); trigger("submit", {}); one(".speech-used").textContent = ""; ask(); });
details.addEventListener("toggle", ask);
new ResizeObserver(paint).observe(frame);
new MutationObserver(paint).observe(document.body, { attributes: true, attributeFilter: ["class"] });

function show() {
  job = props.value || "";
  told = null;
  from = 0;
  to = null;
  element.hidden = !job;
  ask();
}
watch("value", show);
show();
