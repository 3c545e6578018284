// The addresses of pages about a stretch of time: System Architecture, Monitor, Live.

import { parseLookback } from "./format.js";

export const AGAINST = ["none", "before", "day", "week"];

export const SYSTEM_DEFAULTS = Object.freeze({
  lookback: "24h",
  /** @type {number | null} µs since 1970; null is now */
  end: null,
  service: "",
  hops: 2,
  find: "",
  view: "map",
  against: "none",
});

export const MONITOR_DEFAULTS = Object.freeze({
  lookback: "1h",
  /** @type {number | null} */
  end: null,
  service: "",
  operation: "",
  kind: "server",
});

const CHOICES = { view: ["map", "table", "paths"], against: AGAINST };

/** @template State @param {string} query @param {State} defaults @returns {State} */
export function parseWindow(query, defaults) {
  const params = new URLSearchParams(query);
  const state = { ...defaults };
  for (const [key, fallback] of Object.entries(defaults)) {
    const value = params.get(key);
    if (value === null) continue;
    if (key === "end") state.end = /^\d{1,17}$/.test(value) ? Number(value) : null;
    else if (key === "lookback") state.lookback = Number.isNaN(parseLookback(value)) ? fallback : value;
    else if (typeof fallback === "number") state[key] = /^[1-9]\d?$/.test(value) ? Number(value) : fallback;
    else if (!CHOICES[key] || CHOICES[key].includes(value)) state[key] = value;
  }
  return state;
}

export function formatWindow(state, defaults) {
  const params = new URLSearchParams();
  for (const [key, fallback] of Object.entries(defaults)) {
    if (state[key] !== fallback && state[key] !== null) params.set(key, String(state[key]));
  }
  return params.toString();
}

/** The end of the window that one is compared with, in µs; null when it is not. */
export function endAgainst({ against, lookback }, end) {
  const shifts = { before: parseLookback(lookback), day: 86400e6, week: 604800e6 };
  return against in shifts ? end - shifts[against] : null;
}
