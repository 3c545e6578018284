// The question: services, operation, kind, status, query, time and durations. Emits "find" with the state of the
// address.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { isDuration } from "../model/format.js";
import { LogfmtError } from "../model/logfmt.js";
import { joinQuery, splitQuery } from "../model/query-text.js";
import { KINDS, SEARCH_DEFAULTS, STATUSES, withRange } from "../model/search-state.js";
import { run } from "../state/commands.js";
import { config } from "../state/config.js";
import { text } from "../text/en.js";
import "./combo-box.js";
import "./query-box.js";
import "./service-field.js";
import "./time-field.js";

const DURATIONS = ["minDuration", "maxDuration", "minTraceDuration", "maxTraceDuration"];

class SearchForm extends HTMLElement {
  #state = SEARCH_DEFAULTS;

  connectedCallback() {
    if (this.form) return;
    this.services = html`<service-field @services-change="${() => this.#changed()}"
      @focusin="${() => this.dispatchEvent(new Event("service-focus"))}"></service-field>`;
    this.operation = html`<combo-box .inputID="${"operation"}" .placeholder="${text.allOperations}"
      .free="${true}"></combo-box>`;
    this.kind = select("kind", text.anyKind, KINDS, text.kinds);
    this.status = select("status", text.anyStatus, STATUSES, text.statuses);
    this.query = html`<query-box .placeholder="${text.tagsExample}"
      @query-enter="${() => this.#submit()}"></query-box>`;
    this.query.context = () => this.#context();
    this.time = html`<time-field></time-field>`;
    this.durations = Object.fromEntries(DURATIONS.map((name) => [name, input(name, text.durationExamples[name])]));
    this.limit = input("limit", "");
    this.limit.inputMode = "numeric";
    this.form = html`<form novalidate @submit="${(event) => this.#submit(event)}">${this.#fields()}</form>`;
    this.replaceChildren(this.form);
    this.state = this.#state;
  }

  #fields() {
    const { minDuration, maxDuration, minTraceDuration, maxTraceDuration } = this.durations;
    return [
      field(text.service, this.services, "service"),
      field(text.operation, this.operation, "operation"),
      html`<div class="pair">${field(text.kind, this.kind, "kind")}${field(text.status, this.status, "status")}</div>`,
      field(text.tags, this.query, "query"),
      this.time,
      range(text.spanDuration, minDuration, maxDuration),
      range(text.traceDuration, minTraceDuration, maxTraceDuration),
      html`<div class="pair last">
        ${field(text.limit, this.limit, "limit")}
        <button type="submit" class="primary">${text.find}</button>
      </div>`,
      html`<div class="form-tools">
        ${tool("search.history", icons.clock, text.history)}
        ${tool("search.save", icons.star, text.save)}
        ${tool("search.reset", icons.close, text.reset)}
      </div>`,
    ];
  }

  set state(state) {
    this.#state = state;
    if (!this.form) return;
    this.services.values = state.services;
    this.operation.value = state.operation;
    this.kind.value = state.kind;
    this.status.value = state.status;
    this.query.value = joinQuery(state);
    this.time.range = state;
    for (const name of DURATIONS) this.durations[name].value = state[name];
    this.limit.value = String(state.limit);
    this.#report(new Map());
  }

  /** How results look has changed: what is filled in stays. */
  keep(change) {
    this.#state = { ...this.#state, ...change };
  }

  /** Shows what the server says of the query under the word that it means. */
  showFault(fault) {
    this.query.showFault(fault);
    if (fault) this.query.focus();
  }

  #changed() {
    this.dispatchEvent(new Event("services-change"));
  }

  /** What completions are about: the services and the time that are filled in. */
  #context() {
    const params = new URLSearchParams();
    for (const service of this.services.values) params.append("service", service);
    const range = this.time.range;
    const { start, end } = range.problem ? withRange(SEARCH_DEFAULTS, Date.now() * 1000) : range;
    params.set("start", String(Math.round(start)));
    params.set("end", String(Math.round(end)));
    return params;
  }

  #submit(event) {
    event?.preventDefault();
    const state = this.#read();
    if (state) this.dispatchEvent(new CustomEvent("find", { detail: state }));
  }

  /** The state as filled in, with the time range counted from now; null when a field needs another look. */
  #read() {
    const problems = new Map();
    const query = this.#readQuery(problems);
    const limit = Number(this.limit.value);
    const most = config().search.maxLimit || 1500;
    for (const name of DURATIONS) {
      const value = this.durations[name].value.trim();
      if (value && !isDuration(value)) problems.set(name, text.notADuration);
    }
    if (!Number.isInteger(limit) || limit < 1 || limit > most) problems.set("limit", text.badLimit(most));
    const range = this.time.range;
    if (range.problem) problems.set(range.problem, range.message);
    this.#report(problems);
    if (problems.size) return null;
    const durations = DURATIONS.map((name) => [name, this.durations[name].value.trim()]);
    return {
      ...this.#state,
      services: this.services.values,
      operation: this.operation.value,
      kind: this.kind.value,
      status: this.status.value,
      ...query,
      ...range,
      ...Object.fromEntries(durations),
      limit,
    };
  }

  #readQuery(problems) {
    this.query.showFault(null);
    try {
      return splitQuery(this.query.value);
    } catch (error) {
      if (!(error instanceof LogfmtError)) throw error;
      const from = error.position;
      const to = from + /^\S*/.exec(this.query.value.slice(from))[0].length;
      this.query.showFault({ from, to, message: text.badTags(error.message, from) });
      problems.set("query", "");
      return {};
    }
  }

  #report(problems) {
    for (const old of this.form.querySelectorAll(".field > .problem")) old.remove();
    for (const old of this.form.querySelectorAll("input[aria-invalid]")) old.removeAttribute("aria-invalid");
    for (const [id, problem] of problems) {
      if (!problem) continue;
      const element = this.form.querySelector(`#${id}`);
      element.setAttribute("aria-invalid", "true");
      element.closest(".field").append(html`<p class="problem" role="alert">${problem}</p>`);
    }
    const [first] = problems.keys();
    if (first) this.form.querySelector(`#${first}`).focus();
  }
}

function select(id, any, values, labels) {
  const options = values.map((value) => html`<option value="${value}">${labels[value]}</option>`);
  return html`<select id="${id}"><option value="">${any}</option>${options}</select>`;
}

function input(id, placeholder) {
  return html`<input id="${id}" type="text" spellcheck="false" autocomplete="off" placeholder="${placeholder}">`;
}

function field(label, element, id) {
  return html`<div class="field"><label for="${id}">${label}</label>${element}</div>`;
}

function range(label, least, most) {
  least.setAttribute("aria-label", text.atLeast(label));
  most.setAttribute("aria-label", text.atMost(label));
  return html`<fieldset class="field"><legend>${label}</legend>
    <div class="pair"><div class="field">${least}</div><div class="field">${most}</div></div></fieldset>`;
}

function tool(command, icon, label) {
  return html`<button type="button" class="quiet" title="${text.commands[command]}"
    @click="${() => run(command)}">${icon()}${label}</button>`;
}

customElements.define("search-form", SearchForm);
