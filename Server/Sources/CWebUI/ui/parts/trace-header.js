// What a trace is, in two lines: its name and id, and the numbers that one asks for first.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { formatAge, formatClock, formatCount, formatDay, formatDuration, formatISO, shortID } from "../model/format.js";
import { ERROR, ORPHAN, countFlag, depthOf } from "../model/trace.js";
import { locale, text } from "../text/en.js";
import "./copy-button.js";
import "./find-bar.js";

class TraceHeader extends HTMLElement {
  /** @param {import("../model/trace.js").Trace} trace */
  show(trace) {
    this.find = html`<find-bar></find-bar>`;
    const act = (name) => () => this.dispatchEvent(new Event(name));
    this.reset = html`<button type="button" hidden @click="${act("zoom-reset")}">${text.resetZoom}</button>`;
    const service = trace.count ? trace.services[trace.service[0]] : "";
    const name = trace.count ? trace.names[trace.name[0]] : "";
    this.replaceChildren(html`
      <div class="title-line">
        <h1><span class="service">${service}</span> <span class="operation">${name || text.unnamed}</span></h1>
        <span class="trace-id" title="${trace.id}"><code>${shortID(trace.id)}</code>
          <copy-button .text="${trace.id}" .what="${text.traceID}"></copy-button></span>
        <span class="spring"></span>
        ${this.reset}
        <a class="button" href="api/traces/${trace.id}?prettyPrint=true" target="_blank"
          title="${text.rawJSON}">JSON</a>
        <span class="button-group">
          ${iconButton(text.expandAll, icons.expand, act("expand-all"))}
          ${iconButton(text.collapseAll, icons.collapse, act("collapse-all"))}
        </span>
        ${this.find}
      </div>
      ${facts(trace)}
      ${notes(trace)}`);
  }
}

function facts(trace) {
  const errors = countFlag(trace, ERROR);
  const start = html`<span title="${formatISO(trace.startTime)}">${formatDay(trace.startTime, locale)}
    ${formatClock(trace.startTime, locale)}
    <span class="dim">${formatAge(trace.startTime, Date.now() * 1000, locale)}</span></span>`;
  return html`<dl class="facts">
    ${fact(text.start, start)}
    ${fact(text.duration, formatDuration(trace.duration))}
    ${fact(text.spansTitle, formatCount(trace.count, locale))}
    ${fact(text.services, formatCount(trace.services.length, locale))}
    ${fact(text.depth, formatCount(depthOf(trace), locale))}
    ${errors > 0 && fact(text.errorsTitle, html`<span class="error-badge"><span class="error-glyph">!</span>
      ${formatCount(errors, locale)}</span>`)}
  </dl>`;
}

function fact(term, value) {
  return html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
}

function notes(trace) {
  const orphans = countFlag(trace, ORPHAN);
  const lines = orphans > 0 ? [text.incomplete(orphans), ...trace.warnings] : trace.warnings;
  if (lines.length === 0) return null;
  const items = lines.map((line) => html`<li>${icons.warning()}<span>${line}</span></li>`);
  return html`<ul class="trace-notes">${items}</ul>`;
}

function iconButton(label, icon, act) {
  return html`<button type="button" aria-label="${label}" title="${label}" @click="${act}">${icon()}</button>`;
}

customElements.define("trace-header", TraceHeader);
