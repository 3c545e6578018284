// The question: service, operation, tags, time and duration. Emits "find" with the state of the address bar.

import { html } from "../draw/html.js";
import { isDuration, parseLookback } from "../model/format.js";
import { LogfmtError, formatLogfmt, parseLogfmt } from "../model/logfmt.js";
import { SEARCH_DEFAULTS } from "../model/url-state.js";
import { text } from "../text/en.js";
import "./combo-box.js";

const MOST_TRACES = 1500;

class SearchForm extends HTMLElement {
  #state = SEARCH_DEFAULTS;

  connectedCallback() {
    if (this.form) return;
    this.service = combo("service", text.chooseService, false);
    this.operation = combo("operation", text.allOperations, true);
    this.service.addEventListener("choose", () => this.dispatchEvent(new Event("service-change")));
    this.service.addEventListener("focusin", () => this.dispatchEvent(new Event("service-focus")));
    this.tags = input("tags", text.tagsExample);
    this.tags.setAttribute("aria-describedby", "tags-hint");
    this.lookback = html`<select id="lookback">${lookbackOptions()}</select>`;
    this.minDuration = input("min-duration", text.minExample);
    this.maxDuration = input("max-duration", text.maxExample);
    this.limit = input("limit", "");
    this.limit.inputMode = "numeric";
    this.form = html`<form novalidate @submit="${(event) => this.#submit(event)}">
      ${field(text.service, this.service, "service")}
      ${field(text.operation, this.operation, "operation")}
      ${field(text.tags, this.tags, "tags", html`<p id="tags-hint" class="hint">${text.tagsHint}</p>`)}
      ${field(text.lookback, this.lookback, "lookback")}
      <div class="pair">
        ${field(text.minDuration, this.minDuration, "min-duration")}
        ${field(text.maxDuration, this.maxDuration, "max-duration")}
      </div>
      <div class="pair last">
        ${field(text.limit, this.limit, "limit")}
        <button type="submit" class="primary">${text.find}</button>
      </div>
    </form>`;
    this.replaceChildren(this.form);
    this.state = this.#state;
  }

  set state(state) {
    this.#state = state;
    if (!this.form) return;
    this.service.value = state.service;
    this.operation.value = state.operation;
    this.tags.value = formatLogfmt(state.tags);
    this.minDuration.value = state.minDuration;
    this.maxDuration.value = state.maxDuration;
    this.limit.value = String(state.limit);
    this.lookback.replaceChildren(...lookbackOptions());
    if (!(state.lookback in text.lookbacks)) {
      const label = Number.isNaN(parseLookback(state.lookback)) ? text.fixedRange : state.lookback;
      this.lookback.append(html`<option value="${state.lookback}">${label}</option>`);
    }
    this.lookback.value = state.lookback;
  }

  #submit(event) {
    event.preventDefault();
    const state = this.#read();
    if (state) this.dispatchEvent(new CustomEvent("find", { detail: state }));
  }

  /** The state as filled in, with the time range counted from now; null when a field needs another look. */
  #read() {
    const problems = new Map();
    const tags = this.#readTags(problems);
    const limit = Number(this.limit.value);
    if (!this.service.value) problems.set("service", text.needsService);
    for (const [id, element] of [["min-duration", this.minDuration], ["max-duration", this.maxDuration]]) {
      if (element.value.trim() && !isDuration(element.value.trim())) problems.set(id, text.notADuration);
    }
    if (!Number.isInteger(limit) || limit < 1 || limit > MOST_TRACES) problems.set("limit", text.badLimit);
    this.#report(problems);
    if (problems.size) return null;
    const lookback = this.lookback.value;
    const reach = parseLookback(lookback);
    const end = Number.isNaN(reach) ? this.#state.end : Date.now() * 1000;
    return {
      ...this.#state,
      service: this.service.value,
      operation: this.operation.value,
      tags,
      limit,
      lookback,
      start: Number.isNaN(reach) ? this.#state.start : end - reach,
      end,
      minDuration: this.minDuration.value.trim(),
      maxDuration: this.maxDuration.value.trim(),
    };
  }

  #readTags(problems) {
    try {
      return parseLogfmt(this.tags.value);
    } catch (error) {
      if (!(error instanceof LogfmtError)) throw error;
      problems.set("tags", text.badTags(error.message, error.position));
      return {};
    }
  }

  #report(problems) {
    for (const old of this.form.querySelectorAll(".problem")) old.remove();
    for (const old of this.form.querySelectorAll("[aria-invalid]")) old.removeAttribute("aria-invalid");
    for (const [id, problem] of problems) {
      const element = this.form.querySelector(`#${id}`);
      element.setAttribute("aria-invalid", "true");
      element.closest(".field").append(html`<p class="problem" role="alert">${problem}</p>`);
    }
    const [first] = problems.keys();
    if (first) this.form.querySelector(`#${first}`).focus();
  }
}

function combo(id, placeholder, free) {
  return html`<combo-box .inputID="${id}" .placeholder="${placeholder}" .free="${free}"></combo-box>`;
}

function input(id, placeholder) {
  return html`<input id="${id}" type="text" spellcheck="false" autocomplete="off" placeholder="${placeholder}">`;
}

function field(label, element, id, after = null) {
  return html`<div class="field"><label for="${id}">${label}</label>${element}${after}</div>`;
}

function lookbackOptions() {
  return Object.entries(text.lookbacks).map(([value, label]) => html`<option value="${value}">${label}</option>`);
}

customElements.define("search-form", SearchForm);
