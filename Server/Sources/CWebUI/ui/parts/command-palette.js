// The command palette: whatever can be done, and wherever one can go, by a few letters of its name.
// It follows the ARIA pattern of a combobox that controls a listbox.

import { html } from "../draw/html.js";
import { parseTraceID } from "../model/format.js";
import { rank } from "../model/rank.js";
import * as api from "../state/api.js";
import { available, keyLabel, run } from "../state/commands.js";
import { navigate } from "../state/navigation.js";
import { recent } from "../state/recent.js";
import { text } from "../text/en.js";
import { lookUp } from "./look-up.js";
import { openSheet } from "./sheet.js";

const MOST_SHOWN = 50;

/** @typedef {{title: string, kind: string, keys?: string, act: () => void}} Entry */

export function openPalette() {
  const palette = html`<command-palette></command-palette>`;
  const sheet = openSheet({ title: text.palette.title, name: "palette-sheet", content: palette, bare: true });
  palette.addEventListener("done", () => sheet.close());
  palette.input.focus();
}

class CommandPalette extends HTMLElement {
  /** @type {Entry[]} */
  #entries = [];
  /** @type {Entry[]} */
  #shown = [];
  #active = 0;

  connectedCallback() {
    if (this.input) return;
    this.list = html`<ul id="palette-list" role="listbox" aria-label="${text.palette.title}"></ul>`;
    this.input = html`<input type="text" role="combobox" aria-expanded="true" aria-controls="palette-list"
      aria-autocomplete="list" aria-label="${text.palette.title}" placeholder="${text.palette.placeholder}"
      autocomplete="off" spellcheck="false"
      @input="${() => this.#filter()}" @keydown="${(event) => this.#key(event)}">`;
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#choose([...this.list.children].indexOf(option));
    });
    this.replaceChildren(this.input, this.list);
    this.#entries = [...commandEntries(), ...recentEntries()];
    this.#filter();
    this.#addServices();
  }

  async #addServices() {
    try {
      const services = await api.services();
      this.#entries.push(...services.map(serviceEntry));
      this.#filter();
    } catch {
      // The palette is as good without them.
    }
  }

  #filter() {
    const wanted = this.input.value.trim();
    const found = wanted ? rank(this.#entries, wanted, (entry) => entry.title) : this.#entries;
    const id = wanted.length >= 4 ? parseTraceID(wanted) : null;
    this.#shown = [...(id ? [idEntry(id)] : []), ...found].slice(0, MOST_SHOWN);
    this.#active = 0;
    const options = this.#shown.map(
      ({ title, kind, keys }, index) => html`<li role="option" id="palette-${index}">
        <span class="palette-title">${title}</span> <span class="dim">${kind}</span>
        ${keys && html`<kbd>${keys}</kbd>`}</li>`,
    );
    this.list.replaceChildren(...options);
    if (options.length === 0) this.list.append(html`<li class="no-option">${text.noOption}</li>`);
    this.#mark();
  }

  #mark() {
    const options = [...this.list.querySelectorAll("[role=option]")];
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === this.#active)));
    const active = options[this.#active];
    if (!active) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", active.id);
    active.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const count = this.#shown.length;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key in steps && count) {
      event.preventDefault();
      const next = this.#active + steps[event.key];
      this.#active = Math.abs(steps[event.key]) === 1 ? (next + count) % count : Math.max(0, Math.min(count - 1, next));
      this.#mark();
    } else if (event.key === "Enter" && count) {
      event.preventDefault();
      this.#choose(this.#active);
    }
  }

  #choose(index) {
    const entry = this.#shown[index];
    this.dispatchEvent(new Event("done"));
    entry?.act();
  }
}

function commandEntries() {
  return available()
    .filter((command) => command.id !== "app.palette")
    .map((command) => ({
      title: text.commands[command.id],
      kind: text.scopes[command.scope],
      keys: command.keys.length ? keyLabel(command.keys[0]) : "",
      act: () => run(command.id),
    }));
}

function recentEntries() {
  const entries = (kind) =>
    recent(kind).map(({ href, title }) => ({ title, kind: text.palette.kinds[kind], act: () => navigate(href) }));
  return [...entries("saved"), ...entries("traces"), ...entries("searches")];
}

function serviceEntry(service) {
  const act = () => navigate(`search?service=${encodeURIComponent(service)}`);
  return { title: service, kind: text.palette.kinds.service, act };
}

function idEntry(id) {
  return { title: text.palette.open(id), kind: text.palette.kinds.id, act: () => lookUp(id) };
}

customElements.define("command-palette", CommandPalette);
