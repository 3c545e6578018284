// What both shapes of a result show of a trace: where a link to it goes, services as pills, a bar for its duration.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { slotClass } from "../model/colour.js";
import { formatAge, formatClock, formatDay, formatDuration, shortID } from "../model/format.js";
import { locale, text } from "../text/en.js";

const MOST_PILLS = 6;

/** A trace, at the first of the spans that matched if there is one. */
export function traceLink(summary) {
  return `trace/${summary.traceID}${summary.firstMatch && `?s=${summary.firstMatch}`}`;
}

export function nameCell(summary, slots) {
  return [
    html`<span class="service-dot ${slotClass(slots.get(summary.service) ?? 0)}"></span>`,
    html`<span class="service">${summary.service}</span>`,
    html`<span class="operation">${summary.operation || text.unnamed}</span>`,
    !summary.rooted && html`<span class="warn" title="${text.rootMissing}">${icons.warning()}</span>`,
    html`<code class="short-id">${shortID(summary.traceID)}</code>`,
  ];
}

/** @param {{service: string, operation: string, traceID: string}} span as the live tail tells it */
export function spanNameCell(span, slots) {
  return [
    html`<span class="service-dot ${slotClass(slots.get(span.service) ?? 0)}"></span>`,
    html`<span class="service">${span.service}</span>`,
    html`<span class="operation">${span.operation || text.unnamed}</span>`,
    html`<code class="short-id">${shortID(span.traceID)}</code>`,
  ];
}

export function pills(services, slots) {
  const shown = services.slice(0, MOST_PILLS).map(
    ({ name, spans, errors }) => html`<span class="pill ${slotClass(slots.get(name))}">
      ${errors > 0 && html`<span class="error-glyph" title="${text.errors(errors)}">!</span>`}
      <span class="pill-name">${name}</span> <span class="pill-count">${spans}</span></span>`,
  );
  const rest = services.slice(MOST_PILLS);
  const names = rest.map((service) => service.name).join(", ");
  return rest.length ? [...shown, html`<span class="more" title="${names}">+${rest.length}</span>`] : shown;
}

export function errorBadge(n) {
  return html`<span class="error-badge"><span class="error-glyph">!</span> ${text.errors(n)}</span>`;
}

export function durationCell(summary, longest) {
  const meter = html`<span class="meter-fill"></span>`;
  meter.style.width = `${(100 * summary.duration) / longest}%`;
  return [
    html`<span class="number">${formatDuration(summary.duration)}</span>`,
    html`<span class="meter">${meter}</span>`,
  ];
}

export function timeCell(summary, now) {
  const day = formatDay(summary.startTime, locale);
  const prefix = day === formatDay(now, locale) ? "" : `${day} `;
  return [
    html`<span class="number">${prefix}${formatClock(summary.startTime, locale)}</span>`,
    html`<span class="age">${formatAge(summary.startTime, now, locale)}</span>`,
  ];
}

export function matchedCell(summary) {
  const { matched } = summary;
  return matched > 0 && html`<span class="matched" title="${text.matchedTitle}">${text.matched(matched)}</span>`;
}

/** The box that picks a trace for comparing. */
export function pickBox(summary, picked, onChange) {
  return html`<input type="checkbox" .checked="${picked}" aria-label="${text.pick(shortID(summary.traceID))}"
    @change="${(event) => onChange(summary.traceID, event.target.checked)}">`;
}
