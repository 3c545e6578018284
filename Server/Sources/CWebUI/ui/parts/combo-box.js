// A text field with a list of suggestions below it: type to narrow, arrows and Enter to choose.
// It follows the ARIA pattern of a combobox with a listbox popup.

import { html } from "../draw/html.js";
import { text } from "../text/en.js";

const MOST_SHOWN = 200;

class ComboBox extends HTMLElement {
  /** Whether text that is no option counts as a value. */
  free = false;
  placeholder = "";
  inputID = "";
  #options = [];
  #value = "";
  #active = -1;
  #shown = [];

  connectedCallback() {
    if (this.input) return;
    const listID = `${this.inputID}-list`;
    this.list = html`<ul id="${listID}" role="listbox" hidden></ul>`;
    this.input = html`<input id="${this.inputID}" type="text" role="combobox" autocomplete="off" spellcheck="false"
      aria-autocomplete="list" aria-expanded="false" aria-controls="${listID}" placeholder="${this.placeholder}"
      @focus="${() => this.input.select()}" @click="${() => this.#open("")}"
      @input="${() => this.#open(this.input.value)}" @keydown="${(event) => this.#key(event)}"
      @blur="${() => this.#commit()}">`;
    this.input.value = this.#value;
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the field keeps the focus
      const option = event.target.closest("[role=option]");
      if (option) this.#choose(option.dataset.value);
    });
    this.replaceChildren(this.input, this.list);
  }

  get options() {
    return this.#options;
  }

  set options(options) {
    this.#options = options;
    if (this.list && !this.list.hidden) this.#open(this.input.value === this.#value ? "" : this.input.value);
  }

  get value() {
    return this.#value;
  }

  set value(value) {
    this.#value = value;
    if (this.input) this.input.value = value;
  }

  #open(filter) {
    const wanted = filter.trim().toLowerCase();
    this.#shown = this.#options.filter((option) => option.toLowerCase().includes(wanted)).slice(0, MOST_SHOWN);
    this.#active = wanted ? this.#bestMatch(wanted) : this.#shown.indexOf(this.#value);
    this.list.replaceChildren(
      ...this.#shown.map(
        (option, index) => html`<li role="option" id="${this.inputID}-${index}" data-value="${option}"
          title="${option}">${option}</li>`,
      ),
    );
    if (this.#shown.length === 0) this.list.append(html`<li class="no-option">${text.noOption}</li>`);
    this.list.hidden = this.#shown.length === 0 && this.free;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.#mark();
  }

  #bestMatch(wanted) {
    if (this.free) return this.#shown.findIndex((option) => option.toLowerCase() === wanted);
    const starts = this.#shown.findIndex((option) => option.toLowerCase().startsWith(wanted));
    return starts >= 0 ? starts : this.#shown.length ? 0 : -1;
  }

  #close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #mark() {
    [...this.list.children].forEach((option, index) => {
      if (option.getAttribute("role") !== "option") return;
      option.setAttribute("aria-selected", String(index === this.#active));
    });
    const active = this.#active >= 0 ? this.list.children[this.#active] : null;
    if (active) {
      this.input.setAttribute("aria-activedescendant", active.id);
      active.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  #key(event) {
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return this.#open("");
      const step = event.key === "ArrowDown" ? 1 : -1;
      const count = this.#shown.length;
      if (count) this.#active = (this.#active + step + count) % count;
      this.#mark();
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      if (this.#active >= 0) this.#choose(this.#shown[this.#active]);
      else this.#commit();
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      this.input.value = this.#value;
      this.#close();
    }
  }

  /** On leaving: an exact name, the marked suggestion, or free text; else the value stays what it was. */
  #commit() {
    const typed = this.input.value.trim();
    const exact = this.#options.find((option) => option === typed);
    if (exact !== undefined || typed === "" || this.free) this.#choose(exact ?? typed);
    else if (!this.list.hidden && this.#active >= 0) this.#choose(this.#shown[this.#active]);
    else this.#choose(this.#value);
  }

  #choose(value) {
    this.#close();
    this.input.value = value;
    if (value === this.#value) return;
    this.#value = value;
    this.dispatchEvent(new CustomEvent("choose", { detail: value }));
  }
}

customElements.define("combo-box", ComboBox);
