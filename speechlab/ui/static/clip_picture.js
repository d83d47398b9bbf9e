/* ---- the picture of a clip, with the part that is used, and the place that is heard ---- */

function pictureIn(frame, { problem }) {
  const canvas = frame.querySelector("canvas"), range = frame.querySelector("input"), audio = new Audio();
  const button = frame.parentElement.querySelector("[data-voice=play]"), time = frame.parentElement.querySelector(".vc-at");
  let clip = null;
  const HEIGHT = 72;

  function paint() {
    const width = frame.clientWidth, sharp = devicePixelRatio || 1;
    if (!clip || !width) return;
    canvas.width = width * sharp;
    canvas.height = HEIGHT * sharp;
    const draw = canvas.getContext("2d"), style = getComputedStyle(frame), colour = (name) => style.getPropertyValue(name).trim();
    const [begin, end] = clip.used.map((at) => at / clip.duration * width), now = audio.currentTime / clip.duration * width;
    draw.scale(sharp, sharp);
    const count = Math.max(1, Math.floor(width / 4)), pairs = clip.low.length;
    for (let bar = 0; bar < count; bar++) {
      const x = bar * width / count, from = Math.floor(bar * pairs / count), to = Math.max(from + 1, Math.floor((bar + 1) * pairs / count));
      let low = 0, high = 0;
      for (let i = from; i < to; i++) { low = Math.min(low, clip.low[i] ?? 0); high = Math.max(high, clip.high[i] ?? 0); }
      const tall = Math.max(2, (high - low) / 254 * HEIGHT);
      draw.fillStyle = colour(x < now ? "--accent" : "--quiet");
      draw.globalAlpha = x + 2 < begin || x > end ? 0.25 : x < now ? 1 : 0.65;
      draw.beginPath();
      draw.roundRect(x, (HEIGHT - tall) / 2, Math.max(1.5, width / count - 1.5), tall, 1.5);
      draw.fill();
    }
  }
  function show() {
    const playing = !audio.paused;
    showEar(button, playing ? "heard" : "idle", "the clip");
    set(time, `${clock(audio.currentTime)} / ${clock(clip?.duration ?? 0)}`);
    range.value = audio.currentTime;
    range.setAttribute("aria-valuetext", clock(audio.currentTime));
    paint();
  }
  let ticking = 0;
  const tick = () => { show(); ticking = audio.paused ? 0 : requestAnimationFrame(tick); };
  audio.addEventListener("play", () => { ticking ||= requestAnimationFrame(tick); });
  for (const name of ["pause", "ended", "seeked", "loadedmetadata"]) audio.addEventListener(name, show);
  audio.addEventListener("error", () => { if (clip) problem("The browser cannot play this clip; a voice can be made of it all the same."); });
  range.addEventListener("input", () => { audio.currentTime = Number(range.value); });
  button.addEventListener("click", () => { audio.paused ? audio.play().catch(() => {}) : audio.pause(); });
  new ResizeObserver(paint).observe(frame);
  new MutationObserver(paint).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  return {
    draw(told) {
      const same = told && clip?.upload === told.upload;
      clip = told;
      if (!told) { audio.removeAttribute("src"); return; }
      range.max = told.duration;
      if (!same) audio.src = address(told.sound);
      show();
    },
    hush: () => audio.pause(),
  };
}
