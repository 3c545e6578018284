// One line of a result list from the JSON of a trace, without building its tree.

import { isError } from "./jaeger-json.js";
import { canonicalID } from "./trace.js";

/**
 * @typedef {object} Summary
 * @property {string} traceID
 * @property {string} service of the root
 * @property {string} operation of the root
 * @property {boolean} rooted false when the first span names a parent that has not arrived
 * @property {number} startTime epoch µs
 * @property {number} duration µs
 * @property {number} spans
 * @property {number} errors
 * @property {{name: string, spans: number, errors: number}[]} services most spans first
 */

/** @returns {Summary} */
export function summarise(json) {
  const spans = json.spans ?? [];
  const services = new Map();
  let start = Infinity;
  let end = -Infinity;
  let errors = 0;
  for (const span of spans) {
    start = Math.min(start, span.startTime);
    end = Math.max(end, span.startTime + span.duration);
    const name = serviceOf(json, span);
    const service = services.get(name) ?? { name, spans: 0, errors: 0 };
    services.set(name, service);
    service.spans++;
    if (isError(span)) {
      service.errors++;
      errors++;
    }
  }
  const { root, rooted } = findRoot(spans);
  return {
    traceID: json.traceID,
    service: root ? serviceOf(json, root) : "",
    operation: root?.operationName ?? "",
    rooted,
    startTime: spans.length ? start : 0,
    duration: spans.length ? end - start : 0,
    spans: spans.length,
    errors,
    services: [...services.values()].sort((a, b) => b.spans - a.spans || compare(a.name, b.name)),
  };
}

export const orders = {
  newest: (a, b) => b.startTime - a.startTime || compare(a.traceID, b.traceID),
  longest: (a, b) => b.duration - a.duration || orders.newest(a, b),
  spans: (a, b) => b.spans - a.spans || orders.newest(a, b),
  errors: (a, b) => b.errors - a.errors || orders.newest(a, b),
};

function serviceOf(json, span) {
  return json.processes?.[span.processID]?.serviceName ?? "";
}

/** The earliest span without a parent; else the earliest whose parent is missing; else the earliest. */
function findRoot(spans) {
  const ids = new Set(spans.map((span) => canonicalID(span.spanID)));
  let root = null;
  let rank = 3;
  for (const span of spans) {
    const parents = span.references ?? [];
    const present = parents.some((reference) => ids.has(canonicalID(reference.spanID)));
    const mine = parents.length === 0 ? 0 : present ? 2 : 1;
    if (mine < rank || (mine === rank && span.startTime < root.startTime)) {
      root = span;
      rank = mine;
    }
  }
  return { root, rooted: rank === 0 };
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
