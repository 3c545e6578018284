// Find inside the trace: how many spans match, and which one is at hand. Enter goes on, Shift+Enter goes back.
// Words, or TraceQL; what is wrong with a query stands below it.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { text } from "../text/en.js";

const PAUSE = 120; // ms after the last key before looking

class FindBar extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    if (this.input) return;
    this.input = html`<input type="search" spellcheck="false" autocomplete="off" aria-label="${text.findInTrace}"
      placeholder="${text.findExample}" @input="${() => this.#later()}" @keydown="${(event) => this.#key(event)}">`;
    this.count = html`<span class="find-count" role="status"></span>`;
    this.problem = html`<p class="find-problem" id="find-problem" role="alert" hidden></p>`;
    this.buttons = html`<span class="find-steps" hidden>
      ${stepButton(text.previous, icons.up, () => this.#step(-1))}
      ${stepButton(text.next, icons.down, () => this.#step(1))}</span>`;
    this.only = html`<input type="checkbox" @change="${() => this.dispatchEvent(new Event("find-only"))}">`;
    this.replaceChildren(icons.search(), this.input, this.count, this.buttons,
      html`<label class="check">${this.only} ${text.matchesOnly}</label>`, this.problem);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  get value() {
    return this.input.value;
  }

  set value(value) {
    if (this.input.value !== value) this.input.value = value;
  }

  /** @param {number} at which match is at hand, from 1; 0 for none yet */
  report(at, count) {
    this.count.textContent = this.value.trim() === "" ? "" : text.findCount(at, count);
    this.buttons.hidden = count === 0;
  }

  /** @param {{message: string, position?: number} | null} error */
  complain(error) {
    this.problem.hidden = !error;
    this.input.toggleAttribute("aria-invalid", Boolean(error));
    if (error) this.input.setAttribute("aria-invalid", "true");
    this.input.setAttribute("aria-describedby", error ? "find-problem" : "");
    if (!error) return;
    const place = error.position === undefined ? "" : `${text.findIn(error.position)}: `;
    this.problem.textContent = `${place}${error.message}`;
    this.count.textContent = "";
    this.buttons.hidden = true;
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.dispatchEvent(new Event("find-text")), PAUSE);
  }

  #key(event) {
    if (event.key === "Enter") {
      event.preventDefault();
      this.#step(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape" && this.value !== "") {
      event.preventDefault();
      this.value = "";
      this.dispatchEvent(new Event("find-text"));
    }
  }

  #step(by) {
    this.dispatchEvent(new CustomEvent("find-step", { detail: by }));
  }
}

function stepButton(label, icon, act) {
  return html`<button type="button" class="quiet small" aria-label="${label}" title="${label}"
    @click="${act}">${icon()}</button>`;
}

customElements.define("find-bar", FindBar);
