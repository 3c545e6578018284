// The page of a server that has seen nothing yet: how to send it the first span.

import { html } from "../draw/html.js";
import { text } from "../text/en.js";
import "./copy-button.js";

class FirstSteps extends HTMLElement {
  connectedCallback() {
    const { title, waiting, lead, install, then, code, other } = text.first;
    this.replaceChildren(html`<section class="notice wide">
      <h1>${title}</h1>
      <p>${lead}</p>
      ${block(install)}
      <p>${then}</p>
      ${block(code)}
      <p>${other}</p>
      <p class="waiting" role="status"><span class="pulse"></span>${waiting}</p>
    </section>`);
  }
}

function block(code) {
  return html`<div class="code-block"><pre tabindex="0">${code}</pre>
    <copy-button .text="${code}" .what="${"code"}"></copy-button></div>`;
}

customElements.define("first-steps", FirstSteps);
