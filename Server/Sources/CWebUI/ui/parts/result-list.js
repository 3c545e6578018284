// What a search found, a line for each trace: what it was, how long it took, where it went, what failed, when.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { colourSlots, slotClass } from "../model/colour.js";
import { formatAge, formatClock, formatDay, formatDuration, shortID } from "../model/format.js";
import { locale, text } from "../text/en.js";

const MOST_PILLS = 6;

class ResultList extends HTMLElement {
  /** @param {import("../model/summary.js").Summary[]} summaries in the order to show */
  show(summaries) {
    const slots = colourSlots(summaries.flatMap((summary) => summary.services.map((service) => service.name)));
    const longest = summaries.reduce((most, summary) => Math.max(most, summary.duration), 1);
    const now = Date.now() * 1000;
    const rows = summaries.map((summary) => html`<li>${row(summary, slots, longest, now)}</li>`);
    this.replaceChildren(html`<ol>${rows}</ol>`);
  }
}

function row(summary, slots, longest, now) {
  const meter = html`<span class="meter-fill"></span>`;
  meter.style.width = `${(100 * summary.duration) / longest}%`;
  const day = formatDay(summary.startTime, locale);
  return html`<a class="result" href="trace/${summary.traceID}">
    <span class="result-name">
      <span class="service-dot ${slotClass(slots.get(summary.service) ?? 0)}"></span>
      <span class="service">${summary.service}</span>
      <span class="operation">${summary.operation || text.unnamed}</span>
      ${!summary.rooted && html`<span class="warn" title="${text.rootMissing}">${icons.warning()}</span>`}
      <code class="short-id">${shortID(summary.traceID)}</code>
    </span>
    <span class="result-services">${pills(summary.services, slots)}</span>
    <span class="result-errors">${summary.errors > 0 && errorBadge(summary.errors)}</span>
    <span class="result-spans">${text.spans(summary.spans)}</span>
    <span class="result-duration">
      <span class="number">${formatDuration(summary.duration)}</span>
      <span class="meter">${meter}</span>
    </span>
    <span class="result-time" title="${day} ${formatClock(summary.startTime, locale)}">
      <span class="number">${sameDay(summary.startTime, now) ? "" : `${day} `}${clock(summary.startTime)}</span>
      <span class="age">${formatAge(summary.startTime, now, locale)}</span>
    </span>
  </a>`;
}

function pills(services, slots) {
  const shown = services.slice(0, MOST_PILLS).map(
    ({ name, spans, errors }) => html`<span class="pill ${slotClass(slots.get(name))}">
      ${errors > 0 && html`<span class="error-glyph" title="${text.errors(errors)}">!</span>`}
      <span class="pill-name">${name}</span> <span class="pill-count">${spans}</span></span>`,
  );
  const rest = services.slice(MOST_PILLS);
  const names = rest.map((service) => service.name).join(", ");
  return rest.length ? [...shown, html`<span class="more" title="${names}">+${rest.length}</span>`] : shown;
}

function errorBadge(n) {
  return html`<span class="error-badge"><span class="error-glyph">!</span> ${text.errors(n)}</span>`;
}

function sameDay(micros, now) {
  return new Date(micros / 1e3).toDateString() === new Date(now / 1e3).toDateString();
}

function clock(micros) {
  return formatClock(micros, locale);
}

customElements.define("result-list", ResultList);
