/* ---- rows: one at a time takes part in the order of the Tab key, and a text is corrected in place ---- */

/* Lets a text be written: Enter, or leaving it, keeps what is written, Escape does not. */
function correct(text, was, written) {
  if (text.isContentEditable) return;
  text.contentEditable = "plaintext-only";
  if (!text.isContentEditable) text.contentEditable = "true";
  text.setAttribute("role", "textbox");
  text.spellcheck = true;
  const over = (keeps) => {
    text.onblur = text.onkeydown = null; /* first, since what cannot be edited any more loses the focus */
    text.contentEditable = "false";
    text.removeAttribute("role");
    const now = text.textContent.replace(/\s+/g, " ").trim();
    if (keeps && now && now !== was) written(now); else set(text, was);
  };
  text.onblur = () => over(true);
  text.onkeydown = (event) => {
    event.stopPropagation();
    if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    const row = text.closest('[role="row"]');
    over(event.key === "Enter");
    row.focus({ preventScroll: true });
  };
}

/* Arrows, Home and End go from row to row; `keys` tells what other keys do on one. Gives what makes a row the current one. */
function rowsByKeys(body, keys) {
  function current(row, focus) {
    for (const other of body.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
    for (const node of [row, ...row.querySelectorAll("button")]) node.tabIndex = 0;
    if (focus) { row.focus({ preventScroll: true }); row.scrollIntoView({ block: "nearest" }); }
  }
  body.addEventListener("focusin", (event) => { const row = event.target.closest('[role="row"]'); if (row && row.tabIndex !== 0) current(row, false); });
  body.addEventListener("keydown", (event) => {
    const row = event.target.closest('[role="row"]');
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const go = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling, Home: body.firstChild, End: body.lastChild }[event.key];
    if (go) { event.preventDefault(); current(go, true); return; }
    if (event.target !== row || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key](row);
  });
  return current;
}
