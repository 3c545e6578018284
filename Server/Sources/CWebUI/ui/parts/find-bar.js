// Find inside the trace: how many spans match, and which one is at hand. Enter goes on, Shift+Enter goes back.

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
    this.buttons = html`<span class="find-steps" hidden>
      ${stepButton(text.previous, icons.up, () => this.#step(-1))}
      ${stepButton(text.next, icons.down, () => this.#step(1))}</span>`;
    this.replaceChildren(icons.search(), this.input, this.count, this.buttons);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  get value() {
    return this.input.value;
  }

  set value(value) {
    this.input.value = value;
  }

  /** @param {number} at which match is at hand, from 1; 0 for none yet */
  report(at, count) {
    this.count.textContent = this.value.trim() === "" ? "" : text.findCount(at, count);
    this.buttons.hidden = count === 0;
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
