// A small button that puts its .text on the clipboard and says so.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { text } from "../text/en.js";

class CopyButton extends HTMLElement {
  text = "";
  what = text.value;

  connectedCallback() {
    const label = text.copy(this.what);
    this.button = html`<button type="button" class="quiet small" title="${label}" aria-label="${label}"
      @click="${(event) => this.#copy(event)}">${icons.copy()}</button>`;
    this.replaceChildren(this.button);
  }

  async #copy(event) {
    event.stopPropagation();
    event.preventDefault();
    await writeClipboard(this.text);
    this.button.replaceChildren(icons.done());
    this.button.title = text.copied;
    setTimeout(() => this.connectedCallback(), 1200);
  }
}

/** The clipboard belongs to secure pages; a server in the local network is reached over plain HTTP all the same. */
export async function writeClipboard(value) {
  if (navigator.clipboard) return navigator.clipboard.writeText(value);
  const area = document.createElement("textarea");
  area.value = value;
  area.className = "off-screen";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

customElements.define("copy-button", CopyButton);
