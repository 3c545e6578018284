// The stretch of time that a page is about: so long, until now or until some moment, and against which other one.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { formatField, parseField, parseLookback } from "../model/format.js";
import { text } from "../text/en.js";

const LENGTHS = ["15m", "1h", "3h", "6h", "12h", "24h", "2d", "7d", "2w", "4w"];

class WindowBar extends HTMLElement {
  /** @param {{lookback: string, end: number | null}} window end is µs since 1970; null is now */
  show({ lookback, end }) {
    this.window = { lookback, end };
    const lengths = LENGTHS.includes(lookback) ? LENGTHS : [lookback, ...LENGTHS];
    const options = lengths.map((value) => html`<option value="${value}" .selected="${value === lookback}">
      ${text.lookbacks[value] ?? value}</option>`);
    const until = html`<input type="text" class="moment" aria-label="${text.untilLabel}" placeholder="${text.now}"
      value="${end === null ? "" : formatField(end)}" spellcheck="false" autocomplete="off"
      @change="${(event) => this.#until(event.target)}">`;
    this.replaceChildren(html`<div class="window-bar">
      ${step("left", text.earlier, () => this.#shift(-1))}
      <select aria-label="${text.windowLength}" @change="${(event) => this.#emit({ lookback: event.target.value })}">
        ${options}</select>
      <label class="until"><span class="dim">${text.untilLabel}</span>${until}</label>
      ${step("right", text.later, () => this.#shift(1))}
      ${step("refresh", text.untilNow, () => this.#emit({ end: null }))}
    </div>`);
  }

  earlier() {
    this.#shift(-1);
  }

  later() {
    this.#shift(1);
  }

  #until(input) {
    const value = input.value.trim();
    const end = value === "" || value === text.now ? null : parseField(value);
    const isTime = end === null || !Number.isNaN(end);
    input.setAttribute("aria-invalid", String(!isTime));
    input.setCustomValidity(isTime ? "" : text.notATime);
    if (isTime) this.#emit({ end });
    else input.reportValidity();
  }

  /** By a whole length; never past now. */
  #shift(by) {
    const now = Date.now() * 1000;
    const end = (this.window.end ?? now) + by * parseLookback(this.window.lookback);
    this.#emit({ end: end >= now ? null : end });
  }

  #emit(change) {
    this.dispatchEvent(new CustomEvent("window", { detail: { ...this.window, ...change } }));
  }
}

/** The moments that a window is from and to, in µs since 1970. */
export function boundsOf({ lookback, end }) {
  const until = end ?? Date.now() * 1000;
  return { start: until - parseLookback(lookback), end: until };
}

function step(icon, label, act) {
  return html`<button type="button" class="quiet small" title="${label}" aria-label="${label}" @click="${act}">
    ${icons[icon]()}</button>`;
}

customElements.define("window-bar", WindowBar);
