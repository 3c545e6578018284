// Status: what came in and what became of it, what is kept and for how long, sampling, ports and settings.

import { html } from "../draw/html.js";
import { formatSecond } from "../model/format.js";
import * as api from "../state/api.js";
import { provide } from "../state/commands.js";
import { errorNotice, loadingNotice } from "../parts/notice.js";
import {
  attributeSection, clientSection, configurationSection, ledgerSection, portSection, requestSection, samplingSection,
  serverSection, storageSection,
} from "../parts/status-sections.js";
import { icons } from "../draw/icons.js";
import { locale, text } from "../text/en.js";

const FRESH = 10_000; // ms between questions while the page is seen
const ATTRIBUTES = 50;

class StatusPage extends HTMLElement {
  #life = new AbortController();
  #timer = 0;

  connectedCallback() {
    this.body = html`<div class="page-body"></div>`;
    this.note = html`<p class="dim"></p>`;
    this.replaceChildren(
      html`<header class="page-header"><h1>${text.state.title}</h1>
        <button type="button" class="quiet small" title="${text.commands["status.refresh"]}"
          aria-label="${text.commands["status.refresh"]}" @click="${() => this.#load()}">${icons.refresh()}</button>
        ${this.note}</header>`,
      this.body,
    );
    this.release = provide({ "status.refresh": () => this.#load() });
  }

  disconnectedCallback() {
    this.release();
    this.#life.abort();
    clearTimeout(this.#timer);
  }

  show() {
    document.title = `${text.state.title} – ${text.product}`;
    this.body.replaceChildren(loadingNotice());
    this.#load();
  }

  async #load() {
    clearTimeout(this.#timer);
    const { signal } = this.#life;
    try {
      const end = Date.now() * 1000;
      const params = new URLSearchParams({ start: String(end - 86400e6), end: String(end), limit: String(ATTRIBUTES) });
      const [json, attributes] = await Promise.all([
        api.get("api/status", signal),
        api.attributes(params, signal).catch(() => []),
      ]);
      if (!signal.aborted) this.#render(json, attributes, Date.now() - Date.parse(json.now));
    } catch (error) {
      if (error.name !== "AbortError") this.body.replaceChildren(errorNotice(error, () => this.show()));
      return;
    }
    this.#timer = setTimeout(() => !document.hidden && this.#canChange() && this.#load(), FRESH);
  }

  /** What is being read is not taken away. */
  #canChange() {
    return !this.body.contains(document.activeElement) && getSelection().isCollapsed;
  }

  #render(json, attributes, skew) {
    const { scrollY } = window;
    this.note.textContent = text.state.refreshed(formatSecond(Date.parse(json.now) * 1e3, locale));
    this.body.replaceChildren(
      ...[
        serverSection(json, skew),
        ledgerSection(json),
        clientSection(json),
        requestSection(json),
        storageSection(json),
        attributes.length > 0 && attributeSection(attributes),
        samplingSection(json),
        portSection(json),
        configurationSection(json),
      ].filter(Boolean),
    );
    window.scrollTo(0, scrollY);
  }
}

customElements.define("status-page", StatusPage);
