// Search: the question on the left, what it found on the right.

import { html } from "../draw/html.js";
import { summarise, orders } from "../model/summary.js";
import { formatQuery, formatSearch, parseSearch } from "../model/url-state.js";
import { parseLookback } from "../model/format.js";
import * as api from "../state/api.js";
import { navigate, remember } from "../state/navigation.js";
import { preference, setPreference } from "../state/preferences.js";
import { emptyNotice, errorNotice, loadingNotice } from "../parts/notice.js";
import { text } from "../text/en.js";
import "../parts/first-steps.js";
import "../parts/result-list.js";
import "../parts/scatter-plot.js";
import "../parts/search-form.js";

const POLL = 2000; // ms between looks for a first service
const FRESH = 5000; // ms for which the list of services is not asked for again

/** The last answer, so that going back to it is instant and shows the same. */
let last = { query: "", summaries: [] };

class SearchPage extends HTMLElement {
  #state;
  #life = new AbortController();
  #asking = new AbortController();
  #timer = 0;
  #servicesAt = 0;

  connectedCallback() {
    this.form = html`<search-form></search-form>`;
    this.form.addEventListener("find", (event) => navigate(`search?${formatSearch(event.detail)}`));
    this.form.addEventListener("service-change", () => this.#loadOperations(false));
    this.form.addEventListener("service-focus", () => this.#loadServices());
    this.results = html`<section class="results" aria-label="${text.results}"></section>`;
    this.status = html`<p class="off-screen" role="status"></p>`;
    const panel = html`<section class="search-panel" aria-label="${text.question}">${this.form}</section>`;
    this.replaceChildren(panel, this.results, this.status);
  }

  disconnectedCallback() {
    this.#life.abort();
    this.#asking.abort();
    clearTimeout(this.#timer);
  }

  /** Shows an address of this page. */
  show({ query, back }) {
    document.title = `${text.search} – ${text.product}`;
    this.#state = parseSearch(query);
    this.form.state = this.#state;
    this.#loadServices();
    if (!this.#state.service) this.results.replaceChildren(emptyNotice(text.search, text.searchHint));
    else if (back && last.query === formatQuery(this.#state)) this.#present(last.summaries);
    else this.#find();
  }

  async #loadServices() {
    if (Date.now() - this.#servicesAt < FRESH) return;
    this.#servicesAt = Date.now();
    clearTimeout(this.#timer);
    let services;
    try {
      services = await api.services(this.#life.signal);
    } catch (error) {
      this.#servicesAt = 0;
      if (error.name !== "AbortError" && !this.#state.service) this.#fail(error, () => this.#loadServices());
      return;
    }
    if (!this.isConnected) return;
    services.sort((a, b) => a.localeCompare(b));
    this.form.service.options = services;
    if (services.length === 0) this.#awaitFirst();
    else this.#suggest(services);
  }

  /** Nothing has been stored yet: says how to begin, and looks again until there is something. */
  #awaitFirst() {
    if (this.#state.service) return;
    if (!this.results.querySelector("first-steps")) this.results.replaceChildren(html`<first-steps></first-steps>`);
    this.#servicesAt = 0;
    this.#timer = setTimeout(() => this.#loadServices(), POLL);
  }

  /** Fills in the service that is most likely wanted; shows its traces at once only to who waited for the first. */
  #suggest(services) {
    if (this.results.querySelector("first-steps")) {
      navigate(`search?${formatSearch({ ...this.#state, service: services[0] })}`, { replace: true });
      return;
    }
    if (!this.form.service.value) {
      const before = preference("service", "");
      this.form.service.value = services.includes(before) ? before : services[0];
    }
    this.#loadOperations(true);
  }

  /** The operations to choose from; the chosen one stays when the new service has it, or when it came by a link. */
  async #loadOperations(keep) {
    const service = this.form.service.value;
    if (!service) return;
    let operations = [];
    try {
      operations = await api.operations(service, this.#life.signal);
    } catch (error) {
      if (error.name === "AbortError") return;
      // The field stays usable as free text; a search will say what is wrong.
    }
    if (service !== this.form.service.value) return;
    operations.sort((a, b) => a.localeCompare(b));
    this.form.operation.options = operations;
    if (!keep && !operations.includes(this.form.operation.value)) this.form.operation.value = "";
  }

  async #find() {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const state = this.#withRange(this.#state);
    const query = formatQuery(this.#state);
    this.results.setAttribute("aria-busy", "true");
    if (!this.results.querySelector("result-list")) this.results.replaceChildren(loadingNotice());
    try {
      const traces = await api.findTraces(formatQuery(state), signal);
      if (signal.aborted) return;
      last = { query, summaries: traces.map(summarise) };
      setPreference("service", this.#state.service);
      this.#present(last.summaries);
    } catch (error) {
      if (error.name !== "AbortError") this.#fail(error, () => this.#find());
    } finally {
      if (!signal.aborted) this.results.removeAttribute("aria-busy");
    }
  }

  /** A link without start and end means: until now. */
  #withRange(state) {
    const reach = parseLookback(state.lookback);
    if (state.end !== null || Number.isNaN(reach)) return state;
    const end = Date.now() * 1000;
    return { ...state, end, start: state.start ?? end - reach };
  }

  #present(summaries) {
    this.status.textContent = text.traces(summaries.length);
    if (summaries.length === 0) {
      const range = (text.lookbacks[this.#state.lookback] ?? text.fixedRange).toLowerCase();
      const lead = text.nothingFor(this.#state.service, range);
      this.results.replaceChildren(emptyNotice(text.nothing, lead, text.tryThese));
      return;
    }
    const order = this.#state.sort in orders ? this.#state.sort : "newest";
    const choices = Object.entries(text.orders).map(
      ([value, label]) => html`<option value="${value}" .selected="${value === order}">${label}</option>`,
    );
    const sort = html`<select aria-label="${text.order}" @change="${(event) => this.#sort(event.target.value)}">
      ${choices}</select>`;
    const scatter = html`<scatter-plot></scatter-plot>`;
    const list = html`<result-list></result-list>`;
    const { limit } = this.#state;
    const cut = summaries.length >= limit && html`<span class="dim">– ${text.cutShort(limit)}</span>`;
    this.results.replaceChildren(
      html`<header class="results-header">
        <h1>${text.traces(summaries.length)}</h1>${cut}<span class="spring"></span>${sort}
      </header>`,
      scatter,
      list,
    );
    scatter.show(summaries);
    list.show([...summaries].sort(orders[order]));
  }

  #sort(order) {
    this.#state = { ...this.#state, sort: order };
    this.form.state = { ...this.#state };
    remember(`search?${formatSearch(this.#state)}`);
    this.#present(last.summaries);
  }

  #fail(error, retry) {
    this.results.replaceChildren(
      errorNotice(error, () => {
        this.results.replaceChildren(loadingNotice());
        retry();
      }),
    );
  }
}

customElements.define("search-page", SearchPage);
