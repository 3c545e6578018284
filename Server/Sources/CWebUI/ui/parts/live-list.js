// Traces or spans as they arrive, the newest first. What is under the pointer, has the focus or is scrolled to stays
// where it is: new ones then wait, and a button says how many.

import { html } from "../draw/html.js";
import { colourSlots } from "../model/colour.js";
import { formatCount } from "../model/format.js";
import { locale, text } from "../text/en.js";
import { durationCell, errorBadge, nameCell, pills, spanNameCell, timeCell } from "./trace-cells.js";

const MOST = 500; // rows that are kept
const PAUSE = 250; // ms between changes of the page
const MOST_ATTRIBUTES = 6; // of a span in a row

class LiveList extends HTMLElement {
  /** "traces" or "spans": what is added. */
  of = "traces";
  /** @type {Map<string, {entry: object, element: HTMLElement}>} */
  #rows = new Map();
  /** @type {Map<string, object>} those that wait, in the order they came */
  #waiting = new Map();
  #changed = new Set();
  #timer = 0;
  #slots = new Map();
  #longest = 1;
  held = false;

  connectedCallback() {
    if (this.body) return;
    this.body = html`<ol class="live-rows"></ol>`;
    this.more = html`<button type="button" class="live-more" hidden @click="${() => this.#release()}"></button>`;
    this.replaceChildren(this.more, this.body);
    this.body.addEventListener("pointerenter", () => (this.pointed = true));
    this.body.addEventListener("pointerleave", () => (this.pointed = false));
    this.#timer = setInterval(() => this.#apply(), PAUSE);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    this.body = null;
  }

  /** @param {object} entry a summary of a trace that is new or has grown, or a span as `/api/tail` tells it */
  add(entry) {
    const id = this.of === "spans" ? `${entry.traceID} ${entry.spanID}` : entry.traceID;
    const known = this.#rows.get(id);
    if (known) {
      known.entry = entry;
      this.#changed.add(id);
    } else {
      this.#waiting.delete(id);
      this.#waiting.set(id, entry);
      if (this.#waiting.size > MOST) this.#waiting.delete(this.#waiting.keys().next().value);
    }
  }

  clear() {
    this.#rows.clear();
    this.#waiting.clear();
    this.#changed.clear();
    this.body.replaceChildren();
    this.#say();
  }

  get count() {
    return this.#rows.size;
  }

  get #isLookedAt() {
    return this.held || this.pointed || this.body.contains(document.activeElement) || window.scrollY > 0;
  }

  #apply() {
    for (const id of this.#changed) this.#write(this.#rows.get(id));
    this.#changed.clear();
    if (this.#waiting.size && !this.#isLookedAt) this.#insert();
    this.#say();
  }

  #release() {
    this.#insert();
    this.#say();
    window.scrollTo({ top: 0 });
  }

  #insert() {
    const added = [];
    for (const [id, entry] of this.#waiting) {
      const row = { entry, element: html`<li></li>` };
      this.#rows.set(id, row);
      this.#write(row);
      added.unshift(row.element);
    }
    this.#waiting.clear();
    this.body.prepend(...added);
    while (this.#rows.size > MOST) {
      const [id, { element }] = this.#rows.entries().next().value;
      element.remove();
      this.#rows.delete(id);
    }
    this.dispatchEvent(new Event("count"));
  }

  #write({ entry, element }) {
    const services = this.of === "spans" ? [entry.service] : entry.services.map(({ name }) => name);
    for (const name of services) {
      if (!this.#slots.has(name)) this.#slots = colourSlots([...this.#slots.keys(), name]);
    }
    this.#longest = Math.max(this.#longest, entry.duration);
    element.replaceChildren(this.of === "spans" ? this.#spanRow(entry) : this.#traceRow(entry));
  }

  #traceRow(summary) {
    return html`<a class="result" href="trace/${summary.traceID}">
      <span class="result-name">${nameCell(summary, this.#slots)}</span>
      <span class="result-services">${pills(summary.services, this.#slots)}</span>
      <span class="result-errors">${summary.errors > 0 && errorBadge(summary.errors)}</span>
      <span class="result-spans">${text.spans(summary.spans)}</span>
      ${this.#times(summary)}</a>`;
  }

  #spanRow(span) {
    const pairs = Object.entries(span.attributes ?? {}).slice(0, MOST_ATTRIBUTES);
    const attributes = pairs.map(([key, value]) => html`<span class="pair-text"><span class="dim">${key}=</span>${
      typeof value === "object" ? JSON.stringify(value) : String(value)}</span>`);
    return html`<a class="result" href="trace/${span.traceID}?s=${span.spanID}">
      <span class="result-name">${spanNameCell(span, this.#slots)}</span>
      <span class="result-services">${attributes}</span>
      <span class="result-errors">${span.status === "error" && errorBadge(1)}</span>
      <span class="result-spans">${text.kinds[span.kind] ?? ""}</span>
      ${this.#times(span)}</a>`;
  }

  #times(entry) {
    return [
      html`<span class="result-duration">${durationCell(entry, this.#longest)}</span>`,
      html`<span class="result-time">${timeCell(entry, Date.now() * 1000)}</span>`,
    ];
  }

  #say() {
    this.more.hidden = this.#waiting.size === 0;
    this.more.textContent = text.tail.waiting(formatCount(this.#waiting.size, locale));
  }
}

customElements.define("live-list", LiveList);
