// One search and its pages: asks for the next, and keeps what came, so that going back to it is instant.

import { FIXED_COLUMNS, asksForSpans, formatQuestion, formatSearch, withRange } from "../model/search-state.js";
import { readSummary } from "../model/summary.js";
import * as api from "./api.js";

const MOST_KEPT = 8;

/** The last ones, the newest first, for going back and forward. */
let kept = [];

export class Search {
  #asking = new AbortController();
  #key;
  #columns;

  /**
   * @param {import("../model/search-state.js").SearchState} state
   * @param {{exact?: boolean}} options exact counts all that match
   */
  constructor(state, { exact = false } = {}) {
    this.#key = keyOf(state);
    this.#columns = state.columns.filter((column) => !FIXED_COLUMNS.includes(column));
    this.range = withRange(state, Date.now() * 1000);
    this.exact = exact;
    /** @type {import("../model/summary.js").Summary[]} */
    this.summaries = [];
    this.answer = {};
    this.milliseconds = 0;
  }

  /** The search that was made for an address, if it is one of the last. */
  static last(state) {
    const key = keyOf(state);
    return kept.find((search) => search.#key === key) ?? null;
  }

  /** Ids of what was found last, in its order, for going from one trace to the next. */
  static get foundIDs() {
    return kept[0]?.summaries.map((summary) => summary.traceID) ?? [];
  }

  /** Asks for the first page, or the next. */
  async more() {
    const params = formatQuestion(this.range, this.range.end);
    if (asksForSpans(this.range)) params.set("matches", "true");
    for (const column of this.#columns) params.append("attribute", column);
    params.set("total", this.exact ? "exact" : "bound");
    if (this.answer.next) params.set("cursor", this.answer.next);
    const began = performance.now();
    const answer = await api.findSummaries(params, this.#asking.signal);
    this.milliseconds = Math.round(performance.now() - began);
    this.summaries.push(...(answer.data ?? []).map(readSummary));
    const scanned = this.answer.scanned ?? { spans: 0, bytes: 0 };
    const { spans = 0, bytes = 0 } = answer.scanned ?? {};
    this.answer = { ...answer, scanned: { spans: spans + scanned.spans, bytes: bytes + scanned.bytes } };
    kept = [this, ...kept.filter((search) => search.#key !== this.#key)].slice(0, MOST_KEPT);
  }

  stop() {
    this.#asking.abort();
    this.#asking = new AbortController();
  }
}

/** What decides the answer: not how it looks. */
function keyOf(state) {
  const columns = state.columns.filter((column) => !FIXED_COLUMNS.includes(column));
  return `${formatSearch({ ...state, columns: FIXED_COLUMNS, view: "table", chart: "scatter", pick: [] })} ${columns}`;
}
