/* ---- times and languages in words, and elements made of them ---- */

const two = (n) => String(n).padStart(2, "0");
const clock = (seconds) => {
  const s = Math.max(0, Math.floor(seconds)), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
};
const took = (seconds) => seconds < 1 ? `${Math.round(seconds * 1000)} ms` : seconds < 59.5 ? `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
const names = new Intl.DisplayNames(undefined, { type: "language" });
const nameOf = (code) => { try { return names.of(code); } catch { return code; } };
const autonym = (code) => { try { return new Intl.DisplayNames(code, { type: "language", fallback: "none" }).of(code) ?? ""; } catch { return ""; } };
const set = (node, text) => { if (node.textContent !== text) node.textContent = text; };
const made = (tag, className, more = {}) => Object.assign(document.createElement(tag), { className, ...more });
const icon = (path) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
