// What was looked at and asked lately, and what was saved: kept by the browser, the newest first, bounded.

import { preference, setPreference } from "./preferences.js";

const MOST = { traces: 20, searches: 30, saved: 100 };
const LONGEST = 200; // characters of a title

/** @returns {{href: string, title: string, at: number}[]} */
export function recent(kind) {
  try {
    const entries = JSON.parse(preference(`recent.${kind}`, "[]"));
    return entries.filter((entry) => typeof entry?.href === "string" && typeof entry.title === "string");
  } catch {
    return [];
  }
}

/** Puts an entry first; one with the same address (or, of saved ones, the same title) goes. */
export function note(kind, href, title) {
  const same = (entry) => (kind === "saved" ? entry.title === title : entry.href === href);
  const rest = recent(kind).filter((entry) => !same(entry));
  const entry = { href, title: title.slice(0, LONGEST), at: Date.now() };
  setPreference(`recent.${kind}`, JSON.stringify([entry, ...rest].slice(0, MOST[kind])));
}

export function forget(kind, href) {
  setPreference(`recent.${kind}`, JSON.stringify(recent(kind).filter((entry) => entry.href !== href)));
}
