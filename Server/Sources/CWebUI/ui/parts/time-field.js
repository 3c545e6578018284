// When: so far back from now, or from one moment to another, in the time zone of all times.

import { html } from "../draw/html.js";
import { formatField, parseField, parseLookback, zoneName } from "../model/format.js";
import { text } from "../text/en.js";

const CUSTOM = "custom";

class TimeField extends HTMLElement {
  connectedCallback() {
    if (this.select) return;
    this.select = html`<select id="lookback" @change="${() => this.#chosen()}"></select>`;
    this.start = moment("start");
    this.end = moment("end");
    this.custom = html`<div class="pair" hidden>
      <div class="field"><label for="start">${text.from}</label>${this.start}</div>
      <div class="field"><label for="end">${text.until}</label>${this.end}</div>
    </div>`;
    this.replaceChildren(
      html`<div class="field"><label for="lookback">${text.lookback}</label>${this.select}</div>`,
      this.custom,
      html`<p class="hint zone">${text.zone(zoneName())}</p>`,
    );
  }

  /** @param {{lookback: string, start: number | null, end: number | null}} range */
  set range({ lookback, start, end }) {
    const known = Object.keys(text.lookbacks);
    const values = known.includes(lookback) || Number.isNaN(parseLookback(lookback)) ? known : [lookback, ...known];
    this.select.replaceChildren(
      ...values.map((value) => html`<option value="${value}">${text.lookbacks[value] ?? value}</option>`),
      html`<option value="${CUSTOM}">${text.customRange}</option>`,
    );
    const isCustom = Number.isNaN(parseLookback(lookback));
    this.select.value = isCustom ? CUSTOM : lookback;
    const now = Date.now() * 1000;
    this.start.value = formatField(start ?? now - 3600e6);
    this.end.value = formatField(end ?? now);
    this.custom.hidden = !isCustom;
    this.given = { start, end };
  }

  /** The range as filled in: a look-back is counted from now. Null when a time cannot be read, and says so. */
  get range() {
    const lookback = this.select.value;
    const end = Date.now() * 1000;
    if (lookback !== CUSTOM) return { lookback, start: end - parseLookback(lookback), end };
    const given = this.given ?? {};
    // A field shows whole seconds; what was not touched keeps its microseconds.
    const value = (input, was) => (was !== null && was !== undefined && formatField(was) === input.value
      ? was : parseField(input.value));
    const range = { lookback, start: value(this.start, given.start), end: value(this.end, given.end) };
    if (Number.isNaN(range.start)) return { problem: "start", message: text.notATime };
    if (Number.isNaN(range.end)) return { problem: "end", message: text.notATime };
    return range.start < range.end ? range : { problem: "end", message: text.endsFirst };
  }

  #chosen() {
    const isCustom = this.select.value === CUSTOM;
    if (isCustom) {
      const end = Date.now() * 1000;
      if (this.custom.hidden) this.end.value = formatField(end);
    }
    this.custom.hidden = !isCustom;
  }
}

function moment(id) {
  return html`<input id="${id}" type="text" class="moment" spellcheck="false" autocomplete="off"
    placeholder="2026-01-31T09:30:00">`;
}

customElements.define("time-field", TimeField);
