/* ---- sound: the recording from any segment, as it is or in another track ---- */

function listenerIn(section, { moved }) {
  const panel = section.querySelector(".sheet-sound"), audio = panel.querySelector("audio"), range = panel.querySelector("input");
  const button = panel.querySelector('[data-sheet="play"]');
  const tracks = panel.querySelector("select"), file = panel.querySelector("a");
  let rows = [], original = "", asked = null; /* the segment that was asked for, until the sound is there */

  /* The last segment that has begun. */
  function at(time) {
    let low = 0, high = rows.length;
    while (low < high) { const middle = (low + high) >> 1; rows[middle].start <= time + 0.05 ? low = middle + 1 : high = middle; }
    return low ? rows[low - 1] : null;
  }
  function show() {
    const playing = !audio.paused;
    button.querySelector("path").setAttribute("d", playing ? "M9 6v12M15 6v12" : "M8 5l11 7-11 7z");
    button.setAttribute("aria-label", playing ? "Pause" : "Play");
    button.classList.toggle("sheet-playing", playing);
    set(panel.querySelector(".sheet-clock"), clock(audio.currentTime));
    if (Number.isFinite(audio.duration)) { range.max = audio.duration; set(panel.querySelector(".sheet-length"), clock(audio.duration)); }
    if (document.activeElement !== range || playing) range.value = audio.currentTime;
    range.style.setProperty("--played", `${100 * audio.currentTime / (Number(range.max) || 1)}%`);
    range.setAttribute("aria-valuetext", clock(audio.currentTime));
  }
  const play = () => audio.play().catch(() => {});
  /* The track that is picked, at the same place as the one before. */
  function turn() {
    tracks.hidden = tracks.options.length < 2;
    const picked = tracks.selectedOptions[0];
    file.hidden = !picked?.dataset.file;
    file.href = picked?.dataset.file ?? "";
    const to = tracks.value || "", at = audio.currentTime, playing = !audio.paused;
    if ((audio.getAttribute("src") ?? "") === to) return;
    audio.pause();
    if (to) { audio.src = to; audio.currentTime = at; } else audio.removeAttribute("src");
    if (to && playing) play();
    show();
  }
  tracks.addEventListener("change", turn);
  audio.addEventListener("timeupdate", () => { show(); const row = at(audio.currentTime); if (!audio.paused || row !== asked) moved(row); });
  for (const event of ["play", "pause", "loadedmetadata", "ended"]) audio.addEventListener(event, show);
  range.addEventListener("input", () => { audio.currentTime = Number(range.value); });
  return {
    open(sheet) {
      panel.hidden = !sheet?.sound;
      rows = sheet ? [...sheet.rows].sort((a, b) => a.start - b.start) : [];
      original = sheet?.sound ? address(sheet.sound).href : "";
      tracks.replaceChildren(new Option("As recorded", original));
      turn();
    },
    /* One track more, to be heard at once from where the listener is. */
    add(name, src, href) {
      const old = [...tracks.options].find((option) => option.text === name), option = new Option(name, `${address(src).href}?${Date.now()}`);
      option.dataset.file = href;
      old ? old.replaceWith(option) : tracks.append(option);
      tracks.value = option.value;
      turn();
      play();
    },
    drop(name) {
      [...tracks.options].find((option) => option.text === name)?.remove();
      turn();
    },
    /* From this segment on; pressed once more while it is heard, it pauses. */
    from(row) {
      if (!audio.paused && at(audio.currentTime) === row) { audio.pause(); return; }
      asked = row;
      audio.currentTime = row.start;
      moved(row);
      play();
    },
    toggle() { audio.paused ? play() : audio.pause(); },
    hush() { audio.pause(); },
    onPlay(listener) { audio.addEventListener("play", listener); },
  };
}
