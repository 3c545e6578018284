// The address of a search is its whole state. The keys are Jaeger's, so that old links keep working; of ours are q (a
// query in TraceQL), kind, status, minTraceDuration, maxTraceDuration, sort, view, columns, chart and pick.

import { parseLookback } from "./format.js";

export const SORTS = ["newest", "oldest", "longest", "shortest", "most-spans", "most-errors"];
export const KINDS = ["server", "client", "internal", "producer", "consumer"];
export const STATUSES = ["error", "ok", "unset"];
export const VIEWS = ["table", "list"];
export const CHARTS = ["scatter", "histogram", "heatmap", "none"];
/** Columns that can be taken away; all others are keys of attributes. */
export const FIXED_COLUMNS = ["services", "spans", "errors", "matched", "duration", "start"];

/** @typedef {typeof SEARCH_DEFAULTS} SearchState start and end are µs since 1970, or null */
export const SEARCH_DEFAULTS = Object.freeze({
  /** @type {string[]} */
  services: [],
  operation: "",
  /** @type {Record<string, string>} */
  tags: {},
  q: "",
  kind: "",
  status: "",
  /** @type {number | null} */
  start: null,
  /** @type {number | null} */
  end: null,
  limit: 20,
  lookback: "1h",
  minDuration: "",
  maxDuration: "",
  minTraceDuration: "",
  maxTraceDuration: "",
  sort: "newest",
  view: "table",
  /** @type {string[]} */
  columns: FIXED_COLUMNS,
  chart: "scatter",
  /** @type {string[]} ids of traces to compare */
  pick: [],
});

const TEXTS = ["operation", "q", "minDuration", "maxDuration", "minTraceDuration", "maxTraceDuration"];
const CHOICES = { kind: KINDS, status: STATUSES, sort: SORTS, view: VIEWS, chart: CHARTS };
const MOST_LISTED = 50;

/** @returns {SearchState} */
export function parseSearch(query) {
  const params = new URLSearchParams(query);
  const state = { ...SEARCH_DEFAULTS };
  for (const key of TEXTS) state[key] = params.get(key) ?? "";
  for (const [key, allowed] of Object.entries(CHOICES)) {
    if (allowed.includes(params.get(key))) state[key] = params.get(key);
  }
  if (state.operation === "all") state.operation = "";
  state.services = list(params.getAll("service"));
  state.tags = parseTags(params);
  state.start = micros(params.get("start"));
  state.end = micros(params.get("end"));
  state.limit = count(params.get("limit"), SEARCH_DEFAULTS.limit);
  state.lookback = params.get("lookback") || SEARCH_DEFAULTS.lookback;
  if (params.has("columns")) state.columns = list(params.get("columns").split(","));
  if (params.has("pick")) state.pick = list(params.get("pick").split(",")).filter((id) => /^[0-9a-f]{1,32}$/i.test(id));
  return state;
}

/** @param {SearchState} state */
export function formatSearch(state) {
  const params = questionOf(state);
  for (const key of ["kind", "status", "sort", "view", "chart"]) {
    if (state[key] !== SEARCH_DEFAULTS[key]) params.set(key, state[key]);
  }
  if (state.q) params.set("q", state.q);
  if (state.columns.join() !== FIXED_COLUMNS.join()) params.set("columns", state.columns.join());
  if (state.pick.length) params.set("pick", state.pick.join());
  return params.toString();
}

/** What goes to the server, as a query; `now` is µs since 1970. Looks and picks are ours alone. */
export function formatQuestion(state, now) {
  const params = questionOf(withRange(state, now));
  const q = traceQLOf(state);
  if (q) params.set("q", q);
  if (state.sort !== SEARCH_DEFAULTS.sort) params.set("sort", state.sort);
  return params;
}

/** An address without start and end means: from the look-back before now, until now. */
export function withRange(state, now) {
  const reach = parseLookback(state.lookback);
  if (state.end !== null && state.start !== null) return state;
  const end = state.end ?? now;
  return { ...state, end, start: state.start ?? end - (Number.isNaN(reach) ? parseLookback("1h") : reach) };
}

/** Kind and status narrow the spans that the query found: behind it, so that places in it stay what they are. */
export function traceQLOf({ q, kind, status }) {
  const conditions = [kind && `kind = ${kind}`, status && `status = ${status}`].filter(Boolean).join(" && ");
  if (!conditions) return q;
  return q ? `${q} | { ${conditions} }` : `{ ${conditions} }`;
}

/** Whether spans are asked for, not only traces: then it is worth saying which of them matched. */
export function asksForSpans(state) {
  const { operation, tags, q, kind, status, minDuration, maxDuration } = state;
  return Boolean(operation || q || kind || status || minDuration || maxDuration || Object.keys(tags).length);
}

function questionOf(state) {
  const params = new URLSearchParams();
  const put = (key, value) => {
    if (value !== "" && value !== null && value !== undefined) params.set(key, String(value));
  };
  for (const service of state.services) params.append("service", service);
  put("operation", state.operation);
  if (Object.keys(state.tags).length) put("tags", JSON.stringify(state.tags));
  for (const key of ["start", "end", "limit", "lookback", ...TEXTS.slice(2)]) put(key, state[key]);
  return params;
}

/** tags is a JSON object of strings; tag=key:value may be repeated beside it. */
function parseTags(params) {
  const tags = Object.create(null);
  for (const tag of params.getAll("tag")) {
    const colon = tag.indexOf(":");
    if (colon > 0) tags[tag.slice(0, colon)] = tag.slice(colon + 1);
  }
  try {
    const parsed = JSON.parse(params.get("tags") ?? "{}");
    if (parsed && typeof parsed === "object" && !Array.isArray(parsed)) {
      for (const [key, value] of Object.entries(parsed)) tags[key] = String(value);
    }
  } catch {
    // A link cut short in a chat: what can be read of it still works.
  }
  return { ...tags };
}

function list(values) {
  return [...new Set(values.map((value) => value.trim()).filter(Boolean))].slice(0, MOST_LISTED);
}

function micros(text) {
  return text && /^\d{1,17}$/.test(text) ? Number(text) : null;
}

function count(text, fallback) {
  return text && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : fallback;
}
