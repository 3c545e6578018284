// The query box takes two languages: TraceQL, which begins with { or (, and key=value pairs as Jaeger has them.
// This module tells them apart and finds out what is being typed, so that it can be completed.

import { formatLogfmt, parseLogfmt } from "./logfmt.js";

export const INTRINSICS = [
  "name", "duration", "status", "kind", "statusMessage", "rootName", "rootServiceName", "traceDuration",
  "resource.service.name", "trace:spanCount", "event:name",
];
const KNOWN_VALUES = {
  status: ["error", "ok", "unset"],
  kind: ["server", "client", "internal", "producer", "consumer"],
  duration: ["10ms", "100ms", "1s"],
  traceDuration: ["100ms", "1s", "10s"],
};
const LEVELS = ["span", "resource", "event", "link", "instrumentation"];

export function isTraceQL(text) {
  return /^\s*[{(]/.test(text);
}

/** What the box shows for the tags and the query of an address. */
export function joinQuery({ tags, q }) {
  const pairs = Object.entries(tags);
  if (!q) return formatLogfmt(tags);
  if (pairs.length === 0) return q;
  const conditions = pairs.map(([key, value]) => `tag(${JSON.stringify(key)}, ${JSON.stringify(value)})`);
  return `${q} | { ${conditions.join(" && ")} }`;
}

/** The other way round. @throws {import("./logfmt.js").LogfmtError} */
export function splitQuery(text) {
  const trimmed = text.trim();
  return isTraceQL(text) ? { q: trimmed, tags: {} } : { q: "", tags: parseLogfmt(trimmed) };
}

/**
 * @typedef {object} Place what stands at the caret
 * @property {"key" | "value" | "none"} kind
 * @property {number} from where the word begins @property {number} to where it ends
 * @property {string} prefix the word up to the caret, without quotes
 * @property {string} key for a value: of which key
 * @property {string} level span, resource, …; "" for any
 * @property {boolean} traceQL
 */

/** @returns {Place} */
export function placeAt(text, caret) {
  return isTraceQL(text) ? placeInTraceQL(text, caret) : placeInPairs(text, caret);
}

function placeInPairs(text, caret) {
  const from = startOfWord(text, caret, (character) => /\s/.test(character));
  const to = caret + /^\S*/.exec(text.slice(caret))[0].length;
  const word = text.slice(from, caret);
  const equals = word.indexOf("=");
  const pairs = { level: "", traceQL: false };
  if (equals < 0) return { ...pairs, kind: "key", from, to: endOfKey(text, caret, to), prefix: word, key: "" };
  const prefix = word.slice(equals + 1).replace(/^"/, "");
  return { ...pairs, kind: "value", from: from + equals + 1, to, prefix, key: word.slice(0, equals) };
}

function endOfKey(text, caret, to) {
  const equals = text.slice(caret, to).indexOf("=");
  return equals < 0 ? to : caret + equals;
}

const COMPARISON = /([A-Za-z_][\w.:/-]*|\.[\w.:/-]+)\s*(?:=~|!~|!=|<=|>=|=|<|>)\s*("[^"]*|[\w.:/-]*)$/;

function placeInTraceQL(text, caret) {
  const before = text.slice(0, caret);
  const none = { kind: "none", from: caret, to: caret, prefix: "", key: "", level: "", traceQL: true };
  const compared = COMPARISON.exec(before);
  if (compared) {
    const typed = compared[2];
    const rest = typed.startsWith('"') ? /^[^"]*"?/ : /^[\w.:/-]*/;
    const { level, key } = splitField(compared[1]);
    const to = caret + rest.exec(text.slice(caret))[0].length;
    const prefix = typed.replace(/^"/, "");
    return { kind: "value", from: caret - typed.length, to, prefix, key, level, traceQL: true };
  }
  if (insideString(before)) return none;
  const word = /[\w.:/-]*$/.exec(before)[0];
  const lead = before.slice(0, before.length - word.length).trimEnd();
  // A condition begins behind a brace, a bracket, or one of && || !.
  if (!/(?:[{(!]|&&|\|\|)$/.test(lead) || !lead.includes("{")) return none;
  const to = caret + /^[\w.:/-]*/.exec(text.slice(caret))[0].length;
  const { level, key } = splitField(word);
  return { kind: "key", from: caret - word.length, to, prefix: key, key: word, level, traceQL: true };
}

function splitField(field) {
  const level = LEVELS.find((name) => field.startsWith(`${name}.`));
  if (level) return { level: level === "instrumentation" ? "scope" : level, key: field.slice(level.length + 1) };
  return { level: "", key: field.replace(/^\./, "") };
}

function insideString(text) {
  return (text.match(/(?<!\\)"/g) ?? []).length % 2 === 1;
}

/** Values that a field of TraceQL has by itself. */
export function knownValues(key) {
  return Object.hasOwn(KNOWN_VALUES, key) ? KNOWN_VALUES[key] : [];
}

/** How a key is written in a query: `span.http.route`, or as it is in a pair. */
export function writeKey(key, level, traceQL) {
  if (!traceQL) return key;
  const prefix = level === "scope" ? "instrumentation" : level || "span";
  return `${prefix}.${/^[\w.:/-]+$/.test(key) ? key : JSON.stringify(key)}`;
}

/** How a value is written in a query, by its type. */
export function writeValue(value, type, traceQL) {
  const text = String(value);
  if (!traceQL) return text === "" || /[\s"\\]/.test(text) ? `"${text.replace(/["\\]/g, "\\$&")}"` : text;
  return ["int", "double", "bool", "word"].includes(type) ? text : JSON.stringify(text);
}

/** Where an error of the server lies in a query; null when it does not say. */
export function faultOf(message, text) {
  const match = /line (\d+), column (\d+): ([^]*)$/.exec(message);
  if (!match) return null;
  const lines = text.split("\n");
  const line = Number(match[1]) - 1;
  const before = lines.slice(0, line).reduce((sum, part) => sum + part.length + 1, 0);
  const from = Math.min(before + Number(match[2]) - 1, text.length);
  const word = /^(?:[\w.:/-]+|"[^"]*"?|[^\s\w])/.exec(text.slice(from))?.[0] ?? "";
  return { from, to: from + Math.max(1, word.length), message: match[3] };
}

function startOfWord(text, caret, isBoundary) {
  let from = caret;
  let quoted = false;
  for (let at = 0; at < caret; at++) {
    if (text[at] === '"' && text[at - 1] !== "\\") quoted = !quoted;
    if (!quoted && isBoundary(text[at])) from = at + 1;
    else if (at === 0) from = 0;
  }
  return caret === 0 ? 0 : from;
}
