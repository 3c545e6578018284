// The trace that a page shows, and what is worked out of it: each thing once, when it is first asked for. A trace
// that is here as a whole is asked directly; of a large one only the skeleton is here, and the server is asked.

import { colourSlots } from "../model/colour.js";
import { criticalPath } from "../model/critical-path.js";
import { findSpans, readWords } from "../model/find.js";
import { decodeJaegerTrace } from "../model/jaeger-json.js";
import { ownTimes } from "../model/own-time.js";
import { repeatLeaders } from "../model/rows.js";
import { keyOf } from "../model/statistics.js";
import { canonicalID, errorsBelow, spanNumber } from "../model/trace.js";
import { looksLikeTraceQL } from "../model/traceql-parse.js";
import * as api from "./trace-api.js";

const MOST_DETAILS = 500;

export class OpenTrace {
  #made = new Map();
  #details = new Map();

  /**
   * @param {import("../model/trace.js").Trace} trace
   * @param {{stored: boolean}} origin whether the server has it, or only this page
   */
  constructor(trace, { stored }) {
    this.trace = trace;
    this.stored = stored;
  }

  /** Whether tags, logs and references of all spans are here. */
  get isWhole() {
    return this.trace.detail !== null;
  }

  get slots() {
    return this.#once("slots", () => colourSlots(this.trace.services));
  }

  get self() {
    return this.#once("self", () => ownTimes(this.trace));
  }

  get below() {
    return this.#once("below", () => errorsBelow(this.trace));
  }

  get critical() {
    return this.#once("critical", () => indexPieces(criticalPath(this.trace), this.trace.count));
  }

  get leaders() {
    return this.#once("leaders", () => repeatLeaders(this.trace));
  }

  /** The values of a key, one for each span, as numbers into a list; for colours and groups. */
  values(key) {
    return this.#once(`values ${key}`, () => {
      const read = keyOf(this.trace, key);
      const numbers = new Map();
      const values = [];
      const value = new Int32Array(this.trace.count);
      for (let i = 0; i < this.trace.count; i++) {
        const text = read(i) ?? "";
        if (!numbers.has(text)) numbers.set(text, values.push(text) - 1);
        value[i] = numbers.get(text);
      }
      return { values, value, slots: colourSlots(values) };
    });
  }

  /** @returns {Promise<import("../model/trace.js").SpanDetail>} */
  async detail(span, signal) {
    const { trace } = this;
    if (trace.detail) return trace.detail(span);
    const known = this.#details.get(span);
    if (known) return known;
    const id = trace.spanID(span);
    const json = await api.spans(trace.id, [id], signal);
    const small = decodeJaegerTrace(json);
    const at = spanNumber(small, id);
    const detail = at < 0 ? EMPTY : small.detail(at);
    for (const reference of detail.references) {
      if (canonicalID(reference.traceID) === canonicalID(trace.id)) reference.span = spanNumber(trace,
        reference.spanID);
    }
    if (this.#details.size >= MOST_DETAILS) this.#details.clear();
    this.#details.set(span, detail);
    return detail;
  }

  /** The detail if it is at hand, for what is drawn at once. */
  detailNow(span) {
    return this.trace.detail ? this.trace.detail(span) : (this.#details.get(span) ?? EMPTY);
  }

  /**
   * The spans that a text finds.
   * @throws {import("../model/traceql-parse.js").TraceQLError | import("./api.js").ApiError}
   * @returns {Promise<Int32Array> | Int32Array}
   */
  find(text, signal) {
    if (this.isWhole || text.trim() === "") return findSpans(this.trace, text);
    const { words } = readWords(text);
    const pairs = words.filter((word) => /^[^\s=]+=/.test(word));
    if (looksLikeTraceQL(text)) return this.#ask(text, signal);
    if (pairs.length === 0) return findSpans(this.trace, text);
    return this.#ask(pairs.map(pairQuery).join(" || "), signal);
  }

  async #ask(query, signal) {
    const { spanSets } = await api.spansOf(this.trace.id, query, signal);
    const wanted = new Set(spanSets.flat().map(canonicalID));
    const found = [];
    for (let i = 0; i < this.trace.count; i++) if (wanted.has(canonicalID(this.trace.spanID(i)))) found.push(i);
    return Int32Array.from(found);
  }

  #once(name, make) {
    if (!this.#made.has(name)) this.#made.set(name, make());
    return this.#made.get(name);
  }
}

const EMPTY = Object.freeze({ tags: [], process: [], logs: [], references: [], warnings: [], json: null });

function pairQuery(word) {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(word);
  return `{ tag(${JSON.stringify(key)}, ${JSON.stringify(value)}) }`;
}

/** Pieces of the path in order of their spans, so that each row finds its own. */
function indexPieces(path, count) {
  const offset = new Int32Array(count + 1);
  for (const span of path.span) offset[span + 1]++;
  for (let i = 0; i < count; i++) offset[i + 1] += offset[i];
  const next = offset.slice();
  const from = new Float64Array(path.span.length);
  const to = new Float64Array(path.span.length);
  path.span.forEach((span, k) => {
    from[next[span]] = path.from[k];
    to[next[span]++] = path.to[k];
  });
  return { ...path, offset, pieceFrom: from, pieceTo: to };
}
