/* ---- the wire: what the lab is asked for a sheet ---- */

const address = (path) => new URL(path, location.href);
const visitor = () => { try { return localStorage.getItem("speechlab-visitor") || ""; } catch { return ""; } };
const words = (error, hint) => [error, hint].filter(Boolean).map((part) => /^(pip|apt|set|hf) /.test(part) ? part : part[0].toUpperCase() + part.slice(1) + (/[.!?\u2026]$/.test(part) ? "" : ".")).join(" ");

async function asked(path, how = {}) {
  const answer = await fetch(address(`lab/sheets${path}`), how).catch((error) => { if (error.name === "AbortError") throw error; return null; });
  if (!answer) throw new Error("The lab cannot be reached.");
  if (answer.ok) return answer;
  const told = (await answer.json().catch(() => null))?.error?.message;
  const error = new Error(told ? words(...told.split("; ", 2)) : "The lab did not answer.");
  error.gone = answer.status === 404;
  throw error;
}
const posting = (body, signal) => ({ method: "POST", headers: { "Content-Type": "application/json", "X-Visitor": visitor() }, body: JSON.stringify(body), signal });

const wire = {
  open: async (what) => (await asked("", posting(what))).json(),
  file: async (file) => (await asked(`/file?name=${encodeURIComponent(file.name)}`, { method: "POST", headers: { "X-Visitor": visitor() }, body: file })).json(),
  there: async (id) => (await asked(`/${id}`)).json(),
  reword: async (id, row, text) => (await asked(`/${id}/rows/${row}`, posting({ text }))).json(),
  written: async (id, told) => (await (await asked(`/${id}/files`, posting(told))).json()).address,
  speech: async (id, row, to, signal) => (await asked(`/${id}/speech/${row}${to ? `?to=${encodeURIComponent(to)}` : ""}`, { signal })).blob(),
  columns: (id, told, hear, signal) => wire.hearing(`/${id}/columns`, told, hear, signal),
  dub: (id, to, hear, signal) => wire.hearing(`/${id}/dub/${encodeURIComponent(to)}`, {}, hear, signal),
  /* Hears each line as it comes; aborting the signal stops the work in the lab. */
  async hearing(path, told, hear, signal) {
    const answer = await asked(path, posting(told, signal));
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) if (line) hear(JSON.parse(line));
    }
  },
};
