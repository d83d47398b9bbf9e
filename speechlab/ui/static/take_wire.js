/* ---- what the lab is asked to speak a text ---- */

const takes_ = (path, how) => asked(`lab/takes${path}`, how);
const wire = {
  voices: async () => (await takes_("/voices")).json(),
  voicesOf: async (engine) => (await takes_(`/voices/${encodeURIComponent(engine)}`)).json(),
  text: async (file) => (await (await takes_(`/text?name=${encodeURIComponent(file.name)}`, sending(file))).json()).text,
  quote: async (told, signal) => (await takes_("/quote", posting(told, signal))).json(),
  open: async (told) => (await takes_("", posting(told))).json(),
  there: async (id) => (await takes_(`/${id}`)).json(),
  reword: async (id, row, text) => (await takes_(`/${id}/rows/${row}`, posting({ text }))).json(),
  sound: async (id, row, { voice, engine, number }, after, signal) => (await takes_(`/${id}/rows/${row}?${new URLSearchParams({ voice, engine, number, after })}`, { signal })).blob(),
  drop: (id, told) => takes_(`/${id}/dropped`, posting(told)),
  file: async (id, told) => (await (await takes_(`/${id}/file`, posting(told))).json()).address,
  speak: (id, told, ...hearers) => hearing(`lab/takes/${id}`, told, ...hearers),
  listen: (id, told, ...hearers) => hearing(`lab/takes/${id}/proofs`, told, ...hearers),
};
