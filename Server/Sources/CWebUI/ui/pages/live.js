// Live: traces or spans as they arrive, filtered as a search is; what is looked at stays where it is.

import { html } from "../draw/html.js";
import { isDuration } from "../model/format.js";
import { LogfmtError } from "../model/logfmt.js";
import { joinQuery, splitQuery } from "../model/query-text.js";
import { SEARCH_DEFAULTS, formatQuestion, formatSearch, parseSearch } from "../model/search-state.js";
import { readSummary } from "../model/summary.js";
import * as api from "../state/api.js";
import { provide } from "../state/commands.js";
import { navigate } from "../state/navigation.js";
import { follow, tailPath, whyRefused } from "../state/tail.js";
import { errorNotice } from "../parts/notice.js";
import { text } from "../text/en.js";
import "../parts/live-list.js";
import "../parts/query-box.js";
import "../parts/service-field.js";

const KINDS = ["traces", "spans"];

class LivePage extends HTMLElement {
  #state = SEARCH_DEFAULTS;
  #of = KINDS[0];
  #stop = () => {};
  #life = new AbortController();
  #skipped = 0;
  #isPaused = false;

  connectedCallback() {
    const words = text.tail;
    this.services = html`<service-field @services-change="${() => this.#go()}"></service-field>`;
    this.query = html`<query-box .placeholder="${text.tagsExample}" @query-enter="${() => this.#go()}"></query-box>`;
    this.query.context = () => new URLSearchParams(this.services.values.map((name) => ["service", name]));
    this.least = html`<input id="live-least" type="text" placeholder="${text.durationExamples.minDuration}"
      autocomplete="off" spellcheck="false" @change="${() => this.#go()}">`;
    this.kinds = html`<fieldset class="segments"><legend class="off-screen">${words.of}</legend>${KINDS.map(
      (of) => html`<label><input type="radio" name="of" value="${of}" @change="${() => this.#go({ of })}">
        <span>${words.kinds[of]}</span></label>`,
    )}</fieldset>`;
    this.pause = html`<button type="button" aria-pressed="false"
      @click="${() => this.#toggle()}">${words.pause}</button>`;
    this.figures = html`<p class="live-figures dim"></p>`;
    this.status = html`<p class="live-status" role="status">${words.connecting}</p>`;
    this.list = html`<live-list class="results" @count="${() => this.#describe()}"></live-list>`;
    this.empty = html`<p class="live-empty dim"></p>`;
    this.problem = html`<div class="live-problem"></div>`;
    this.replaceChildren(
      html`<header class="page-header"><h1>${words.title}</h1>${this.kinds}${this.pause}
        <button type="button" @click="${() => this.#clear()}">${words.clear}</button>
        ${this.status}<span class="spring"></span>${this.figures}</header>`,
      html`<div class="live-filter">
        <div class="field"><label for="service">${text.service}</label>${this.services}</div>
        <div class="field"><label for="query">${text.tags}</label>${this.query}</div>
        <div class="field"><label for="live-least">${text.atLeast(text.spanDuration)}</label>${this.least}</div></div>`,
      this.problem,
      this.empty,
      this.list,
    );
    this.release = provide({
      "live.pause": () => this.#toggle(),
      "live.clear": () => this.#clear(),
      "live.filter": () => this.query.focus(),
    });
    this.onVisible = () => this.#connect();
    document.addEventListener("visibilitychange", this.onVisible);
  }

  disconnectedCallback() {
    this.release();
    this.#stop();
    this.#life.abort();
    document.removeEventListener("visibilitychange", this.onVisible);
  }

  show({ query }) {
    document.title = `${text.tail.title} – ${text.product}`;
    this.#state = parseSearch(query);
    this.#of = new URLSearchParams(query).get("of") === "spans" ? "spans" : "traces";
    for (const choice of this.kinds.querySelectorAll("input")) choice.checked = choice.value === this.#of;
    this.list.of = this.#of;
    this.services.values = this.#state.services;
    this.query.value = joinQuery(this.#state);
    this.least.value = this.#state.minDuration;
    this.#suggest();
    this.#clear();
    this.#connect();
  }

  async #suggest() {
    try {
      const names = await api.services(this.#life.signal);
      this.services.options = names.sort((a, b) => a.localeCompare(b));
    } catch {
      // The connection's own state tells what is wrong.
    }
  }

  /** One connection, and none while nobody looks: browsers have few for a host. */
  #connect() {
    this.#stop();
    this.#stop = () => {};
    if (document.hidden || !this.isConnected) return;
    const params = formatQuestion({ ...this.#state, start: 0, end: 0 }, 0);
    for (const key of ["start", "end", "lookback", "limit", "sort"]) params.delete(key);
    params.set("of", this.#of);
    this.problem.replaceChildren();
    this.#describe();
    this.#stop = follow(params, {
      trace: (summary) => this.list.add(readSummary(summary)),
      span: (span) => this.list.add(span),
      skipped: (count) => (this.#skipped += count),
      rate: (figures) => this.#rate(figures),
      state: (name) => this.#connection(name, params),
    });
  }

  async #connection(name, params) {
    this.status.textContent = text.tail.states[name];
    this.status.classList.toggle("lost", name !== "open");
    if (name === "open") this.problem.replaceChildren();
    else if (name === "lost") this.#complain(new api.ApiError(tailPath(params), 0, text.tail.lost));
    else await this.#explain(params);
    this.#describe();
  }

  async #explain(params) {
    try {
      const error = await whyRefused(params, this.#life.signal);
      if (!error) return this.#connect();
      const fault = api.queryFault(error, this.#state.q);
      this.query.showFault(fault);
      this.#complain(error);
    } catch (error) {
      if (error.name !== "AbortError") this.#complain(new api.ApiError(tailPath(params), 0, error.message));
    }
  }

  /** Says where traces would be why there are none; those that came before stay. */
  #complain(error) {
    this.problem.replaceChildren(errorNotice(error, () => this.#connect()));
  }

  #rate({ received, matched }) {
    this.figures.textContent = text.tail.rate(received, matched, this.#skipped);
  }

  #toggle() {
    this.#isPaused = !this.#isPaused;
    this.list.held = this.#isPaused;
    this.pause.setAttribute("aria-pressed", String(this.#isPaused));
    this.pause.textContent = this.#isPaused ? text.tail.resume : text.tail.pause;
  }

  #clear() {
    this.#skipped = 0;
    this.list.clear();
    this.#describe();
  }

  #describe() {
    this.empty.hidden = this.list.count > 0 || this.problem.firstChild !== null;
    this.empty.textContent = text.tail.empty[this.#of];
  }

  #go({ of = this.#of } = {}) {
    let query;
    try {
      query = splitQuery(this.query.value);
    } catch (error) {
      if (!(error instanceof LogfmtError)) throw error;
      const from = error.position;
      return this.query.showFault({ from, to: from + 1, message: text.badTags(error.message, from) });
    }
    const minDuration = this.least.value.trim();
    this.least.setCustomValidity(minDuration && !isDuration(minDuration) ? text.notADuration : "");
    if (!this.least.reportValidity()) return;
    const state = { ...SEARCH_DEFAULTS, services: this.services.values, ...query, minDuration };
    const params = new URLSearchParams(formatSearch(state));
    for (const key of ["limit", "lookback"]) params.delete(key);
    if (of !== KINDS[0]) params.set("of", of);
    navigate(`live?${params}`);
  }
}

customElements.define("live-page", LivePage);
