/* ---- the wire: what the lab is asked, and how its answers are heard ---- */

const address = (path) => new URL(path, location.href);
const visitor = () => { try { return localStorage.getItem("speechlab-visitor") || ""; } catch { return ""; } };
/* A sentence, and what to do about it: commands stay as they are, and so do names of files that begin one. */
const sentenceOf = (part) => /^(pip|apt|set|hf) /.test(part) ? part : (/^\S*\.\w/.test(part) ? part : part[0].toUpperCase() + part.slice(1)) + (/[.!?\u2026]$/.test(part) ? "" : ".");
const words = (error, hint) => [error, hint].filter(Boolean).map(sentenceOf).join(" ");

async function asked(path, how = {}) {
  const answer = await fetch(address(path), how).catch((error) => { if (error.name === "AbortError") throw error; return null; });
  if (!answer) throw new Error("The lab cannot be reached.");
  if (answer.ok) return answer;
  const told = (await answer.json().catch(() => null))?.error?.message;
  const error = new Error(told ? words(...told.split("; ", 2)) : "The lab did not answer.");
  error.gone = answer.status === 404;
  throw error;
}
const sending = (body, signal) => ({ method: "POST", headers: { "X-Visitor": visitor() }, body, signal });
const posting = (told, signal) => ({ method: "POST", headers: { "Content-Type": "application/json", "X-Visitor": visitor() }, body: JSON.stringify(told), signal });

/* Sends a file, to be named in what is asked of it. */
const uploaded = async (file, signal) => (await (await asked(`lab/uploads?name=${encodeURIComponent(file.name)}`, sending(file, signal))).json()).upload;

/* Hears each line as it comes, and what the lab notes meanwhile; aborting the signal stops the work in the lab. */
async function hearing(path, told, hear, signal, noted = () => {}) {
  const answer = await asked(path, posting(told, signal));
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read().catch((error) => { throw error.name === "AbortError" ? error : new Error("The connection to the lab broke off."); });
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines.filter(Boolean).map((line) => JSON.parse(line))) if ("note" in line) noted(words(line.note)); else hear(line);
  }
}
