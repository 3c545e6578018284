// Jaeger's JSON of a trace into columns. What only an open span needs stays as it came and is read on demand.

import { buildTree } from "./tree.js";
import { ERROR, LINKED, ORPHAN, WARNED, canonicalID } from "./trace.js";

/** @returns {import("./trace.js").Trace} */
export function decodeJaegerTrace(json) {
  const spans = json.spans ?? [];
  const processes = json.processes ?? {};
  const id = json.traceID ?? spans[0]?.traceID ?? "";
  const { numbers, parents, orphans } = links(spans, canonicalID(id));
  const starts = Float64Array.from(spans, (span) => span.startTime);
  const tree = buildTree(starts, parents);
  const startTime = starts.length ? starts.reduce((a, b) => Math.min(a, b)) : 0;
  const trace = { id, count: spans.length, startTime, parent: tree.parent, depth: tree.depth, size: tree.size };
  trace.warnings = json.warnings ?? [];
  fillColumns(trace, tree.order, spans, processes, orphans);
  fillLogs(trace, tree.order, spans);
  const position = new Int32Array(spans.length);
  tree.order.forEach((span, at) => (position[span] = at));
  const find = (traceID, spanID) =>
    canonicalID(traceID) === canonicalID(id) && numbers.has(canonicalID(spanID))
      ? position[numbers.get(canonicalID(spanID))]
      : -1;
  trace.detail = (span) => detail(spans[tree.order[span]], processes, trace, find);
  trace.someAttribute = (span, test) => someAttribute(spans[tree.order[span]], processes, test);
  return trace;
}

/** Span numbers by id, and the parent of each: the first CHILD_OF of this trace, else the first FOLLOWS_FROM. */
function links(spans, traceID) {
  const numbers = new Map();
  for (let i = 0; i < spans.length; i++) {
    const id = canonicalID(spans[i].spanID);
    if (!numbers.has(id)) numbers.set(id, i);
  }
  const parents = new Int32Array(spans.length).fill(-1);
  const orphans = new Uint8Array(spans.length);
  for (let i = 0; i < spans.length; i++) {
    const id = parentID(spans[i], traceID);
    if (id === null) continue;
    const parent = numbers.get(canonicalID(id));
    if (parent === undefined) orphans[i] = 1;
    else parents[i] = parent;
  }
  return { numbers, parents, orphans };
}

function parentID(span, traceID) {
  let follows = null;
  for (const reference of span.references ?? []) {
    if (canonicalID(reference.traceID) !== traceID) continue;
    if (reference.refType === "CHILD_OF") return reference.spanID;
    follows ??= reference.spanID;
  }
  return follows ?? (span.parentSpanID || null);
}

function fillColumns(trace, order, spans, processes, orphans) {
  const n = spans.length;
  const services = new Dictionary();
  const names = new Dictionary();
  trace.start = new Float64Array(n);
  trace.length = new Float64Array(n);
  trace.service = new Uint16Array(n);
  trace.name = new Uint32Array(n);
  trace.flags = new Uint8Array(n);
  trace.spanIDs = new Array(n);
  let end = 0;
  for (let at = 0; at < n; at++) {
    const span = spans[order[at]];
    trace.start[at] = span.startTime - trace.startTime;
    trace.length[at] = span.duration;
    end = Math.max(end, trace.start[at] + span.duration);
    trace.service[at] = services.number(processes[span.processID]?.serviceName ?? "");
    trace.name[at] = names.number(span.operationName ?? "");
    trace.spanIDs[at] = span.spanID;
    trace.flags[at] =
      (isError(span) ? ERROR : 0) |
      (orphans[order[at]] ? ORPHAN : 0) |
      (span.warnings?.length ? WARNED : 0) |
      ((span.references?.length ?? 0) > 1 ? LINKED : 0);
  }
  trace.duration = end;
  trace.services = services.values;
  trace.names = names.values;
}

function fillLogs(trace, order, spans) {
  const offsets = new Int32Array(spans.length + 1);
  for (let at = 0; at < spans.length; at++) offsets[at + 1] = offsets[at] + (spans[order[at]].logs?.length ?? 0);
  const times = new Float64Array(offsets[spans.length]);
  for (let at = 0; at < spans.length; at++) {
    const logs = spans[order[at]].logs ?? [];
    for (let l = 0; l < logs.length; l++) times[offsets[at] + l] = logs[l].timestamp - trace.startTime;
  }
  trace.logOffset = offsets;
  trace.logTime = times;
}

function detail(span, processes, trace, find) {
  return {
    tags: span.tags ?? [],
    process: processes[span.processID]?.tags ?? [],
    logs: (span.logs ?? [])
      .map((log) => ({ time: log.timestamp - trace.startTime, fields: log.fields ?? [] }))
      .sort((a, b) => a.time - b.time),
    references: (span.references ?? []).map((reference) => ({
      type: reference.refType,
      traceID: reference.traceID,
      spanID: reference.spanID,
      span: find(reference.traceID, reference.spanID),
    })),
    warnings: span.warnings ?? [],
  };
}

function someAttribute(span, processes, test) {
  const passes = ({ key, value }) => test(key, value);
  return (
    (span.tags?.some(passes) ?? false) ||
    (processes[span.processID]?.tags?.some(passes) ?? false) ||
    (span.logs?.some((log) => log.fields?.some(passes)) ?? false)
  );
}

/** True for error=true, as a boolean or as text, and for OpenTelemetry's status. */
export function isError(span) {
  for (const { key, value } of span.tags ?? []) {
    if (key === "error" && (value === true || value === "true")) return true;
    if (key === "otel.status_code" && value === "ERROR") return true;
  }
  return false;
}

class Dictionary {
  values = [];
  #numbers = new Map();

  number(value) {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.values.push(value) - 1;
      this.#numbers.set(value, number);
    }
    return number;
  }
}
