// Services to search in: none means all, several mean any of them. Each chosen one is a chip; the field adds another.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { text } from "../text/en.js";
import "./combo-box.js";

class ServiceField extends HTMLElement {
  #values = [];
  #options = [];

  connectedCallback() {
    if (this.combo) return;
    this.combo = html`<combo-box .inputID="${"service"}" .placeholder="${text.allServices}" .free="${false}"
      @choose="${(event) => this.#add(event.detail)}"
      @keydown="${(event) => this.#key(event)}"></combo-box>`;
    this.chips = html`<ul class="chips" aria-label="${text.chosenServices}"></ul>`;
    this.replaceChildren(this.chips, this.combo);
    this.#render();
  }

  get options() {
    return this.#options;
  }

  set options(options) {
    this.#options = options;
    this.#render();
  }

  /** @returns {string[]} */
  get values() {
    return this.#values;
  }

  set values(values) {
    this.#values = values;
    if (this.combo) this.#render();
  }

  #add(service) {
    if (!service) return;
    this.#change([...this.#values.filter((other) => other !== service), service]);
  }

  #remove(service) {
    this.#change(this.#values.filter((other) => other !== service));
    this.combo.input.focus();
  }

  #change(values) {
    this.#values = values;
    this.#render();
    this.dispatchEvent(new Event("services-change"));
  }

  #key(event) {
    if (event.key !== "Backspace" || this.combo.input.value || this.#values.length === 0) return;
    this.#remove(this.#values.at(-1));
  }

  #render() {
    this.combo.value = "";
    this.combo.options = this.#options.filter((option) => !this.#values.includes(option));
    this.combo.input.placeholder = this.#values.length ? text.anotherService : text.allServices;
    this.chips.hidden = this.#values.length === 0;
    this.chips.replaceChildren(
      ...this.#values.map(
        (service) => html`<li class="chip"><span class="chip-name">${service}</span>
          <button type="button" class="quiet small" aria-label="${text.removeService(service)}"
            @click="${() => this.#remove(service)}">${icons.close()}</button></li>`,
      ),
    );
  }
}

customElements.define("service-field", ServiceField);
