/* ---- sound: sentences one after the other; while one is heard, the next is fetched ---- */

/* `fetched(item, after, signal)` gives the sound of an item behind so many seconds of silence, or null where there is none;
   it may take its time. `moved({item, state, share})` hears what is heard: waiting, playing, paused, or nothing. */
function playerOf({ fetched, moved, failed }) {
  const audio = new Audio();
  let turn = 0, stopping = null, item = null, state = "", lead = 0, frame = 0, leave = null; /* ends the waiting for what is heard */

  function tell() {
    const length = audio.duration - lead, share = Number.isFinite(length) && length > 0 ? Math.max(0, audio.currentTime - lead) / length : 0;
    moved({ item, state, share: state === "waiting" ? 0 : share });
  }
  function follow() { cancelAnimationFrame(frame); if (state === "playing") { tell(); frame = requestAnimationFrame(follow); } }
  function be(what) { state = what; tell(); follow(); }
  const over = (own) => new Promise((done, wrong) => {
    audio.onended = leave = done;
    audio.onerror = () => { if (own === turn) wrong(new Error("The browser cannot play this.")); };
    audio.play().then(() => { if (own === turn) be("playing"); }, (error) => { if (own === turn && error.name !== "AbortError") wrong(error); });
  });
  /* `between` tells the seconds of silence before an item that is not the first. */
  async function play(items, between) {
    stop();
    const own = ++turn, controller = stopping = new AbortController();
    const pending = (at, first) => items[at] && fetched(items[at], first ? 0 : between(items[at]), controller.signal).then((sound) => ({ sound }), (error) => ({ error }));
    let next = pending(0, true), heard = false;
    for (const [at, one] of items.entries()) {
      [item, lead] = [one, heard ? between(one) : 0];
      be("waiting");
      const { sound, error } = await next;
      if (own !== turn) return;
      if (error) { failed(error); break; }
      next = pending(at + 1, !heard && !sound);
      if (!sound) continue;
      heard = true;
      const url = URL.createObjectURL(sound);
      audio.src = url;
      try { await over(own); } catch (wrong) { if (own === turn) failed(wrong); break; } finally { URL.revokeObjectURL(url); }
      if (own !== turn) return;
    }
    if (own === turn) stop();
  }
  function stop() {
    turn++;
    stopping?.abort();
    stopping = null;
    audio.pause();
    leave?.();
    item = leave = null;
    be("");
  }
  return {
    play, stop,
    get item() { return item; },
    get state() { return state; },
    toggle() {
      if (state === "playing") { audio.pause(); be("paused"); }
      else if (state === "paused") audio.play().then(() => be("playing"), failed);
    },
  };
}
