// The line above a trace: which view of it, what to find in it, and how it is drawn.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { slotClass } from "../model/colour.js";
import { formatCount } from "../model/format.js";
import { mostFrequent } from "../model/statistics.js";
import { VIEWS, threshold } from "../model/trace-state.js";
import { spansPerService } from "../model/trace.js";
import { config } from "../state/config.js";
import { preference, setPreference } from "../state/preferences.js";
import { locale, text } from "../text/en.js";
import { dropMenu, tick } from "./drop-menu.js";
import "./find-bar.js";
import { keySelect } from "./key-select.js";

const MOST_COLOURS = 24;
const COLOUR_KEYS = ["service", "operation", "kind", "status"];

class TraceTools extends HTMLElement {
  #open = null;
  #state = {};
  #legendOf = null; // the values that the legend tells

  connectedCallback() {
    if (this.find) return;
    this.find = html`<find-bar></find-bar>`;
    this.views = html`<div class="tabs" role="tablist" aria-label="${text.traceView}"
      @keydown="${(event) => this.#tabKey(event)}"></div>`;
    this.options = dropMenu(text.viewOptions, () => this.#panel(), icons.gear());
    this.hiding = html`<span class="hiding" role="status"></span>`;
    this.reset = html`<button type="button" hidden
      @click="${() => this.#change({ zoom: null })}">${text.resetZoom}</button>`;
    this.folds = html`<span class="button-group">
      ${this.#button(text.expandAll, icons.expand, "expand-all")}
      ${this.#button(text.collapseAll, icons.collapse, "collapse-all")}</span>`;
    this.legend = html`<ul class="colour-legend" aria-label="${text.legend}" hidden></ul>`;
    this.replaceChildren(this.views, this.find, this.hiding, html`<span class="spring"></span>`, this.reset, this.folds,
      this.options, this.legend);
  }

  /** @param {import("../state/open-trace.js").OpenTrace} open */
  show(open, state, hidden) {
    this.#open = open;
    this.#state = state;
    this.#tabs();
    const timeline = state.view === "timeline";
    this.#showLegend(timeline && state.by ? open.values(state.by) : null);
    this.folds.hidden = !timeline;
    this.options.hidden = !timeline;
    this.reset.hidden = !state.zoom || !timeline;
    this.find.only.checked = state.only;
    this.find.only.parentElement.hidden = !timeline;
    this.hiding.replaceChildren(
      ...(hidden > 0 && timeline
        ? [
            text.hiddenNow(hidden),
            html`<button type="button" class="as-link" @click="${() => this.#showAll()}">${text.showAll}</button>`,
          ]
        : []),
    );
  }

  #showAll() {
    this.#change({ only: false, under: "", off: [], revealed: "" });
  }

  #tabs() {
    const shown = VIEWS.filter((view) => view !== "json" || !config().disableJsonView);
    this.views.replaceChildren(
      ...shown.map((view) => {
        const chosen = view === this.#state.view;
        return html`<button type="button" role="tab" class="tab" aria-selected="${String(chosen)}"
          tabindex="${chosen ? 0 : -1}" data-view="${view}" aria-controls="trace-view"
          @click="${() => this.#change({ view }, true)}">${text.traceViews[view]}</button>`;
      }),
    );
  }

  #tabKey(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const tabs = [...this.views.children];
    const at = tabs.findIndex((tab) => tab.dataset.view === this.#state.view);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    this.#change({ view: next.dataset.view });
    this.views.querySelector("[aria-selected=true]")?.focus();
  }

  #panel() {
    const set = (name) => (value) => this.#change({ [name]: value });
    return [
      this.#colourField(),
      tick(text.criticalPath, this.#state.path, set("path")),
      tick(text.groupRepeats, this.#state.repeats, set("repeats")),
      tick(text.pills, preference("pills", "on") === "on", (on) => this.#prefer("pills", on ? "on" : "off")),
      this.#open.stored && tick(text.correctSkew, this.#state.skew, set("skew")),
      this.#thresholdField(),
      this.#detailField(),
      this.#collapseField(),
      this.#services(),
    ].filter(Boolean);
  }

  #colourField() {
    const plain = COLOUR_KEYS.map((key) => ({ value: key === "service" ? "" : key, label: text.colourByKeys[key] }));
    return html`<label class="menu-field"><span>${text.colourBy}</span>${keySelect({ open: this.#open,
      chosen: this.#state.by, plain, change: (by) => this.#change({ by }, true) })}</label>`;
  }

  #showLegend(shown) {
    this.legend.hidden = !shown;
    if (shown === this.#legendOf) return;
    this.#legendOf = shown;
    if (!shown) return;
    const { trace } = this.#open;
    const all = mostFrequent(shown, trace.count);
    const items = all.slice(0, MOST_COLOURS).map(({ number, count }) => html`<li><span
      class="service-dot ${slotClass(shown.slot(number))}"></span>${shown.values[number] ?? text.absent}
      <span class="count">${formatCount(count, locale)}</span></li>`);
    const rest = all.length - items.length;
    if (rest > 0) items.push(html`<li class="dim">${text.moreValues(rest)}</li>`);
    this.legend.replaceChildren(...items);
  }

  #thresholdField() {
    const problem = html`<span class="problem" hidden>${text.badThreshold}</span>`;
    const change = (event) => {
      const value = event.target.value.trim();
      problem.hidden = value === "" || !Number.isNaN(threshold(value, 1));
      if (problem.hidden) this.#change({ under: value, revealed: "" });
    };
    return html`<label class="menu-field"><span>${text.hideUnder}</span>
      <input type="text" value="${this.#state.under}" placeholder="${text.hideUnderExample}" @change="${change}">
      ${problem}</label>`;
  }

  #detailField() {
    const now = preference("detail", config().traceTimeline?.defaultDetailPanelMode === "inline" ? "inline" : "side");
    const choices = Object.entries(text.detailPlaces).map(
      ([value, label]) => html`<label class="check"><input type="radio" name="detail-place" .checked="${value === now}"
        @change="${() => this.#prefer("detail", value)}"> ${label}</label>`,
    );
    return html`<fieldset class="menu-field"><legend>${text.detailAt}</legend>${choices}</fieldset>`;
  }

  #collapseField() {
    const rule = (label, name) => html`<button type="button" class="menu-item"
      @click="${() => this.#act(name)}">${label}</button>`;
    return html`<div class="menu-field"><span>${text.collapseRules}</span>
      ${rule(text.collapseHealthy, "collapse-healthy")}
      ${rule(text.collapseOffPath, "collapse-off-path")}
      ${rule(text.collapseShort, "collapse-short")}</div>`;
  }

  #services() {
    const { trace, slots } = this.#open;
    if (trace.services.length < 2) return null;
    const counts = spansPerService(trace);
    const items = trace.services
      .map((service, k) => ({ service, count: counts[k] }))
      .sort((a, b) => b.count - a.count)
      .map(({ service, count }) => {
        const shown = !this.#state.off.includes(service);
        const label = html`<span class="service-choice"><span
          class="service-dot ${slotClass(slots.get(service))}"></span>
          ${service} <span class="count">${count}</span></span>`;
        return tick(label, shown, (on) => this.#toggleService(service, on));
      });
    return html`<fieldset class="menu-field services"><legend>${text.hideServices}</legend>${items}</fieldset>`;
  }

  #toggleService(service, on) {
    const off = this.#state.off.filter((other) => other !== service);
    this.#change({ off: on ? off : [...off, service], revealed: "" });
  }

  #prefer(name, value) {
    setPreference(name, value);
    this.#act("preference-change");
  }

  #button(label, icon, name) {
    return html`<button type="button" aria-label="${label}" title="${label}"
      @click="${() => this.#act(name)}">${icon()}</button>`;
  }

  #change(change, refresh = false) {
    this.dispatchEvent(new CustomEvent("state-change", { detail: change }));
    if (refresh && !this.options.panel.hidden) this.options.refresh();
  }

  #act(name) {
    this.dispatchEvent(new Event(name));
  }
}

customElements.define("trace-tools", TraceTools);
