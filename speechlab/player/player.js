/* Attaches to one player's markup: sound, waveform, transcript. Attaching twice does nothing.
   speechlabParts holds the markup of what can be pressed: wave, playback, tracks, tools, follow. */
function speechlabPlayer(root) {
  "use strict";
  if (root.speechlabAttached) return;
  root.speechlabAttached = true;

  const one = (selector) => root.querySelector(selector);
  const sounds = Array.from(root.querySelectorAll("audio")); /* as it was recorded, and cleaned where it was */
  let audio = sounds.at(-1) ?? null; /* the one that is heard */
  const transcript = one(".sl-transcript");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const language = (code) => {
    try { return new Intl.DisplayNames("en", { type: "language" }).of(code); } catch { return code; }
  };

  /* Without its script the page shows the browser's own controls, and nothing that cannot be pressed. */
  if (audio) {
    for (const sound of sounds) sound.hidden = true;
    audio.insertAdjacentHTML("afterend", speechlabParts.wave);
    if (sounds.length > 1) {
      if (one(".sl-head")) one(".sl-head").insertAdjacentHTML("beforeend", speechlabParts.tracks);
      else one(".sl-wave").insertAdjacentHTML("beforebegin", speechlabParts.tracks);
    }
    (one(".sl-strip") ?? one(".sl-wave")).insertAdjacentHTML("afterend", speechlabParts.playback);
  }
  if (transcript) {
    transcript.insertAdjacentHTML("beforebegin", speechlabParts.tools);
    transcript.insertAdjacentHTML("afterend", speechlabParts.follow);
    if (JSON.parse(root.dataset.speech).correct) transcript.insertAdjacentHTML("afterend", speechlabParts.choosing);
  }

  /* ---- time: what is spoken when ---------------------------------------------------------------------------- */

  let data, rows, indexOfRow, segments, starts;
  let reach; /* the latest end so far, so that overlapping speakers are found without looking at all rows */
  function read() {
    data = JSON.parse(root.dataset.speech);
    rows = transcript ? Array.from(transcript.querySelectorAll(".sl-row")) : [];
    indexOfRow = new Map(rows.map((row, index) => [row, index]));
    segments = data.segments.map(([start, end, words]) => {
      const segment = { start: start / 1000, end: end / 1000, from: [], to: [] };
      for (let i = 0; i < words.length; i += 2) {
        segment.from.push((start + words[i]) / 1000);
        segment.to.push((start + words[i] + words[i + 1]) / 1000);
      }
      return segment;
    });
    starts = segments.map((segment) => segment.start);
    reach = [];
    segments.forEach((segment, i) => reach.push(Math.max(segment.end, i ? reach[i - 1] : -Infinity)));
    for (const tag of root.querySelectorAll("[data-language]")) tag.textContent = language(tag.dataset.language);
  }
  read();

  const lastNotAfter = (times, time) => {
    let low = 0, high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= time) low = middle + 1; else high = middle;
    }
    return low - 1;
  };
  const segmentsAt = (time) => {
    const found = [];
    for (let i = lastNotAfter(starts, time); i >= 0 && reach[i] > time; i--) if (segments[i].end > time) found.push(i);
    return found;
  };
  const HOLD = 0.25; /* seconds that a word stays marked after its end, so that the mark does not flicker */
  const wordAt = (segment, time) => {
    const word = lastNotAfter(segment.from, time);
    return word >= 0 && time < segment.to[word] + HOLD ? word : -1;
  };
  const wordsOf = (row) => row.querySelectorAll(".sl-text > span");

  const clock = (seconds) => {
    const whole = Math.max(0, Math.floor(seconds + 1e-6)), two = (n) => String(n).padStart(2, "0");
    const h = Math.floor(whole / 3600), m = Math.floor(whole / 60) % 60, s = whole % 60;
    return h || data.end >= 3600 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  };

  /* ---- the spoken word, and following it -------------------------------------------------------------------- */

  let shown = "", current = -1, marked = [], following = true, ownScroll = 0, intent = 0;
  const followButton = one(".sl-follow");

  function mark(time) {
    const spoken = segmentsAt(time).map((i) => [i, wordAt(segments[i], time)]);
    const key = spoken.join(";");
    if (key === shown) return;
    shown = key;
    for (const element of marked) element.classList.remove("sl-on", "sl-now");
    marked = [];
    for (const [i, word] of spoken) {
      rows[i].classList.add("sl-on");
      marked.push(rows[i]);
      const span = word < 0 ? null : wordsOf(rows[i])[word];
      if (span) { span.classList.add("sl-now"); marked.push(span); }
    }
    if (!spoken.length) return;
    current = spoken[0][0];
    if (following) reveal(marked.find((element) => element.matches(".sl-now")) || rows[current]);
  }

  function place(element) {
    const box = transcript.getBoundingClientRect(), at = element.getBoundingClientRect();
    return { top: at.top - box.top, bottom: at.bottom - box.top, height: box.height };
  }

  /* Scrolls the transcript only, never the page, and only where the word leaves the comfortable middle. */
  function reveal(element, always = false) {
    const { top, bottom, height } = place(element);
    if (!always && top > height * 0.08 && bottom < height * 0.75) return;
    const by = top - height * 0.3;
    const smooth = !calm.matches && Math.abs(by) < height * 1.5;
    ownScroll = performance.now() + (smooth ? 700 : 150);
    transcript.scrollBy({ top: by, behavior: smooth ? "smooth" : "instant" });
  }

  function follow(yes) {
    following = yes;
    if (followButton) followButton.hidden = yes || !audio;
  }

  if (transcript) {
    const wanted = () => { intent = performance.now(); };
    for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      transcript.addEventListener(kind, wanted, { passive: true });
    }
    transcript.addEventListener("scroll", () => {
      const now = performance.now();
      if (now < ownScroll && intent < ownScroll - 700) return;
      if (now - intent > 1500 || current < 0) return;
      const { top, bottom, height } = place(rows[current]);
      follow(bottom > 0 && top < height);
    }, { passive: true });
    followButton.addEventListener("click", () => {
      follow(true);
      if (current >= 0) reveal(marked.find((element) => element.matches(".sl-now")) || rows[current], true);
    });
  }

  /* ---- sound ------------------------------------------------------------------------------------------------- */

  const SKIP = 5;
  let wanted = null; /* a seek that waits until the one before is done, so that dragging asks for one at a time */
  const length = () => Math.max(0, data.end - data.start) || 0;
  const origin = () => (audio && audio !== sounds[0] ? data.cleanStart : data.start); /* where the sound begins */
  const now = () => origin() + (wanted ?? (audio ? audio.currentTime : 0));

  function seek(time) {
    wanted = Math.min(Math.max(0, time - origin()), length());
    if (!audio.seeking) { audio.currentTime = wanted; if (!audio.seeking) wanted = null; }
    paint();
  }
  function play() {
    audio.play().catch((error) => { if (error.name !== "AbortError") complain(); });
  }
  function toggle() { if (audio.paused) play(); else audio.pause(); }
  /* The sound may be shorter than the transcript: played from outside of it, it would begin anew. */
  const audible = (time) => time >= origin() - 0.05 && !(time >= origin() + audio.duration);
  function hear(time) {
    follow(true);
    seek(time);
    if (audible(time)) play(); else audio.pause();
  }
  function complain() {
    const problem = one(".sl-problem");
    problem.textContent = "The sound cannot be played here. The transcript can still be read.";
    problem.hidden = false;
  }

  let wave, played, at, painted = -1, frame = 0;
  const playheads = root.getElementsByClassName("sl-playhead");
  let draw = () => {}, measured = () => {};
  function paint() {
    const time = now(), share = length() ? Math.min(1, (time - data.start) / length()) : 0;
    if (Math.abs(share - painted) * wave.clientWidth >= 0.5 || share === 0) { /* a long recording moves slowly */
      painted = share;
      played.style.clipPath = `inset(0 ${(1 - share) * 100}% 0 0)`;
      for (const line of playheads) line.style.left = `${share * 100}%`;
    }
    const text = clock(time);
    if (at.textContent !== text) {
      at.textContent = text;
      wave.setAttribute("aria-valuenow", Math.round(time));
      wave.setAttribute("aria-valuetext", `${text} of ${clock(data.end)}`);
    }
    mark(time);
    speakers.at(time);
  }
  function run() {
    cancelAnimationFrame(frame);
    paint();
    if (!audio.paused && !audio.ended) frame = requestAnimationFrame(run);
  }

  if (audio) {
    wave = one(".sl-wave"); played = one(".sl-played"); at = one(".sl-at");
    const button = one(".sl-play"), pointer = one(".sl-pointer"), axis = one(".sl-axis");

    measured = () => {
      if (Number.isFinite(audio.duration)) data.end = Math.max(data.end, origin() + audio.duration);
      wave.setAttribute("aria-valuemin", Math.round(data.start));
      wave.setAttribute("aria-valuemax", Math.round(data.end));
      one(".sl-end").textContent = clock(data.end);
      painted = -1;
      draw();
      paint();
    };
    for (const sound of sounds) {
      const heard = (kind, then) => sound.addEventListener(kind, () => { if (sound === audio) then(); });
      heard("loadedmetadata", measured);
      heard("error", complain);
      heard("seeked", () => {
        const next = wanted;
        wanted = null;
        if (next !== null && Math.abs(next - audio.currentTime) > 0.01) seek(next + origin()); else paint();
      });
      heard("timeupdate", () => { if (document.hidden || audio.paused) paint(); });
      heard("play", () => {
        for (const other of document.querySelectorAll(".sl-player audio")) if (other !== audio) other.pause();
      });
      for (const kind of ["play", "pause", "ended"]) {
        heard(kind, () => {
          root.classList.toggle("sl-playing", !audio.paused);
          button.setAttribute("aria-label", audio.paused ? "Play" : "Pause");
          run();
        });
      }
    }
    button.addEventListener("click", toggle);
    for (const skip of root.querySelectorAll(".sl-skip")) {
      skip.addEventListener("click", () => seek(now() + Number(skip.dataset.skip)));
    }
    const speed = one(".sl-speed select");
    speed.addEventListener("change", () => { for (const sound of sounds) sound.playbackRate = Number(speed.value); });

    /* -- the other sound, at the same place -- */

    const tracks = root.querySelectorAll(".sl-tracks button");
    tracks.forEach((chosen, number) => chosen.addEventListener("click", () => {
      const before = audio, time = now(), playing = !before.paused;
      if (sounds[number] === before) return;
      for (const track of tracks) track.setAttribute("aria-pressed", String(track === chosen));
      audio = sounds[number];
      wanted = null;
      seek(time);
      if (playing) play();
      before.pause();
      draw();
    }));

    /* -- waveform: bars of two pixels, drawn once for each width and colour; playing only moves a clip over them -- */

    draw = () => {
      const width = wave.clientWidth, height = wave.clientHeight, ratio = Math.min(window.devicePixelRatio || 1, 3);
      if (!width || !length()) return;
      for (const canvas of root.querySelectorAll(".sl-shape")) {
        canvas.width = width * ratio;
        canvas.height = height * ratio;
        const pen = canvas.getContext("2d");
        pen.scale(ratio, ratio);
        pen.fillStyle = getComputedStyle(canvas).color;
        drawBars(pen, width, height);
      }
      drawAxis(width);
    };
    function drawBars(pen, width, height) {
      const middle = height / 2, pitch = 3, count = Math.floor(width / pitch);
      const peaks = (audio === sounds[0] ? null : data.clean) ?? data.peaks;
      /* Up to 26 dB louder, so that a quiet recording can be read and silence stays a line; both sounds on one scale. */
      const loudest = Math.max(data.peaks?.loudest ?? 0, data.clean?.loudest ?? 0) || 1;
      const scale = peaks ? ((middle - 1) / 127) * (peaks.loudest / loudest) * Math.min(1, loudest * 20) : 0;
      pen.beginPath();
      for (let bar = 0; bar < count; bar++) {
        let low = 0, high = 0;
        if (peaks) {
          const index = (share) => (data.start + share * length() - peaks.start) / peaks.stretch;
          const from = Math.max(0, Math.floor(index(bar / count)));
          const to = Math.min(peaks.low.length, Math.max(from + 1, Math.floor(index((bar + 1) / count))));
          for (let i = from; i < to; i++) {
            low = Math.min(low, peaks.low[i]);
            high = Math.max(high, peaks.high[i]);
          }
        }
        const top = middle - Math.max(1, high * scale), bottom = middle + Math.max(1, -low * scale);
        pen.roundRect(bar * pitch + 0.5, top, 2, bottom - top, 1);
      }
      pen.fill();
    }
    function drawAxis(width) {
      const steps = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];
      const step = steps.find((seconds) => (seconds / length()) * width >= 64) || 28800;
      axis.replaceChildren();
      for (let time = Math.ceil(data.start / step) * step; time < data.end; time += step) {
        const left = ((time - data.start) / length()) * width;
        if (left > width - 24) break;
        const label = document.createElement("span");
        label.textContent = step < 1 ? time.toFixed(1) : clock(time);
        label.style.left = `${left}px`;
        axis.append(label);
      }
    }
    new ResizeObserver(() => draw()).observe(wave);
    /* The shape's colour has a transition of a millisecond: its end tells of any change of theme, whoever made it. */
    played.addEventListener("transitionend", (event) => { if (event.propertyName === "color") draw(); });

    /* -- pointing -- */

    const timeUnder = (event) => {
      const box = wave.getBoundingClientRect();
      return data.start + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * length();
    };
    const point = (event) => {
      const time = timeUnder(event);
      pointer.hidden = false;
      pointer.style.left = `${((time - data.start) / length()) * 100}%`;
      pointer.dataset.time = clock(time);
      return time;
    };
    wave.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      wave.setPointerCapture(event.pointerId);
      follow(true);
      seek(point(event));
    });
    wave.addEventListener("pointermove", (event) => {
      const time = point(event);
      if (wave.hasPointerCapture(event.pointerId)) seek(time);
    });
    wave.addEventListener("pointerleave", () => { pointer.hidden = true; });
    const drawn = one(".sl-drawn"); /* pictures on the same timeline */
    if (drawn) {
      for (const picture of drawn.querySelectorAll(".sl-picture")) {
        picture.append(Object.assign(document.createElement("span"), { className: "sl-playhead" }));
        const image = picture.querySelector("img");
        const failed = () => picture.classList.add("sl-missing");
        image.addEventListener("load", () => picture.classList.add("sl-there"));
        image.addEventListener("error", failed);
        if (image.complete && image.naturalWidth) picture.classList.add("sl-there");
      }
      drawn.addEventListener("click", (event) => {
        const picture = event.target.closest(".sl-picture");
        if (!picture) return;
        const box = picture.getBoundingClientRect();
        hear(data.start + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * length());
      });
      drawn.parentElement.addEventListener("toggle", () => { painted = -1; paint(); });
    }

    wave.addEventListener("keydown", (event) => {
      if (event.key !== "Home" && event.key !== "End") return;
      event.preventDefault();
      seek(event.key === "Home" ? data.start : data.end);
    });
  }

  /* ---- who speaks -------------------------------------------------------------------------------------------- */

  const speakers = speechlabSpeakers(root, {
    one,
    audible: Boolean(audio),
    get data() { return data; },
    get rows() { return rows; },
    now,
    hear,
    indexOf: (row) => indexOfRow.get(row),
    /* Takes what another player_html says of the speakers; sound, place and scrolling stay as they are. */
    take(fresh) {
      const end = data.end, was = data.ids.join("\n");
      for (const element of marked) element.classList.remove("sl-on", "sl-now");
      [marked, shown] = [[], ""];
      root.dataset.speech = fresh.dataset.speech;
      if (one(".sl-facts")) one(".sl-facts").replaceChildren(...fresh.querySelector(".sl-facts").childNodes);
      const newer = fresh.querySelectorAll(".sl-row");
      if (JSON.parse(fresh.dataset.speech).ids.join("\n") === was) {
        newer.forEach((row, i) => { /* the rows themselves stay, and with them their known heights */
          rows[i].toggleAttribute("data-speaker", "speaker" in row.dataset);
          if ("speaker" in row.dataset) rows[i].dataset.speaker = row.dataset.speaker;
          rows[i].style.cssText = row.style.cssText;
          rows[i].querySelector(".sl-said").replaceWith(row.querySelector(".sl-said"));
        });
      } else {
        const top = transcript.scrollTop;
        one(".sl-rows").replaceChildren(...newer);
        transcript.scrollTop = top;
      }
      read();
      data.end = Math.max(end, data.end);
      settle();
      if (!audio) return;
      painted = -1;
      paint();
    },
  });
  let settle = () => {}; /* what else follows when rows have changed */
  if (audio) measured();

  /* ---- transcript: one listener for all words ---------------------------------------------------------------- */

  if (transcript) {
    let stop; /* one time stamp is in the tab order; the arrows go from one to the next */
    const begin = () => {
      if (stop?.isConnected) return;
      stop = transcript.querySelector(".sl-time");
      if (stop && audio) stop.tabIndex = 0;
    };
    begin();
    settle = () => { begin(); research(); };
    const visit = (next) => {
      if (!next) return;
      stop.tabIndex = -1;
      stop = next;
      stop.tabIndex = 0;
    };
    transcript.addEventListener("click", (event) => {
      const row = event.target.closest(".sl-row");
      const selection = getSelection();
      if (!audio || !row || event.defaultPrevented) return;
      const segment = segments[indexOfRow.get(row)];
      if (event.target.closest(".sl-time")) {
        visit(event.target.closest(".sl-time"));
        return hear(segment.start);
      }
      if (!selection.isCollapsed && transcript.contains(selection.anchorNode)) return; /* text was being selected */
      const span = event.target.closest(".sl-text > span");
      if (span) hear(segment.from[Array.prototype.indexOf.call(wordsOf(row), span)]);
      else if (row.matches(".sl-whole") && event.target.closest(".sl-text")) hear(segment.start);
    });
    transcript.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || !event.target.matches(".sl-time")) return;
      event.preventDefault();
      const next = rows[indexOfRow.get(event.target.closest(".sl-row")) + step];
      if (!next) return;
      visit(next.querySelector(".sl-time"));
      stop.focus({ preventScroll: true });
      reveal(next);
    });
  }

  /* Another part of the page lets a time be heard, in seconds on the recording's timeline. */
  if (audio) root.addEventListener("speechlab:hear", (event) => hear(event.detail));

  root.addEventListener("keydown", (event) => {
    if (!audio || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, select, textarea")) return;
    if (event.key === " " && !event.target.closest("button")) toggle();
    else if (event.key === "ArrowLeft") seek(now() - SKIP);
    else if (event.key === "ArrowRight") seek(now() + SKIP);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  /* ---- search: ranges painted over the text, so that the words stay as they are ------------------------------- */

  const input = one(".sl-search input");
  let research = () => {};
  if (input) {
    const MOST = 5000;
    const count = one(".sl-found"), steppers = root.querySelectorAll(".sl-step");
    /* One letter stays one letter, so that places in the folded text are places in the text. */
    const fold = (text) => text.replace(/[A-Z\x80-\uffff]/g, (letter) => {
      const bare = letter < "\u0590" ? letter.normalize("NFD")[0].toLowerCase() : letter.toLowerCase();
      return bare.length === letter.length ? bare : letter;
    });
    let folded = null, matches = [], chosen = -1, timer = 0;

    const layer = (name) => {
      if (!globalThis.CSS || !CSS.highlights || !globalThis.Highlight) return null;
      if (!CSS.highlights.has(name)) CSS.highlights.set(name, new Highlight());
      return CSS.highlights.get(name);
    };
    const paintRanges = (name, ranges) => {
      const painted = layer(name);
      if (!painted) return;
      for (const range of painted) { /* what is ours, or of a player that is gone */
        if (root.contains(range.startContainer) || !range.startContainer.isConnected) painted.delete(range);
      }
      painted.priority = name.endsWith("chosen") ? 1 : 0;
      for (const range of ranges) painted.add(range);
    };
    const rangeOf = ({ text, from, to }) => {
      const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT), range = {};
      for (let before = 0, node = walker.nextNode(); node; before += node.length, node = walker.nextNode()) {
        if (!range.startContainer && from < before + node.length) {
          range.startContainer = node;
          range.startOffset = from - before;
        }
        if (to <= before + node.length) {
          range.endContainer = node;
          range.endOffset = to - before;
          break;
        }
      }
      return new StaticRange(range);
    };
    const choose = (index) => {
      chosen = matches.length ? (index + matches.length) % matches.length : -1;
      const many = matches.length >= MOST ? `${MOST}+` : matches.length;
      count.textContent = input.value.trim() ? (matches.length ? `${chosen + 1} of ${many}` : "none") : "";
      for (const stepper of steppers) stepper.hidden = matches.length < 2;
      paintRanges("speechlab-chosen", chosen < 0 ? [] : [rangeOf(matches[chosen])]);
      if (chosen < 0) return;
      follow(!audio || audio.paused);
      const row = matches[chosen].text.closest(".sl-row");
      const { top, bottom, height } = place(row);
      if (top < 0 || bottom > height) reveal(row, true);
    };
    const search = () => {
      folded ??= Array.from(transcript.querySelectorAll("p"), (text) => [text, fold(text.textContent)]);
      const wanted = fold(input.value.trim().normalize("NFC"));
      matches = [];
      for (const [text, content] of wanted ? folded : []) {
        for (let from = content.indexOf(wanted); from >= 0; from = content.indexOf(wanted, from + wanted.length)) {
          if (matches.length < MOST) matches.push({ text, from, to: from + wanted.length });
        }
      }
      paintRanges("speechlab-found", matches.map(rangeOf));
      choose(0);
    };
    research = () => { folded = null; if (input.value.trim()) search(); };
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, 120); });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); choose(chosen + (event.shiftKey ? -1 : 1)); }
      if (event.key === "Escape") { input.value = ""; search(); }
      event.stopPropagation();
    });
    for (const stepper of steppers) {
      stepper.addEventListener("click", () => choose(chosen + Number(stepper.dataset.step)));
    }
  }

  /* ---- copy: what was said; suspected rows are left out ------------------------------------------------------ */

  const copy = one(".sl-copy");
  if (copy) {
    const unspaced = /[\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffef]$/;
    const text = () => {
      const turns = [];
      for (const row of rows) {
        const said = row.querySelector(".sl-text").textContent.trim();
        if (row.matches(".sl-suspect") || !said) continue;
        const speaker = row.dataset.speaker ?? "", last = turns[turns.length - 1];
        if (last && last.speaker === speaker) last.said += (unspaced.test(last.said) ? "" : " ") + said;
        else turns.push({ speaker, said });
      }
      return turns.map(({ speaker, said }) => (speaker ? `${speaker}: ${said}` : said)).join("\n");
    };
    const write = async (content) => {
      try {
        await navigator.clipboard.writeText(content);
      } catch { /* no permission, or a page without https: the old way needs neither */
        const area = document.createElement("textarea");
        area.value = content;
        area.style.cssText = "position:fixed;opacity:0";
        root.append(area);
        area.select();
        const done = document.execCommand("copy");
        area.remove();
        if (!done) throw new Error("not copied");
      }
    };
    const label = copy.querySelector("span"), usual = label.textContent;
    copy.addEventListener("click", async () => {
      label.textContent = await write(text()).then(() => "Copied", () => "Not allowed");
      copy.classList.add("sl-told");
      setTimeout(() => { label.textContent = usual; copy.classList.remove("sl-told"); }, 1600);
    });
  }
}
