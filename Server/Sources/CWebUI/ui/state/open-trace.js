// The trace that a page shows, and what is worked out of it: each thing once, when it is first asked for. A trace
// that is here as a whole is asked directly; of a large one only the skeleton is here, and the server is asked.

import { colourSlots } from "../model/colour.js";
import { criticalPath } from "../model/critical-path.js";
import { mergedPaths } from "../model/flame.js";
import { decodeJaegerTrace } from "../model/jaeger-json.js";
import { ownTimes } from "../model/own-time.js";
import { repeatLeaders } from "../model/rows.js";
import { PLAIN_KEYS, attributeKeys, attributeValues, plainValues } from "../model/statistics.js";
import { LINKED, canonicalID, errorsBelow, spanNumber, spansByStart } from "../model/trace.js";
import * as api from "./trace-api.js";

const MOST_DETAILS = 5000;
const MOST_AT_ONCE = 100;
const PAUSE = 80; // ms in which nothing else came into view

export class OpenTrace extends EventTarget {
  #made = new Map();
  #details = new Map();
  #wanted = new Set();
  #timer = 0;

  /**
   * @param {import("../model/trace.js").Trace} trace
   * @param {{stored: boolean}} origin whether the server has it, or only this page
   */
  constructor(trace, { stored }) {
    super();
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

  /** Spans whose references, other than those to their parents, name a span; only if the trace is here as a whole. */
  referencing(span) {
    return this.#once("referencing", () => referencing(this)).get(span) ?? [];
  }

  /** Paths of service and operation, added up. */
  get paths() {
    return this.#once("paths", () => mergedPaths(this.trace, this.self));
  }

  get byStart() {
    return this.#once("by start", () => spansByStart(this.trace));
  }

  /**
   * What spans say about a key, with colours; null as long as the server has to be asked: `loadValues`.
   * @returns {ReturnType<typeof coloured> | null}
   */
  values(key) {
    const name = `values ${key}`;
    if (PLAIN_KEYS.includes(key)) return this.#once(name, () => coloured(plainValues(this.trace, key)));
    if (this.isWhole) return this.#once(name, () => coloured(attributeValues(this.trace, key)));
    return this.#made.get(name) ?? null;
  }

  async loadValues(key, signal) {
    if (this.values(key)) return;
    const values = api.decodeAttributeColumn(await api.attributeColumn(this.trace.id, key, signal), this.trace);
    this.#made.set(`values ${key}`, coloured(values));
  }

  /** Keys of attributes, most spans first; null as long as the server has to be asked: `loadKeys`. */
  get keys() {
    return this.isWhole ? this.#once("keys", () => attributeKeys(this.trace)) : (this.#made.get("keys") ?? null);
  }

  async loadKeys(signal) {
    if (!this.keys) this.#made.set("keys", await api.attributeKeys(this.trace.id, signal));
    return this.keys;
  }

  /** @returns {Promise<import("../model/trace.js").SpanDetail>} */
  async detail(span, signal) {
    if (!this.isWhole && !this.#details.has(span)) await this.#read([span], signal);
    return this.detailNow(span);
  }

  /** The detail if it is at hand, for what is drawn at once. */
  detailNow(span) {
    return this.trace.detail ? this.trace.detail(span) : (this.#details.get(span) ?? EMPTY);
  }

  /**
   * The detail of a span that is on the screen, if it is at hand; if not it is asked for, with the others that are
   * wanted meanwhile, and a "details" event says when they are there.
   */
  detailSoon(span) {
    if (this.isWhole || this.#details.has(span)) return this.detailNow(span);
    this.#wanted.delete(span);
    this.#wanted.add(span);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#readWanted(), PAUSE);
    return EMPTY;
  }

  async #readWanted() {
    const spans = [...this.#wanted].slice(-MOST_AT_ONCE);
    this.#wanted.clear();
    try {
      await this.#read(spans);
      this.dispatchEvent(new Event("details"));
    } catch {
      // Rows are complete without: whoever opens a span is told what went wrong.
    }
  }

  async #read(spans, signal) {
    const { trace } = this;
    const ids = spans.map((span) => trace.spanID(span));
    const small = decodeJaegerTrace(await api.spans(trace.id, ids, signal));
    if (this.#details.size >= MOST_DETAILS) this.#details.clear();
    spans.forEach((span, k) => {
      const at = spanNumber(small, ids[k]);
      const detail = at < 0 ? EMPTY : small.detail(at);
      for (const reference of detail.references) {
        const here = canonicalID(reference.traceID) === canonicalID(trace.id);
        reference.span = here ? spanNumber(trace, reference.spanID) : -1;
      }
      this.#details.set(span, detail);
    });
  }

  /**
   * The spans that a text finds.
   * @throws {import("../model/traceql-parse.js").TraceQLError | import("./api.js").ApiError}
   * @returns {Promise<Int32Array> | Int32Array}
   */
  find(text, signal) {
    return text.trim() === "" ? NOTHING : this.#find(text, signal);
  }

  /** The language comes when it is first needed. */
  async #find(text, signal) {
    const { findSpans, looksLikeTraceQL, readWords } = await import("../model/find.js");
    if (this.isWhole) return findSpans(this.trace, text);
    const { words } = readWords(text);
    const pairs = words.filter((word) => /^[^\s=]+=/.test(word));
    if (looksLikeTraceQL(text)) return this.#ask(text, signal);
    if (pairs.length === 0) return findSpans(this.trace, text);
    return this.#ask(pairs.map(pairQuery).join(" || "), signal);
  }

  async #ask(query, signal) {
    const { spanSets } = await api.spansOf(this.trace.id, query, signal);
    const found = new Set(spanSets.flat().map((id) => spanNumber(this.trace, id)));
    found.delete(-1);
    return Int32Array.from(found).sort();
  }

  #once(name, make) {
    if (!this.#made.has(name)) this.#made.set(name, make());
    return this.#made.get(name);
  }
}

const NOTHING = new Int32Array(0);
const EMPTY = Object.freeze({ tags: [], process: [], logs: [], references: [], warnings: [], json: null });

/** Values with a slot of colour for each; slots are worked out when something is coloured. */
function coloured({ values, value }) {
  let slots = null;
  return {
    values,
    value,
    /** of the k-th value */
    slot(k) {
      slots ??= slotsOf(values);
      return slots[k];
    },
  };
}

function slotsOf(values) {
  const slots = colourSlots(values.map((value) => value ?? ""));
  return values.map((value) => slots.get(value ?? ""));
}

/** Spans by the spans that they refer to. */
function referencing({ trace, isWhole }) {
  const found = new Map();
  for (let span = 0; isWhole && span < trace.count; span++) {
    if (!(trace.flags[span] & LINKED)) continue;
    for (const { span: named } of trace.detail(span).references) {
      if (named < 0 || named === span || named === trace.parent[span]) continue;
      if (!found.has(named)) found.set(named, []);
      found.get(named).push(span);
    }
  }
  return found;
}

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
