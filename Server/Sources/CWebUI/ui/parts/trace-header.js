// What a trace is, in two lines: its name and id with what can be done with it, and the numbers that one asks for
// first.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { formatAge, formatClock, formatCount, formatDay, formatDuration, formatISO, shortID } from "../model/format.js";
import { ERROR, ORPHAN, countFlag, depthOf, nameOf, rootOf, serviceOf } from "../model/trace.js";
import { config } from "../state/config.js";
import { embed } from "../state/embed.js";
import { locale, text } from "../text/en.js";
import "./copy-button.js";
import { dropMenu } from "./drop-menu.js";

const EXPORTS = ["jaeger", "otlp-json", "csv", "html"];

class TraceHeader extends HTMLElement {
  /** @param {import("../state/open-trace.js").OpenTrace} open */
  show(open) {
    const { trace } = open;
    const root = rootOf(trace);
    const service = trace.count ? serviceOf(trace, root) : "";
    const name = trace.count ? nameOf(trace, root) : "";
    this.keep = html`<button type="button" @click="${() => this.#act("archive")}">${text.archive}</button>`;
    this.replaceChildren(html`
      <div class="title-line">
        <h1><span class="service">${service}</span> <span class="operation">${name || text.unnamed}</span></h1>
        <span class="trace-id" title="${trace.id}"><code>${shortID(trace.id)}</code>
          <copy-button .text="${trace.id}" .what="${text.traceID}"></copy-button></span>
        ${!open.stored && html`<span class="badge">${text.viewOnly}</span>`}
        <span class="spring"></span>
        ${open.stored ? this.#actions(trace) : this.#store()}
      </div>
      ${!embed.hideSummary && facts(open)}
      ${notes(open)}`);
    this.hidden = embed.collapseTitle;
  }

  #actions(trace) {
    const exports = dropMenu(text.exportAs, () => EXPORTS.map((form) => exportLink(trace.id, form)), icons.download());
    const newWindow = embed.active && html`<a class="button" href="trace/${trace.id}" target="_blank"
      aria-label="${text.newWindow}" title="${text.newWindow}">${icons.link()}</a>`;
    return [
      html`<a class="button" href="compare?a=${trace.id}" title="${text.compareHint}">${text.compareWith}</a>`,
      config().archiveEnabled && this.keep,
      exports,
      html`<button type="button" aria-label="${text.share}" title="${text.share}"
        @click="${() => this.#act("share")}">${icons.share()}</button>`,
      newWindow,
    ];
  }

  #store() {
    return html`<button type="button" class="primary" @click="${() => this.#act("store")}">${text.store}</button>`;
  }

  #act(name) {
    this.dispatchEvent(new Event(name));
  }
}

function exportLink(id, form) {
  return html`<a class="menu-item" download
    href="api/traces/${id}/export?format=${form}">${text.exportForms[form]}</a>`;
}

function facts({ trace }) {
  const errors = countFlag(trace, ERROR);
  const start = html`<span title="${formatISO(trace.startTime)}">${formatDay(trace.startTime, locale)}
    ${formatClock(trace.startTime, locale)}
    <span class="dim">${formatAge(trace.startTime, Date.now() * 1000, locale)}</span></span>`;
  return html`<dl class="facts">
    ${fact(text.start, [start, html`<copy-button .text="${formatISO(trace.startTime)}"
      .what="${text.start}"></copy-button>`])}
    ${fact(text.duration, formatDuration(trace.duration))}
    ${fact(text.spansTitle, formatCount(trace.spans, locale))}
    ${fact(text.services, formatCount(trace.services.length, locale))}
    ${fact(text.depth, formatCount(depthOf(trace), locale))}
    ${errors > 0 && fact(text.errorsTitle, html`<span class="error-badge"><span class="error-glyph">!</span>
      ${formatCount(errors, locale)}</span>`)}
  </dl>`;
}

function fact(term, value) {
  return html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
}

function notes({ trace }) {
  const orphans = countFlag(trace, ORPHAN);
  const lines = orphans > 0 ? [text.incomplete(orphans), ...trace.warnings] : trace.warnings;
  if (lines.length === 0) return null;
  const items = lines.map((line) => html`<li>${icons.warning()}<span>${line}</span></li>`);
  return html`<ul class="trace-notes" tabindex="0" aria-label="${text.warnings}">${items}</ul>`;
}

customElements.define("trace-header", TraceHeader);
