/* First script of the page: the kept theme, before anything is painted. */
(() => {
  try {
    const kept = localStorage.getItem("theme");
    if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
  } catch {
    /* private mode keeps nothing: the system's theme it is */
  }
})();
