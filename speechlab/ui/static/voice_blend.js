/* ---- a blend: two voices of an engine, and how much of each ---- */

function blendIn(form, { ear, kept, complain }) {
  const field = (name) => form.elements[name], [share, first, second] = ["share", "first", "second"].map(field);
  let voices = null;
  const engine = () => first.selectedOptions[0]?.dataset.engine ?? "";
  const recipe = () => { const other = Number(share.value) / 100; return `${first.value}:${(1 - other).toFixed(2)}+${second.value}:${other.toFixed(2)}`; };
  function offer(select, some) {
    const groups = new Map();
    for (const { id, name, language, engine } of some) {
      const label = language ? nameOf(language) : engine, option = new Option(name, id);
      Object.assign(option.dataset, { engine, language });
      if (!groups.has(label)) groups.set(label, made("optgroup", "", { label }));
      groups.get(label).append(option);
    }
    select.replaceChildren(...groups.values());
  }
  /* The other voice is one of the same engine. */
  function pair() {
    const own = second.value;
    offer(second, voices.filter(({ engine: one }) => one === engine()));
    second.value = own;
    if (!second.value || second.value === first.value) second.value = [...second.options].find(({ value }) => value !== first.value)?.value ?? "";
  }
  function show() {
    const other = Number(share.value), name = (select) => select.selectedOptions[0]?.text ?? "";
    share.setAttribute("aria-valuetext", `${100 - other} % ${name(first)}, ${other} % ${name(second)}`);
    set(form.querySelector(".vc-mix span"), `${100 - other} : ${other}`);
    form.style.setProperty("--share", `${other}%`);
  }
  form.addEventListener("input", (event) => { if (event.target === first) pair(); if (event.target !== field("name")) ear.hush(); complain(""); show(); });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!field("name").value.trim()) { complain("Write what the blend is to be called."); field("name").focus(); return; }
    try {
      const voice = await (await asked("lab/voices/blends", posting({ name: field("name").value, voice: recipe(), engine: engine() }))).json();
      field("name").value = "";
      kept(voice);
    } catch (error) { complain(error.message); }
  });
  return {
    hear: () => ear.hear("blend", `lab/voices/blends/sample?engine=${encodeURIComponent(engine())}&voice=${encodeURIComponent(recipe())}&language=${first.selectedOptions[0]?.dataset.language ?? ""}`),
    async open() {
      if (voices === null) {
        for (const one of form.elements) one.disabled = true;
        voices = await (await asked("lab/voices/blends")).json();
        for (const one of form.elements) one.disabled = false;
        offer(first, voices);
        pair();
      }
      show();
    },
  };
}
