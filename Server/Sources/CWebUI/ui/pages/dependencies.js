// System Architecture: who calls whom, how often, how slow and how often in vain, in any window and against another.

import { html } from "../draw/html.js";
import { against, around, readEdges, readPathEdges, servicesOf } from "../model/dependencies.js";
import { parseLookback } from "../model/format.js";
import { SYSTEM_DEFAULTS, endAgainst, formatWindow, parseWindow } from "../model/window-state.js";
import { get } from "../state/api.js";
import { provide } from "../state/commands.js";
import { config } from "../state/config.js";
import { navigate, remember } from "../state/navigation.js";
import { openEdge } from "../parts/edge-sheet.js";
import { edgeTable, pathTable } from "../parts/edge-tables.js";
import { emptyNotice, errorNotice, loadingNotice } from "../parts/notice.js";
import { boundsOf } from "../parts/window-bar.js";
import { text } from "../text/en.js";
import "../parts/combo-box.js";
import "../parts/figure-table.js";
import "../parts/service-map.js";

const VIEWS = ["map", "table", "paths"];

class DependenciesPage extends HTMLElement {
  #state = SYSTEM_DEFAULTS;
  #asking = new AbortController();
  #edges = [];
  #paths = null;
  #bounds = null;

  connectedCallback() {
    this.window = html`<window-bar @window="${(event) => this.#go(event.detail)}"></window-bar>`;
    this.tools = html`<div class="page-tools"></div>`;
    this.summary = html`<p class="dim" role="status"></p>`;
    this.body = html`<div class="page-body"></div>`;
    this.replaceChildren(
      html`<header class="page-header"><h1>${text.architecture.title}</h1>${this.window}
        <span class="spring"></span>${this.summary}</header>`,
      this.tools,
      this.body,
    );
    this.release = provide({
      "system.find": () => this.querySelector("#system-find")?.focus(),
      "system.deeper": () => this.#go({ hops: Math.min(9, this.#state.hops + 1) }),
      "system.shallower": () => this.#go({ hops: Math.max(1, this.#state.hops - 1) }),
      "system.everything": () => this.#go({ service: "" }),
      "system.view": () => this.#go({ view: VIEWS[(VIEWS.indexOf(this.#state.view) + 1) % VIEWS.length] }),
    });
  }

  disconnectedCallback() {
    this.release();
    this.#asking.abort();
  }

  show({ query }) {
    document.title = `${text.architecture.title} – ${text.product}`;
    const before = this.#state;
    this.#state = parseWindow(query, SYSTEM_DEFAULTS);
    this.window.show(this.#state);
    const same = ["lookback", "end", "against"].every((key) => this.#state[key] === before[key]);
    const isNow = this.#state.end === null && Date.now() * 1000 - (this.#bounds?.end ?? 0) < 60e6;
    if (same && this.#bounds && (isNow || this.#state.end !== null) && this.#state.view !== "paths") this.#render();
    else this.#load();
  }

  async #load() {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.#bounds = boundsOf(this.#state);
    if (this.#edges.length === 0) this.body.replaceChildren(loadingNotice());
    this.body.setAttribute("aria-busy", "true");
    const ask = async (end) => {
      const answer = await get(`api/dependencies?${this.#windowUntil(end)}&statistics=true`, signal);
      return readEdges(answer.data);
    };
    try {
      const earlier = endAgainst(this.#state, this.#bounds.end);
      const [edges, before] = await Promise.all([ask(this.#bounds.end), earlier === null ? null : ask(earlier)]);
      this.#edges = before ? against(edges, before) : edges;
      this.#paths = await this.#askPaths(signal);
    } catch (error) {
      if (error.name !== "AbortError") this.body.replaceChildren(errorNotice(error, () => this.#load()));
      return;
    } finally {
      if (!signal.aborted) this.body.removeAttribute("aria-busy");
    }
    if (this.isConnected) this.#render();
  }

  async #askPaths(signal) {
    const { view, service } = this.#state;
    if (view !== "paths" || !service) return null;
    const query = `service=${encodeURIComponent(service)}&${this.#windowUntil(this.#bounds.end)}&limit=500`;
    return (await get(`api/dependencies/paths?${query}`, signal)).data;
  }

  #windowUntil(end) {
    return `endTs=${Math.round(end / 1000)}&lookback=${Math.round(parseLookback(this.#state.lookback) / 1000)}`;
  }

  #go(change) {
    navigate(`dependencies?${formatWindow({ ...this.#state, ...change }, SYSTEM_DEFAULTS)}`);
  }

  #render() {
    const { service, hops, view } = this.#state;
    this.#renderTools();
    const edges = service && view !== "paths" ? around(this.#edges, service, hops) : this.#edges;
    const services = servicesOf(edges);
    const calls = edges.reduce((sum, edge) => sum + edge.calls, 0);
    this.summary.textContent = text.architecture.summary(services.length, edges.length, calls);
    if (edges.length === 0) {
      const { nothing, nothingLead, nothingHints } = text.architecture;
      return this.body.replaceChildren(emptyNotice(nothing, nothingLead, nothingHints));
    }
    if (view === "paths") return this.#renderPaths();
    const most = config().dependencies.dagMaxNumServices;
    if (view === "table" || services.length > most) {
      const warning = view === "map" && html`<p class="warning-line" role="status">
        ${text.architecture.tooMany(services.length, most)}</p>`;
      const table = edgeTable(edges, this.#bounds, this.#focusAddress());
      return this.body.replaceChildren(...(warning ? [warning] : []), table);
    }
    this.#renderMap(edges);
  }

  #renderMap(edges) {
    const map = html`<service-map @edge="${(event) => openEdge(event.detail, this.#bounds)}"></service-map>`;
    this.body.replaceChildren(map);
    map.show(edges, { focus: this.#state.service, found: this.#state.find, address: this.#focusAddress() });
  }

  #renderPaths() {
    if (!this.#state.service) {
      return this.body.replaceChildren(emptyNotice(text.architecture.views.paths, text.architecture.pathsNeedFocus));
    }
    if (!this.#paths) return this.#load();
    const map = html`<service-map @edge="${(event) => openEdge(event.detail, this.#bounds)}"></service-map>`;
    this.body.replaceChildren(map, pathTable(this.#paths));
    const { service, find } = this.#state;
    map.show(readPathEdges(this.#paths.edges), { focus: service, found: find, address: this.#focusAddress() });
  }

  /** Where the node of a service leads: it becomes the focus, and once more, all are shown. */
  #focusAddress() {
    return (service) => {
      const focus = service === this.#state.service ? "" : service;
      return `dependencies?${formatWindow({ ...this.#state, service: focus }, SYSTEM_DEFAULTS)}`;
    };
  }

  #renderTools() {
    const { view, service, hops, find, against: other } = this.#state;
    const words = text.architecture;
    const views = VIEWS.map(
      (name) => html`<label><input type="radio" name="system-view" .checked="${name === view}"
        @change="${() => this.#go({ view: name })}"><span>${words.views[name]}</span></label>`,
    );
    const focus = html`<combo-box .inputID="${"system-focus"}" .placeholder="${words.allServices}" .free="${true}"
      .value="${service}" @choose="${(event) => this.#go({ service: event.detail })}"></combo-box>`;
    const others = Object.entries(words.againsts).map(
      ([value, label]) => html`<option value="${value}" .selected="${value === other}">${label}</option>`,
    );
    this.tools.replaceChildren(html`<div class="tool-row">
      <fieldset class="segments"><legend class="off-screen">${text.view}</legend>${views}</fieldset>
      <div class="inline-field"><label for="system-focus">${words.focus}</label>${focus}</div>
      <div class="inline-field"><label for="system-hops">${words.hops}</label>
        <input id="system-hops" type="number" min="1" max="9" value="${hops}" disabled="${!service}"
          @change="${(event) => this.#go({ hops: Number(event.target.value) || 2 })}"></div>
      <div class="inline-field"><label for="system-against">${words.against}</label>
        <select id="system-against" @change="${(event) => this.#go({ against: event.target.value })}">${others}</select>
      </div>
      <div class="inline-field"><label for="system-find">${words.find}</label>
        <input id="system-find" type="search" value="${find}"
          @input="${(event) => this.#find(event.target.value)}"></div>
    </div>`);
    focus.options = servicesOf(this.#edges);
  }

  #find(wanted) {
    this.#state = { ...this.#state, find: wanted };
    remember(`dependencies?${formatWindow(this.#state, SYSTEM_DEFAULTS)}`);
    const name = wanted.trim().toLowerCase();
    for (const node of this.body.querySelectorAll(".node")) {
      const service = node.querySelector("title").textContent.toLowerCase();
      node.classList.toggle("found", name !== "" && service.includes(name));
    }
  }
}

customElements.define("dependencies-page", DependenciesPage);
