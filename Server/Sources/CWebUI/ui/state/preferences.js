// What a person prefers, kept by the browser. A link never changes it, and nothing breaks where storage is denied.

import { setZone } from "../model/format.js";

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

/** light, dark or system; with shownOnly that one is shown, and the preference stays what it was. */
export function setTheme(preferred, { shownOnly = "" } = {}) {
  const theme = shownOnly || preferred;
  if (!shownOnly) setPreference("theme", theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.dispatchEvent(new Event("theme-change"));
}

/** "" for the browser's own zone, else a name such as UTC or Asia/Tokyo; all times are shown anew. */
export function setTimeZone(zone) {
  setPreference("zone", zone);
  setZone(zone);
  document.dispatchEvent(new Event("zone-change"));
}
