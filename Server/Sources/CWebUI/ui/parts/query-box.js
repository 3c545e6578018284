// The query: TraceQL or key=value pairs in one field, with completion of keys and values from what is stored, and an
// error shown under the word that caused it.

import { html } from "../draw/html.js";
import { formatCount } from "../model/format.js";
import { INTRINSICS, isTraceQL, knownValues, placeAt, writeKey, writeValue } from "../model/query-text.js";
import { rank } from "../model/rank.js";
import * as api from "../state/api.js";
import { locale, text } from "../text/en.js";

const MOST_SHOWN = 12;
const PAUSE = 120; // ms of no typing before the server is asked

class QueryBox extends HTMLElement {
  inputID = "query";
  label = "";
  placeholder = "";
  /** @type {() => URLSearchParams} service, start and end that completions are about */
  context = () => new URLSearchParams();
  #place = null;
  #options = [];
  #active = -1;
  #timer = 0;
  #asking = new AbortController();

  connectedCallback() {
    if (this.input) return;
    const listID = `${this.inputID}-list`;
    this.list = html`<ul id="${listID}" role="listbox" aria-label="${text.query.completions}" hidden></ul>`;
    this.mirror = html`<div class="query-mirror" aria-hidden="true"></div>`;
    this.input = html`<textarea id="${this.inputID}" rows="1" aria-autocomplete="list" aria-haspopup="listbox"
      aria-controls="${listID}" aria-describedby="${this.inputID}-hint" autocomplete="off" spellcheck="false"
      placeholder="${this.placeholder}" @input="${() => this.#typed()}" @keydown="${(event) => this.#key(event)}"
      @click="${() => this.#complete()}" @scroll="${() => (this.mirror.scrollTop = this.input.scrollTop)}"
      @blur="${() => this.#close()}"></textarea>`;
    this.problem = html`<p class="problem" role="alert" hidden></p>`;
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the field keeps the focus
      const option = event.target.closest("[role=option]");
      if (option) this.#choose([...this.list.children].indexOf(option));
    });
    this.replaceChildren(
      html`<div class="query-field">${this.mirror}${this.input}</div>`,
      this.list,
      this.problem,
      html`<p class="hint" id="${this.inputID}-hint">${text.query.hint}</p>`,
    );
  }

  disconnectedCallback() {
    this.#close();
  }

  get value() {
    return this.input.value;
  }

  set value(value) {
    this.input.value = value;
    this.showFault(null);
    this.#grow();
  }

  focus() {
    this.input.focus();
  }

  /** @param {{from: number, to: number, message: string} | null} fault where and why the query cannot be read */
  showFault(fault) {
    this.problem.hidden = !fault;
    this.problem.textContent = fault?.message ?? "";
    this.input.setAttribute("aria-invalid", String(Boolean(fault)));
    const value = this.input.value;
    if (!fault || fault.to <= fault.from) return this.mirror.replaceChildren();
    const word = value.slice(fault.from, fault.to) || " ";
    this.mirror.replaceChildren(
      value.slice(0, fault.from),
      html`<mark class="fault"></mark>`,
      value.slice(fault.to),
    );
    this.mirror.querySelector("mark").textContent = word;
  }

  #typed() {
    this.showFault(null);
    this.#grow();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#complete(), PAUSE);
    this.dispatchEvent(new Event("query-input"));
  }

  #grow() {
    const { value } = this.input;
    this.input.rows = Math.min(8, Math.max(value.split("\n").length, Math.ceil(value.length / 34), 1));
  }

  async #complete() {
    if (document.activeElement !== this.input) return;
    const { selectionStart, selectionEnd, value } = this.input;
    this.#asking.abort();
    if (selectionStart !== selectionEnd) return this.#close();
    const place = placeAt(value, selectionStart);
    if (place.kind === "none") return this.#close();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    let options = [];
    try {
      options = place.kind === "key" ? await this.#keys(place, signal) : await this.#values(place, signal);
    } catch {
      return; // without completions the field is a field
    }
    if (signal.aborted) return;
    // What is there already is no suggestion.
    const typed = value.slice(place.from, place.to);
    this.#options = options.filter((option) => option.insert !== typed).slice(0, MOST_SHOWN);
    this.#place = place;
    this.#active = -1;
    this.#render();
  }

  async #keys(place, signal) {
    const params = this.context();
    params.set("limit", "40");
    if (place.prefix) params.set("prefix", place.prefix);
    if (place.level) params.set("level", place.level);
    const found = await api.attributes(params, signal);
    const own = place.traceQL && !place.level ? rank(INTRINSICS, place.key || " ", (name) => name) : [];
    return [
      ...own.map((name) => ({ label: name, detail: text.query.intrinsic, insert: name })),
      ...found.map(({ key, level, count }) => ({
        label: key,
        detail: `${level} · ${formatCount(count, locale)}`,
        insert: writeKey(key, level, place.traceQL),
      })),
    ];
  }

  async #values(place, signal) {
    const known = place.traceQL ? knownValues(place.key) : [];
    if (known.length) {
      const fits = known.filter((value) => value.startsWith(place.prefix));
      return fits.map((value) => ({ label: value, detail: "", insert: value }));
    }
    if (place.traceQL && place.key === "name") return this.#operationNames(place, signal);
    const params = this.context();
    params.set("limit", "20");
    if (place.prefix) params.set("prefix", place.prefix);
    if (place.level) params.set("level", place.level);
    const found = await api.attributeValues(place.key, params, signal);
    return found.map(({ value, type, count }) => ({
      label: String(value),
      detail: `${type} · ${formatCount(count, locale)}`,
      insert: writeValue(value, type, place.traceQL),
    }));
  }

  async #operationNames(place, signal) {
    const service = this.context().get("service");
    const names = service ? await api.operations(service, signal) : [];
    const fits = names.filter((name) => name.startsWith(place.prefix));
    return fits.map((name) => ({ label: name, detail: text.operation, insert: JSON.stringify(name) }));
  }

  #render() {
    const options = this.#options.map(
      ({ label, detail }, index) => html`<li role="option" id="${this.inputID}-${index}" title="${label}">
        <span class="option-label">${label}</span> <span class="dim">${detail}</span></li>`,
    );
    this.list.replaceChildren(...options);
    this.list.hidden = options.length === 0;
    this.#mark();
  }

  #mark() {
    [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === this.#active)));
    const active = this.list.children[this.#active];
    if (!active) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", active.id);
    active.scrollIntoView({ block: "nearest" });
  }

  #close() {
    clearTimeout(this.#timer);
    this.#asking.abort();
    this.#options = [];
    this.list.hidden = true;
    this.input.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    const open = !this.list.hidden;
    const count = this.#options.length;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#active = this.#active < 0 ? (step > 0 ? 0 : count - 1) : (this.#active + step + count) % count;
      this.#mark();
    } else if (open && event.key === "Escape") {
      event.preventDefault();
      this.#close();
    } else if (open && (event.key === "Tab" || event.key === "Enter") && this.#active >= 0) {
      event.preventDefault();
      this.#choose(this.#active);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#close();
      this.dispatchEvent(new Event("query-enter", { bubbles: true }));
    } else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      this.#complete();
    }
  }

  /** Puts a suggestion where the word stands; behind a key comes an equals sign, and its values are suggested next. */
  #choose(index) {
    const place = this.#place;
    const option = this.#options[index];
    const { value } = this.input;
    let rest = value.slice(place.to);
    let insert = option.insert;
    if (place.kind === "key" && !/^\s*(=|!|<|>)/.test(rest)) insert += place.traceQL ? " = " : "=";
    if (place.kind === "value" && rest === "" && !isTraceQL(value)) rest = " ";
    this.input.setRangeText(insert + rest, place.from, value.length, "end");
    const caret = place.from + insert.length + (place.kind === "value" && !place.traceQL && rest === " " ? 1 : 0);
    this.input.setSelectionRange(caret, caret);
    this.#close();
    this.#grow();
    this.showFault(null);
    if (place.kind === "key") this.#complete();
  }
}

customElements.define("query-box", QueryBox);
