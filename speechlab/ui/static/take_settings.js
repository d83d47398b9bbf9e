/* ---- what was set otherwise than for the other takes of a voice, in words ---- */

/* `all` are the settings of the takes, `names` the labels and defaults of parameters: of each engine, and of the host's under "". */
function differing(all, at, names, by) {
  const parts = [], differs = (values) => values.some((value) => JSON.stringify(value) !== JSON.stringify(values[0]));
  const said = (value) => value === null || value === "" ? "automatic" : value === true ? "on" : value === false ? "off" : [value].flat().join(", ");
  const languages = all.map(({ language }) => language);
  if (differs(languages)) parts.push(languages[at] ? nameOf(languages[at]) : "as it reads");
  for (const [names_, valuesOf] of [[names[by], ({ values }) => values[by]], [names[""], ({ options }) => options]]) {
    for (const [name, [label, usual]] of Object.entries(names_ ?? {})) {
      const values = all.map((settings) => valuesOf(settings)?.[name] ?? usual);
      if (differs(values)) parts.push(`${label.toLowerCase()} ${said(values[at])}`);
    }
  }
  if (differs(all.map(({ options }) => options.lexicon ?? null))) parts.push(all[at].options.lexicon ? "own spelling" : "usual spelling");
  return parts.join(", ");
}
