// What a person prefers, kept by the browser. A link never changes it, and nothing breaks where storage is denied.

const PREFIX = "martlet.";

export function preference(name, fallback) {
  try {
    return localStorage.getItem(PREFIX + name) ?? fallback;
  } catch {
    return fallback;
  }
}

export function setPreference(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Private windows may refuse: the choice then lasts as long as the page.
  }
}

/** light, dark or system */
export function setTheme(theme) {
  setPreference("theme", theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.dispatchEvent(new Event("theme-change"));
}
