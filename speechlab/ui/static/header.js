/* Light or dark: as the system says, unless somebody chose. */
const body = document.body;
const chosen = () => { try { return localStorage.getItem("speechlab-theme"); } catch { return null; } };
if (chosen() && !new URLSearchParams(location.search).has("__theme")) body.classList.toggle("dark", chosen() === "dark");
element.querySelector(".top-theme").addEventListener("click", () => {
  const dark = body.classList.toggle("dark");
  try { localStorage.setItem("speechlab-theme", dark ? "dark" : "light"); } catch { /* then until the next load */ }
});

/* A picker's text is selected when it is entered, so that typing searches at once instead of adding to the text. */
document.addEventListener("focusin", (event) => { if (event.target.matches?.('input[role="combobox"]')) event.target.select(); });
