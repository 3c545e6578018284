// Questions to the server. Addresses are relative to the base of the document, so that any prefix works.

import { faultOf } from "../model/query-text.js";

/** Says what was asked and what came back, for the person who must act on it. */
export class ApiError extends Error {
  constructor(asked, status, message) {
    super(message);
    this.asked = asked;
    this.status = status; // 0 when there was no answer
  }
}

/** @returns {Promise<string[]>} */
export async function services(signal) {
  return list("api/services", signal);
}

/** @returns {Promise<string[]>} */
export async function operations(service, signal) {
  return list(`api/services/${encodeURIComponent(service)}/operations`, signal);
}

/** @returns {Promise<{name: string, spanKind: string}[]>} */
export async function operationsByKind(service, kind, signal) {
  const query = new URLSearchParams({ service, ...(kind && { spanKind: kind }) });
  return list(`api/operations?${query}`, signal);
}

/** @returns {Promise<object>} the envelope of a search: its data are summaries */
export async function findSummaries(params, signal) {
  return get(`api/trace-summaries?${params}`, signal);
}

/** What an id, or its beginning, could be: traces and spans; see docs/query-api.md. */
export async function lookUp(id, signal) {
  return list(`api/lookup/${encodeURIComponent(id)}?limit=20`, signal);
}

/** Keys of attributes, or the values of one, the most frequent first; see docs/query-api.md. */
export async function attributes(params, signal) {
  return list(`api/attributes?${params}`, signal);
}

export async function attributeValues(key, params, signal) {
  return list(`api/attributes/${encodeURIComponent(key)}/values?${params}`, signal);
}

/** @returns {Promise<object>} */
export async function trace(id, signal) {
  const path = `api/traces/${encodeURIComponent(id)}`;
  const [found] = (await get(path, signal)).data ?? [];
  if (!found) throw new ApiError(path, 404, "trace not found");
  return found;
}

/** What an envelope holds when that is a list. @throws {ApiError} */
async function list(path, signal) {
  const data = (await get(path, signal)).data ?? [];
  if (!Array.isArray(data)) throw new ApiError(path, 200, "the answer holds no list");
  return data;
}

/** The answer to a GET, read as JSON. @throws {ApiError} */
export async function get(path, signal) {
  let response;
  let text;
  try {
    response = await fetch(new URL(path, document.baseURI), { signal, headers: { accept: "application/json" } });
    text = await response.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(path, 0, error.message);
  }
  const envelope = parse(text);
  // A list may come with errors beside it; without data they are the answer.
  if (!response.ok || (envelope?.errors?.[0]?.msg && !envelope.data?.length)) throw refusal(path, response, text);
  if (!envelope) throw new ApiError(path, response.status, `the answer is not JSON: ${text.slice(0, 200)}`);
  return envelope;
}

/** @param {string} text the body of an answer that is none: an envelope with errors, or words */
export function refusal(path, { status, statusText }, text) {
  return new ApiError(path, status, parse(text)?.errors?.[0]?.msg ?? (text.slice(0, 300).trim() || statusText));
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Where an error lies in the query that was asked; null when it is about something else. */
export function queryFault(error, query) {
  return error instanceof ApiError && error.message.startsWith("parameter 'q'") ? faultOf(error.message, query) : null;
}
