import { html } from "../draw/html.js";
customElements.define("compare-page", class extends HTMLElement { show() { this.replaceChildren(html`<p></p>`); } });
