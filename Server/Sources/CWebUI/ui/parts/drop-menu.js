// A button with a panel below it: choices, fields, links. It closes on Escape, and on a press anywhere else.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";

let made = 0;

class DropMenu extends HTMLElement {
  label = "";
  icon = null;
  /** @type {() => Node | Node[]} makes the panel's content each time that it opens */
  content = () => [];

  connectedCallback() {
    if (this.button) return;
    const id = `menu-${++made}`;
    this.button = html`<button type="button" aria-expanded="false" aria-controls="${id}"
      @click="${() => this.toggle()}">${this.icon} ${this.label} ${icons.down()}</button>`;
    this.panel = html`<div class="menu-panel" id="${id}" role="group" aria-label="${this.label}" hidden></div>`;
    this.replaceChildren(this.button, this.panel);
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.panel.hidden) return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
      this.button.focus();
    });
    this.outside = (event) => !this.contains(event.target) && this.close();
  }

  disconnectedCallback() {
    document.removeEventListener("pointerdown", this.outside);
  }

  toggle() {
    if (!this.panel.hidden) return this.close();
    this.refresh();
    this.panel.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", this.outside);
    // The panel hangs from the side that has room for it.
    const box = this.panel.getBoundingClientRect();
    this.panel.classList.toggle("to-left", box.right > document.documentElement.clientWidth - 4);
  }

  /** Makes the content anew, as after a choice that changes others. */
  refresh() {
    const content = this.content();
    this.panel.replaceChildren(...(Array.isArray(content) ? content : [content]));
  }

  close() {
    this.panel.hidden = true;
    this.panel.classList.remove("to-left");
    this.button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", this.outside);
  }
}

/** @returns {HTMLElement} */
export function dropMenu(label, content, icon = null) {
  const menu = document.createElement("drop-menu");
  Object.assign(menu, { label, content, icon });
  return menu;
}

/** A box to tick. */
export function tick(label, checked, change, { hint = "", disabled = false } = {}) {
  return html`<label class="check" title="${hint}"><input type="checkbox" .checked="${checked}" disabled="${disabled}"
    @change="${(event) => change(event.target.checked)}"> ${label}</label>`;
}

customElements.define("drop-menu", DropMenu);
