/* ---- what the lab is asked for a sheet ---- */

const sheets = (path, how) => asked(`lab/sheets${path}`, how);
const wire = {
  open: async (what) => (await sheets("", posting(what))).json(),
  file: async (file) => (await sheets(`/file?name=${encodeURIComponent(file.name)}`, sending(file))).json(),
  there: async (id) => (await sheets(`/${id}`)).json(),
  reword: async (id, row, text) => (await sheets(`/${id}/rows/${row}`, posting({ text }))).json(),
  written: async (id, told) => (await (await sheets(`/${id}/files`, posting(told))).json()).address,
  speech: async (id, row, to, signal) => (await sheets(`/${id}/speech/${row}${to ? `?to=${encodeURIComponent(to)}` : ""}`, { signal })).blob(),
  columns: (id, told, hear, signal) => hearing(`lab/sheets/${id}/columns`, told, hear, signal),
  dub: (id, to, hear, signal) => hearing(`lab/sheets/${id}/dub/${encodeURIComponent(to)}`, {}, hear, signal),
};
