// The bar above every page: where to go, a trace by its id, links of the operator's, settings.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { parseTraceID } from "../model/format.js";
import { run } from "../state/commands.js";
import { config } from "../state/config.js";
import { text } from "../text/en.js";
import { lookUp } from "./look-up.js";
import "./theme-switch.js";

/** Address, name of the link, and whether the configuration has it. */
const PAGES = [
  ["search", "search", () => true],
  ["compare", "compare", () => true],
  ["dependencies", "system", () => config().dependencies.menuEnabled !== false],
  ["monitor", "monitor", () => config().monitor.menuEnabled !== false],
  ["live", "live", () => true],
  ["status", "status", () => true],
  ["import", "import", () => config().disableFileUploadControl !== true],
];

class TopBar extends HTMLElement {
  #section = "";

  connectedCallback() {
    this.links = html`<ul class="nav-links"></ul>`;
    this.look = html`<input name="id" type="text" spellcheck="false" autocomplete="off" placeholder="${text.traceID}"
      aria-label="${text.lookUp}" title="${text.lookUp}" @input="${(event) => event.target.setCustomValidity("")}">`;
    const nav = html`<nav id="pages" popover="auto" aria-label="${text.nav.title}"
      @click="${(event) => event.target.closest("a") && nav.hidePopover?.()}">${this.links}</nav>`;
    this.replaceChildren(html`
      <a class="skip" href="#content" @click="${skip}">${text.skip}</a>
      <button type="button" class="quiet small nav-button" popovertarget="pages" aria-label="${text.nav.menu}">
        ${icons.menu()}</button>
      <a class="brand" href="search" aria-label="${text.product}">
        <span class="brand-mark"></span><span>${text.product}</span></a>
      ${nav}
      <form class="look-up" role="search" @submit="${(event) => this.#lookUp(event)}">
        ${icons.search()}${this.look}
      </form>
      <div class="bar-tools">
        ${tool("app.palette", icons.command)}${tool("app.help", icons.keyboard)}${tool("app.settings", icons.gear)}
      </div>
      <theme-switch></theme-switch>`);
    document.addEventListener("config-change", () => this.#fill());
    this.#fill();
  }

  /** Marks the link of the page that is shown. */
  mark(section) {
    this.#section = section;
    for (const link of this.links.querySelectorAll("a")) {
      if (link.getAttribute("href") === section) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  focusLookUp() {
    this.look.focus();
    this.look.select();
  }

  #fill() {
    const { menu, themes } = config();
    const pages = PAGES.filter(([, , wanted]) => wanted()).map(
      ([href, name]) => html`<li><a href="${href}">${text.nav[name]}</a></li>`,
    );
    this.links.replaceChildren(...pages, ...menu.map(menuEntry).filter(Boolean));
    this.querySelector("theme-switch").hidden = themes.enabled === false;
    this.mark(this.#section);
  }

  #lookUp(event) {
    event.preventDefault();
    const id = parseTraceID(this.look.value);
    if (id) {
      this.look.value = "";
      lookUp(id);
    } else {
      this.look.setCustomValidity(text.notAnID);
      this.look.reportValidity();
    }
  }
}

function tool(command, icon) {
  return html`<button type="button" class="quiet small" title="${text.commands[command]}"
    aria-label="${text.commands[command]}" @click="${() => run(command)}">${icon()}</button>`;
}

/** A link of the operator's, or a list of them; only what the web calls a link. */
function menuEntry({ label, url, anchorTarget, items } = {}) {
  if (Array.isArray(items)) {
    const links = items.map(menuEntry).filter(Boolean);
    const list = html`<details class="menu"><summary>${label}</summary><ul>${links}</ul></details>`;
    return links.length > 0 && html`<li>${list}</li>`;
  }
  const address = safeAddress(url);
  if (!address) return null;
  const target = /^_(self|blank|parent|top)$/.test(anchorTarget ?? "") ? anchorTarget : "_blank";
  return html`<li><a href="${address}" target="${target}" rel="noopener noreferrer">${label ?? address}</a></li>`;
}

function safeAddress(url) {
  try {
    const parsed = new URL(url, document.baseURI);
    return ["http:", "https:", "mailto:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

function skip(event) {
  event.preventDefault();
  document.getElementById("content").focus();
}

customElements.define("top-bar", TopBar);
