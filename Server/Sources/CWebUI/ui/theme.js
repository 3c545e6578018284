// Runs before the first paint, as a plain script, so that the page never flashes in the other theme.
try {
  const theme = localStorage.getItem("martlet.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is denied: the system's theme it is.
}
