// One trace as columns. Spans are numbered in depth-first order, children by start time, so that the subtree of
// span i is exactly i ..< i + size[i], and the row order of a fully open waterfall is the span number itself.

export const ERROR = 1;
export const ORPHAN = 2; // names a parent that is not in this trace
export const WARNED = 4;
export const LINKED = 8; // has references besides its parent
export const MISSING = 16; // no span at all: stands for a parent that has not arrived
export const UNFINISHED = 32; // began, and has not said that it ended
export const EARLY = 64; // begins before its parent does, in another service: their clocks differ
export const ASYNC = 128; // follows from its parent, which does not wait for it

/** The names of kinds, by number. */
export const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"];

/**
 * @typedef {object} Trace
 * @property {string} id
 * @property {number} count rows of the tree: spans, and placeholders for missing parents
 * @property {number} spans those that are spans
 * @property {number} reported spans as the server counts them: one that was reported twice counts twice
 * @property {number} startTime epoch µs of the earliest span
 * @property {number} duration µs from the earliest start to the latest end
 * @property {Float64Array} start µs after startTime
 * @property {Float64Array} length µs
 * @property {Int32Array} parent span number, -1 for a root
 * @property {Int32Array} depth 0 for a root
 * @property {Int32Array} size spans in the subtree, itself included
 * @property {Uint32Array} service index into services
 * @property {Uint32Array} name index into names
 * @property {Uint8Array} kind index into KINDS
 * @property {Uint8Array} flags
 * @property {Int32Array} logOffset count + 1 offsets into logTime
 * @property {Float64Array} logTime µs after startTime, in order for each span
 * @property {string[]} services
 * @property {string[]} names
 * @property {(span: number) => string} spanID
 * @property {(id: string) => number} numberOf the span with an id, without leading zeros and in small letters, or -1
 * @property {string[]} warnings of the trace as a whole
 * @property {((span: number) => SpanDetail) | null} detail null while only the columns are here: the details of each
 *   span must be asked for
 * @property {(span: number, test: (key: string, value: unknown, level: string) => boolean) => boolean} someAttribute
 *   whether any tag, process tag or log field passes; makes nothing, so that all spans can be asked
 * @property {object | null} source the JSON that it was made from
 */

/**
 * @typedef {{key: string, type: string, value: unknown}} Attribute
 * @typedef {{time: number, fields: Attribute[]}} Log
 * @typedef {{type: string, traceID: string, spanID: string, span: number}} Reference span is -1 when elsewhere
 * @typedef {object} SpanDetail
 * @property {Attribute[]} tags
 * @property {Attribute[]} process
 * @property {Log[]} logs by time
 * @property {Reference[]} references
 * @property {string[]} warnings
 */

/** The number of the span with this id, or -1. Leading zeros and case do not matter. */
export function spanNumber(trace, id) {
  return trace.numberOf(canonicalID(id));
}

export function canonicalID(id) {
  return id.toLowerCase().replace(/^0+(?=.)/, "");
}

/** The span that names the trace: the first root that is a span, else the first span. */
export function rootOf(trace) {
  for (let i = 0; i < trace.count; i += trace.size[i]) if (!(trace.flags[i] & MISSING)) return i;
  return trace.count > 1 ? 1 : trace.count - 1;
}

/** Deepest level, counted from 1. */
export function depthOf(trace) {
  let deepest = -1;
  for (let i = 0; i < trace.count; i++) if (trace.depth[i] > deepest) deepest = trace.depth[i];
  return deepest + 1;
}

export function countFlag(trace, flag) {
  let n = 0;
  for (let i = 0; i < trace.count; i++) if (trace.flags[i] & flag) n++;
  return n;
}

/** For each span, how many spans below it failed; children come after parents, so one backward pass is enough. */
export function errorsBelow({ count, parent, flags }) {
  const below = new Int32Array(count);
  for (let i = count - 1; i >= 0; i--) {
    if (parent[i] >= 0) below[parent[i]] += below[i] + (flags[i] & ERROR ? 1 : 0);
  }
  return below;
}

/** Spans per service, in the order of trace.services. */
export function spansPerService(trace) {
  const counts = new Int32Array(trace.services.length);
  for (let i = 0; i < trace.count; i++) if (!(trace.flags[i] & MISSING)) counts[trace.service[i]]++;
  return counts;
}

/** What a span is called: its operation, or what stands for it. */
export function nameOf(trace, span) {
  return trace.names[trace.name[span]];
}

export function serviceOf(trace, span) {
  return trace.services[trace.service[span]];
}

/** All spans, the earliest first. */
export function spansByStart({ byStart, position }) {
  return byStart.map((row) => position[row]);
}

export const endOf = (trace, span) => trace.start[span] + trace.length[span];
