// Jaeger's JSON of a trace into columns. What only an open span needs stays as it came and is read on demand.

import { Dictionary, assemble } from "./assemble.js";
import { supersededRow } from "./reports.js";
import { ASYNC, ERROR, KINDS, LINKED, UNFINISHED, WARNED, canonicalID } from "./trace.js";

/** @returns {import("./trace.js").Trace} */
export function decodeJaegerTrace(json) {
  const processes = json.processes ?? {};
  const spans = lastReports(json.spans ?? [], processes);
  const id = json.traceID ?? spans[0]?.traceID ?? "";
  const startTime = spans.reduce((earliest, span) => Math.min(earliest, number(span.startTime)), Infinity);
  const trace = { id, startTime: spans.length ? startTime : 0, source: json, warnings: json.warnings ?? [] };
  trace.reported = json.spans?.length ?? 0;
  const services = new Dictionary();
  const names = new Dictionary();
  const { numbers, ...rows } = readRows(spans, processes, canonicalID(id), trace.startTime, services, names);
  Object.assign(trace, assemble(rows));
  trace.services = services.values;
  trace.names = names.values;
  const { order } = trace;
  fillLogs(trace, order, spans);
  trace.spanID = (at) => spans[order[at]]?.spanID ?? rows.missing[order[at] - spans.length] ?? "";
  rows.missing.forEach((missing, k) => {
    if (!numbers.has(canonicalID(missing))) numbers.set(canonicalID(missing), spans.length + k);
  });
  trace.numberOf = (spanID) => trace.position[numbers.get(spanID)] ?? -1;
  const find = (traceID, spanID) =>
    canonicalID(traceID) === canonicalID(id) ? trace.numberOf(canonicalID(spanID)) : -1;
  trace.detail = (at) => detail(spans[order[at]] ?? {}, processes, trace, find);
  trace.someAttribute = (at, test) => someAttribute(spans[order[at]] ?? {}, processes, test);
  return trace;
}

function lastReports(spans, processes) {
  const last = new Map();
  const dropped = new Set();
  const report = (row) => ({
    row,
    service: String(processes[spans[row].processID]?.serviceName ?? ""),
    start: number(spans[row].startTime),
    length: number(spans[row].duration),
    kind: kindOf(spans[row]),
    isUnfinished: isUnfinished(spans[row]),
  });
  spans.forEach((span, row) => {
    const id = canonicalID(span.spanID ?? "");
    const earlier = last.get(id);
    const superseded = earlier === undefined ? -1 : supersededRow(report(earlier), report(row));
    if (superseded >= 0) dropped.add(superseded);
    if (superseded < 0 ? earlier === undefined : superseded === earlier) last.set(id, row);
  });
  return dropped.size === 0 ? spans : spans.filter((_, row) => !dropped.has(row));
}

/** The spans as rows of columns; a parent is the first CHILD_OF of this trace, else the first FOLLOWS_FROM. */
function readRows(spans, processes, traceID, startTime, services, names) {
  const n = spans.length;
  const rows = {
    count: n,
    missing: [],
    numbers: new Map(),
    start: new Float64Array(n),
    length: new Float64Array(n),
    parent: new Int32Array(n).fill(-1),
    service: new Uint32Array(n),
    name: new Uint32Array(n),
    kind: new Uint8Array(n),
    flags: new Uint8Array(n),
  };
  spans.forEach((span, i) => {
    const id = canonicalID(span.spanID ?? "");
    if (!rows.numbers.has(id)) rows.numbers.set(id, i);
  });
  const missing = new Map();
  spans.forEach((span, i) => {
    rows.start[i] = number(span.startTime) - startTime;
    rows.length[i] = number(span.duration);
    rows.service[i] = services.number(String(processes[span.processID]?.serviceName ?? ""));
    rows.name[i] = names.number(String(span.operationName ?? ""));
    rows.kind[i] = kindOf(span);
    rows.flags[i] = flagsOf(span);
    const reference = parentOf(span, traceID);
    if (reference === null) return;
    if (reference.refType === "FOLLOWS_FROM") rows.flags[i] |= ASYNC;
    const id = canonicalID(reference.spanID);
    const parent = rows.numbers.get(id);
    if (parent !== undefined) return void (rows.parent[i] = parent);
    if (!missing.has(id)) missing.set(id, rows.missing.push(reference.spanID) - 1);
    rows.parent[i] = n + missing.get(id);
  });
  if (rows.missing.length) rows.unnamed = names.number("");
  return rows;
}

function number(value) {
  const number = Number(value);
  return Number.isFinite(number) ? number : 0;
}

function parentOf(span, traceID) {
  let follows = null;
  for (const reference of span.references ?? []) {
    if (!reference?.spanID || canonicalID(String(reference.traceID ?? "")) !== traceID) continue;
    if (reference.refType === "CHILD_OF") return reference;
    follows ??= reference;
  }
  return follows ?? (span.parentSpanID ? { refType: "CHILD_OF", spanID: String(span.parentSpanID) } : null);
}

function kindOf(span) {
  for (const { key, value } of span.tags ?? []) {
    if (key === "span.kind") return Math.max(0, KINDS.indexOf(String(value)));
  }
  return 0;
}

function flagsOf(span) {
  return (
    (isError(span) ? ERROR : 0) |
    (isUnfinished(span) ? UNFINISHED : 0) |
    (span.warnings?.length ? WARNED : 0) |
    ((span.references?.length ?? 0) > 1 ? LINKED : 0)
  );
}

const ENDS_BEFORE = /^the span ends (\d+) ns before it starts/;

/**
 * A span whose end is no time at all has not ended: the server says so by how long before its start that would be.
 *
 * Compared as text: nanoseconds since 1970 have more digits than a number holds.
 */
function isUnfinished(span) {
  if (span.duration === undefined || span.duration === null) return true;
  for (const warning of span.warnings ?? []) {
    const match = ENDS_BEFORE.exec(warning);
    if (match && match[1].slice(0, -3) === String(span.startTime)) return true;
  }
  return false;
}

function fillLogs(trace, order, spans) {
  const offsets = new Int32Array(order.length + 1);
  const logsAt = (at) => spans[order[at]]?.logs ?? [];
  for (let at = 0; at < order.length; at++) offsets[at + 1] = offsets[at] + logsAt(at).length;
  const times = new Float64Array(offsets[order.length]);
  for (let at = 0; at < order.length; at++) {
    logsAt(at).forEach((log, l) => (times[offsets[at] + l] = number(log.timestamp) - trace.startTime));
    times.subarray(offsets[at], offsets[at + 1]).sort();
  }
  trace.logOffset = offsets;
  trace.logTime = times;
}

function detail(span, processes, trace, find) {
  return {
    tags: span.tags ?? [],
    process: processes[span.processID]?.tags ?? [],
    logs: (span.logs ?? [])
      .map((log) => ({ time: number(log.timestamp) - trace.startTime, fields: log.fields ?? [] }))
      .sort((a, b) => a.time - b.time),
    references: (span.references ?? []).map((reference) => ({
      type: reference.refType,
      traceID: reference.traceID,
      spanID: reference.spanID,
      span: find(reference.traceID, reference.spanID),
    })),
    warnings: span.warnings ?? [],
    json: span,
  };
}

function someAttribute(span, processes, test) {
  const passes = (level) => ({ key, value }) => test(key, value, level);
  return (
    (span.tags?.some(passes("span")) ?? false) ||
    (processes[span.processID]?.tags?.some(passes("resource")) ?? false) ||
    (span.logs?.some((log) => log.fields?.some(passes("event"))) ?? false)
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
