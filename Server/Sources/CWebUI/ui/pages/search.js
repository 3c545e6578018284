// Search: the question on the left, what it found on the right. All of its state is in the address.

import { html } from "../draw/html.js";
import { parseLookback } from "../model/format.js";
import { joinQuery } from "../model/query-text.js";
import {
  FIXED_COLUMNS, SEARCH_DEFAULTS, formatQuestion, formatSearch, parseSearch, withRange,
} from "../model/search-state.js";
import * as api from "../state/api.js";
import { provide } from "../state/commands.js";
import { embed } from "../state/embed.js";
import { navigate, remember } from "../state/navigation.js";
import { note } from "../state/recent.js";
import { Search } from "../state/search.js";
import { openColumns } from "../parts/column-sheet.js";
import { openHistory, openSave } from "../parts/history-sheet.js";
import { emptyNotice, errorNotice, loadingNotice } from "../parts/notice.js";
import { toast } from "../parts/toast.js";
import { text } from "../text/en.js";
import "../parts/first-steps.js";
import "../parts/result-charts.js";
import "../parts/result-list.js";
import "../parts/result-table.js";
import "../parts/results-header.js";
import "../parts/search-form.js";

const POLL = 2000; // ms between looks for a first service
const FRESH = 5000; // ms for which the list of services is not asked for again

class SearchPage extends HTMLElement {
  #state = SEARCH_DEFAULTS;
  #life = new AbortController();
  #search = null;
  #timer = 0;
  #servicesAt = 0;

  connectedCallback() {
    this.form = html`<search-form @find="${(event) => this.#go(event.detail)}"
      @services-change="${() => this.#loadOperations()}" @service-focus="${() => this.#loadServices()}"></search-form>`;
    this.header = html`<results-header @sort="${(event) => this.#go({ ...this.#state, sort: event.detail })}"
      @view="${(event) => this.#look({ view: event.detail })}" @count-all="${() => this.#find({ exact: true })}">
      </results-header>`;
    this.charts = html`<result-charts @chart="${(event) => this.#look({ chart: event.detail })}"
      @narrow="${(event) => this.#narrow(event.detail)}"></result-charts>`;
    this.list = html`<div class="result-body"></div>`;
    this.results = html`<section class="results" aria-label="${text.results}"></section>`;
    this.status = html`<p class="off-screen" role="status"></p>`;
    const panel = html`<section class="search-panel" aria-label="${text.question}">${this.form}</section>`;
    this.replaceChildren(panel, this.results, this.status);
    this.release = provide(this.#commands());
  }

  disconnectedCallback() {
    this.release();
    this.#life.abort();
    this.#search?.stop();
    clearTimeout(this.#timer);
  }

  /** Shows an address of this page. */
  show({ query, back }) {
    document.title = `${text.search} – ${text.product}`;
    this.#state = parseSearch(query);
    this.form.state = this.#state;
    this.#loadServices();
    this.#loadOperations();
    const before = back && Search.last(this.#state);
    if (before) {
      this.#search = before;
      this.#present();
    } else {
      this.#find();
    }
  }

  async #loadServices() {
    if (Date.now() - this.#servicesAt < FRESH) return;
    this.#servicesAt = Date.now();
    clearTimeout(this.#timer);
    let services;
    try {
      services = await api.services(this.#life.signal);
    } catch {
      this.#servicesAt = 0; // the search itself says what is wrong
      return;
    }
    if (!this.isConnected) return;
    this.form.services.options = services.sort((a, b) => a.localeCompare(b));
    if (services.length === 0) this.#awaitFirst();
    else if (this.results.querySelector("first-steps")) this.#find();
  }

  /** Nothing has been stored yet: says how to begin, and looks again until there is something. */
  #awaitFirst() {
    if (!this.results.querySelector("first-steps")) this.results.replaceChildren(html`<first-steps></first-steps>`);
    this.#servicesAt = 0;
    this.#timer = setTimeout(() => this.#loadServices(), POLL);
  }

  /** The operations to choose from. A chosen one stays, whatever services are chosen: it may be one of theirs. */
  async #loadOperations() {
    const services = this.form.services.values;
    let names = [];
    try {
      const { signal } = this.#life;
      const lists = await Promise.all(services.slice(0, 8).map((service) => api.operations(service, signal)));
      names = [...new Set(lists.flat())];
    } catch {
      // The field stays usable as free text; a search will say what is wrong.
    }
    if (services !== this.form.services.values) return;
    this.form.operation.options = names.sort((a, b) => a.localeCompare(b));
  }

  async #find({ exact = false } = {}) {
    this.#search?.stop();
    const search = new Search(this.#state, { exact });
    this.#search = search;
    this.results.setAttribute("aria-busy", "true");
    if (!this.results.contains(this.header)) this.results.replaceChildren(loadingNotice());
    try {
      await search.more();
    } catch (error) {
      if (error.name !== "AbortError") this.#fail(error);
      return;
    } finally {
      if (search === this.#search) this.results.removeAttribute("aria-busy");
    }
    if (search !== this.#search) return;
    note("searches", `search?${formatSearch(this.#lasting())}`, this.#title());
    this.#present();
  }

  #present() {
    const { summaries, answer } = this.#search;
    this.status.textContent = text.ofTraces(summaries.length, answer.total ?? 0, answer.totalIsExact ?? true);
    if (summaries.length === 0 && !answer.partial) return this.#presentNothing();
    this.results.replaceChildren(this.header, ...(embed.hideGraph ? [] : [this.charts]), this.list);
    if (!embed.hideGraph) this.charts.show(summaries, this.#fixed());
    this.#presentList();
  }

  /** Header and results anew; the picture above them stays. */
  #presentList() {
    const { summaries, answer, milliseconds } = this.#search;
    this.header.show(answer, { shown: summaries.length, milliseconds }, this.#state);
    const rows = this.#state.view === "table" ? html`<result-table></result-table>` : html`<result-list></result-list>`;
    rows.addEventListener("pick", (event) => this.#pick(event.detail.id, event.detail.picked));
    rows.addEventListener("sort", (event) => this.#go({ ...this.#state, sort: event.detail }));
    const more = answer.next && html`<p class="more-line"><button type="button" @click="${() => this.#more()}">
      ${text.loadMore(this.#state.limit)}</button></p>`;
    this.list.replaceChildren(rows, ...(more ? [more] : []));
    rows.show(summaries, this.#state);
  }

  #presentNothing() {
    const range = (text.lookbacks[this.#state.lookback] ?? text.fixedRange).toLowerCase();
    const notice = emptyNotice(text.nothing, text.nothingFor(this.#state.services, range), text.tryThese);
    notice.append(html`<button type="button" @click="${() => this.#go({ ...this.#state, lookback: "4w", start: null,
      end: null })}">${text.lookFurther}</button>`);
    // Who waits for the first span is shown how to send it.
    if (!this.results.querySelector("first-steps")) this.results.replaceChildren(notice);
  }

  async #more() {
    const search = this.#search;
    if (!search?.answer.next) return;
    const shown = search.summaries.length;
    this.results.setAttribute("aria-busy", "true");
    try {
      await search.more();
      this.#presentList();
      this.#stops()[shown]?.focus();
    } catch (error) {
      if (error.name === "AbortError") return;
      this.list.querySelector(".more-line")?.replaceWith(errorNotice(error, () => this.#more()));
    } finally {
      this.results.removeAttribute("aria-busy");
    }
  }

  /** Goes to a changed search: a step that the back button undoes. */
  #go(state) {
    navigate(`search?${formatSearch(state)}`);
  }

  /** Changes how the results look, not which they are. */
  #look(change) {
    this.#state = { ...this.#state, ...change };
    this.form.keep(change);
    remember(`search?${formatSearch(this.#state)}`, { step: !("pick" in change) });
    if ("chart" in change) this.charts.show(this.#search.summaries, this.#fixed());
    else this.#presentList();
  }

  #narrow({ start, end, least, most }) {
    const durations = least === undefined ? {} : {
      minTraceDuration: `${Math.floor(least)}us`,
      maxTraceDuration: `${Math.ceil(most)}us`,
    };
    this.#go({ ...this.#state, ...durations, lookback: "custom", start: Math.round(start), end: Math.round(end) });
  }

  #pick(id, picked) {
    const rest = this.#state.pick.filter((other) => other !== id);
    this.#look({ pick: picked ? [...rest, id] : rest });
    const selector = `[data-trace="${CSS.escape(id)}"] input`;
    this.list.querySelector(selector)?.focus();
  }

  #fail(error) {
    const fault = api.queryFault(error, this.#state.q);
    if (fault) this.form.showFault(fault);
    this.results.replaceChildren(
      errorNotice(error, () => {
        this.results.replaceChildren(loadingNotice());
        this.#find();
      }),
    );
  }

  #commands() {
    return {
      "search.focus": () => this.form.query.focus(),
      "search.run": () => this.#go({ ...this.#state, ...this.#untilNow() }),
      "search.next": () => this.#step(1),
      "search.previous": () => this.#step(-1),
      "search.open": () => document.activeElement?.closest("[data-trace]")?.querySelector("a").click(),
      "search.pick": () => document.activeElement?.closest("[data-trace]")?.querySelector("input").click(),
      "search.compare": () => this.#compare(),
      "search.more": () => this.#more(),
      "search.view": () => this.#look({ view: this.#state.view === "table" ? "list" : "table" }),
      "search.columns": () => this.#columns(),
      "search.save": () => openSave(`search?${formatSearch(this.#lasting())}`, this.#title()),
      "search.history": openHistory,
      "search.download": () => this.#download(),
      "search.reset": () => navigate("search"),
      "search.earlier": () => this.#shift(-1, -1),
      "search.later": () => this.#shift(1, 1),
      "search.wider": () => this.#shift(-1, 0),
      "search.narrower": () => this.#shift(0.5, 0),
    };
  }

  #stops() {
    return this.list.firstElementChild?.stops ?? [];
  }

  #step(by) {
    const stops = this.#stops();
    const at = stops.findIndex((link) => link.closest("[data-trace]").contains(document.activeElement));
    stops[Math.max(0, Math.min(stops.length - 1, at < 0 ? 0 : at + by))]?.focus();
  }

  #compare() {
    const { pick } = this.#state;
    if (pick.length < 2) return toast(text.pickTwo);
    const cohort = pick.map((id) => `cohort=${id}`).join("&");
    navigate(`trace/${pick[0]}...${pick[1]}?${cohort}`);
  }

  #columns() {
    const { start, end } = this.#fixed();
    const context = new URLSearchParams({ start: String(start), end: String(end) });
    for (const service of this.#state.services) context.append("service", service);
    openColumns(this.#state.columns, context, (columns) => {
      const known = [...FIXED_COLUMNS, ...this.#state.columns];
      const needsValues = columns.some((column) => !known.includes(column));
      if (!needsValues) return this.#look({ columns });
      this.#state = { ...this.#state, columns };
      this.form.keep({ columns });
      remember(`search?${formatSearch(this.#state)}`);
      this.#find();
    });
  }

  #download() {
    const params = formatQuestion(this.#fixed(), Date.now() * 1000);
    const link = html`<a href="api/traces?${params}" download="traces.json"></a>`;
    document.body.append(link);
    link.click();
    link.remove();
  }

  /** Moves start and end by parts of the length of the range. */
  #shift(first, last) {
    const { start, end } = this.#fixed();
    const length = end - start;
    const range = { start: Math.round(start + first * length), end: Math.round(end + last * length) };
    this.#go({ ...this.#state, ...range, lookback: "custom" });
  }

  #fixed() {
    return this.#search?.range ?? withRange(this.#state, Date.now() * 1000);
  }

  /** The look-back counted from now; a range that was set stays. */
  #untilNow() {
    return Number.isNaN(parseLookback(this.#state.lookback)) ? {} : { start: null, end: null };
  }

  /** What is kept of a search: with a look-back it is about its own now whenever it is made. */
  #lasting() {
    return { ...this.#state, ...this.#untilNow(), pick: [] };
  }

  #title() {
    const { services, operation, lookback } = this.#state;
    const range = text.lookbacks[lookback] ?? text.customRange;
    return text.searchTitle({ services, operation, query: joinQuery(this.#state), range });
  }
}

customElements.define("search-page", SearchPage);
