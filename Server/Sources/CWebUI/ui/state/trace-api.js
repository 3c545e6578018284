// Questions about one trace, or two. What they answer is in docs/query-api.md and docs/analysis-api.md.

import { decodeAttributeColumn, decodeTraceColumns } from "../model/trace-columns.js";
import { ApiError, get } from "./api.js";

const SMALL = 10_000; // spans of which the whole JSON is read: every tag is then at hand

const path = (id, rest = "") => `api/traces/${encodeURIComponent(id)}${rest}`;

/**
 * The skeleton of a trace, and how many spans it has; of a small one there is no need to read more than the count.
 * @returns {Promise<{count: number, buffer: ArrayBuffer | null}>}
 */
export async function columns(id, signal) {
  const address = path(id, "/columns");
  const response = await ask(address, { signal });
  const type = response.headers.get("content-type") ?? "";
  if (!response.ok || !type.includes("trace-columns")) throw await refusal(address, response);
  const count = Number(response.headers.get("martlet-span-count"));
  if (count <= SMALL) {
    await response.body?.cancel();
    return { count, buffer: null };
  }
  return { count, buffer: await response.arrayBuffer() };
}

export const decodeColumns = decodeTraceColumns;
export { decodeAttributeColumn };

/** @returns {Promise<ArrayBuffer>} what the spans of a trace say about a key */
export async function attributeColumn(id, key, signal) {
  const address = path(id, `/columns?${new URLSearchParams({ attribute: key })}`);
  const response = await ask(address, { signal });
  if (!response.ok) throw await refusal(address, response);
  return response.arrayBuffer();
}

/** @returns {Promise<{key: string, spans: number}[]>} the keys of a trace, most spans first */
export async function attributeKeys(id, signal) {
  return (await get(path(id, "/attributes"), signal)).data;
}

/** @returns {Promise<object>} Jaeger's JSON; `skew` with clocks that differ corrected, `raw` as it was stored */
export async function trace(id, { skew = false, raw = false } = {}, signal) {
  const query = new URLSearchParams();
  if (skew) query.set("clockSkew", "true");
  if (raw) query.set("raw", "true");
  const address = path(id, query.size ? `?${query}` : "");
  const [found] = (await get(address, signal)).data ?? [];
  if (!found) throw new ApiError(address, 404, "trace not found");
  return found;
}

/** How many spans a trace has now. */
export async function spanCount(id, signal) {
  const response = await ask(path(id, "/columns"), { method: "HEAD", signal });
  return response.ok ? Number(response.headers.get("martlet-span-count") ?? 0) : 0;
}

/** @returns {Promise<object>} a trace in Jaeger's JSON that has only these spans */
export async function spans(id, ids, signal) {
  const query = new URLSearchParams(ids.map((span) => ["spanID", span]));
  const address = path(id, `/spans?${query}`);
  const [found] = (await get(address, signal)).data ?? [];
  if (!found) throw new ApiError(address, 404, "span not found");
  return found;
}

/** @returns {Promise<{spanSets: string[][]}>} the spans of a trace that satisfy a query in TraceQL */
export async function spansOf(id, query, signal) {
  return (await get(path(id, `/matches?${new URLSearchParams({ q: query })}`), signal)).data;
}

/** @returns {Promise<object>} a family of figures, in Prometheus' form */
export async function metrics(question, signal) {
  const address = `api/metrics/${question}`;
  const response = await ask(address, { signal, headers: { accept: "application/json" } });
  if (!response.ok) throw await refusal(address, response);
  return response.json();
}

/** Keeps a trace from retention. */
export async function archive(id) {
  const address = `api/archive/${encodeURIComponent(id)}`;
  const response = await ask(address, { method: "POST" });
  if (!response.ok) throw await refusal(address, response);
}

export async function compare(a, b, signal) {
  return (await get(`api/compare?${new URLSearchParams({ a, b })}`, signal)).data;
}

export async function against(id, query, signal) {
  return (await get(path(id, `/against?${query}`), signal)).data;
}

export async function flameGraph(query, signal) {
  return (await get(`api/flame-graph?${query}`, signal)).data;
}

export async function outliers(query, signal) {
  return (await get(`api/outliers?${query}`, signal)).data;
}

/** Stores the spans of a file. @returns {Promise<{spans: number, format: string}>} */
export async function store(body) {
  const address = "api/import";
  // A form of another site cannot send this header.
  const headers = { "content-type": "application/json", "x-martlet-import": "1" };
  const response = await ask(address, { method: "POST", body, headers });
  if (!response.ok) throw await refusal(address, response);
  return response.json().catch(() => ({}));
}

async function ask(address, options) {
  try {
    return await fetch(new URL(address, document.baseURI), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(address, 0, error.message);
  }
}

async function refusal(address, response) {
  const body = await response.text().catch(() => "");
  let message = body.slice(0, 300).trim() || response.statusText;
  try {
    message = JSON.parse(body).errors[0].msg;
  } catch {
    // Not our envelope: the words as they came.
  }
  return new ApiError(address, response.status, message);
}
