// The bar above every page: where to go, a trace by its id, the theme.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { parseTraceID } from "../model/format.js";
import { navigate } from "../state/navigation.js";
import { text } from "../text/en.js";
import "./theme-switch.js";

class TopBar extends HTMLElement {
  connectedCallback() {
    this.links = [html`<a href="search">${text.search}</a>`];
    this.replaceChildren(html`
      <a class="skip" href="#content" @click="${skip}">${text.skip}</a>
      <a class="brand" href="search"><span class="brand-mark"></span>${text.product}</a>
      <nav aria-label="${text.product}">${this.links}</nav>
      <form class="look-up" role="search" @submit="${lookUp}">
        ${icons.search()}
        <input name="id" type="text" spellcheck="false" autocomplete="off" placeholder="${text.traceID}"
          aria-label="${text.lookUp}" @input="${(event) => event.target.setCustomValidity("")}">
      </form>
      <theme-switch></theme-switch>`);
  }

  /** Marks the link of the page that is shown. */
  mark(path) {
    for (const link of this.links) {
      if (link.getAttribute("href") === path) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }
}

function skip(event) {
  event.preventDefault();
  document.getElementById("content").focus();
}

function lookUp(event) {
  event.preventDefault();
  const input = event.target.elements.id;
  const id = parseTraceID(input.value);
  if (id) {
    input.value = "";
    navigate(`trace/${id}`);
  } else {
    input.setCustomValidity(text.notAnID);
    input.reportValidity();
  }
}

customElements.define("top-bar", TopBar);
