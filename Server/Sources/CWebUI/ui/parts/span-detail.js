// Everything about one span, in a panel beside the waterfall.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { slotClass } from "../model/colour.js";
import { formatDuration, shortID } from "../model/format.js";
import { ERROR } from "../model/trace.js";
import { text } from "../text/en.js";
import { attributeTable } from "./attribute-table.js";
import "./copy-button.js";

class SpanDetail extends HTMLElement {
  /** @param {import("../model/trace.js").Trace} trace */
  show(trace, span, slots) {
    const detail = trace.detail(span);
    const failed = (trace.flags[span] & ERROR) !== 0;
    const service = trace.services[trace.service[span]];
    this.replaceChildren(html`<section class="detail" aria-label="${text.span}">
      <header>
        <h2>${failed && html`<span class="error-glyph" title="${text.hasError}">!</span>`}
          ${trace.names[trace.name[span]] || text.unnamed}</h2>
        <button type="button" class="quiet" aria-label="${text.close}" title="${text.close}"
          @click="${() => this.dispatchEvent(new Event("close"))}">${icons.close()}</button>
      </header>
      <p class="detail-service"><span class="service-dot ${slotClass(slots.get(service))}"></span>${service}</p>
      ${this.#facts(trace, span)}
      ${detail.warnings.length > 0 && warnings(detail.warnings)}
      ${section(text.tags, detail.tags.length, attributeTable(detail.tags))}
      ${detail.logs.length > 0 && section(text.logs, detail.logs.length, logs(detail.logs, trace.start[span]))}
      ${detail.references.length > 0 && this.#references(detail.references)}
      ${section(text.process, detail.process.length, attributeTable(detail.process))}
    </section>`);
    this.scrollTop = 0;
  }

  #facts(trace, span) {
    const id = trace.spanIDs[span];
    const link = new URL(`trace/${trace.id}?uiFind=${id}`, document.baseURI).href;
    return html`<dl class="facts">
      <div><dt>${text.duration}</dt><dd>${formatDuration(trace.length[span])}</dd></div>
      <div><dt>${text.startOffset}</dt><dd>${formatDuration(trace.start[span])}</dd></div>
      <div><dt>${text.spanID}</dt><dd><a href="trace/${trace.id}?uiFind=${id}"><code>${id}</code></a>
        <copy-button .text="${link}" .what="${text.link}"></copy-button></dd></div>
    </dl>`;
  }

  #references(references) {
    const items = references.map((reference) => {
      const type = html`<span class="dim">${reference.type}</span>`;
      const id = html`<code>${reference.spanID}</code>`;
      if (reference.span < 0) {
        const href = `trace/${reference.traceID}?uiFind=${reference.spanID}`;
        const where = text.otherTrace(shortID(reference.traceID));
        return html`<li>${type} <a href="${href}">${id} <span>${where}</span>${icons.link()}</a></li>`;
      }
      const go = () => this.dispatchEvent(new CustomEvent("span-go", { detail: reference.span }));
      return html`<li>${type} <button type="button" class="as-link" @click="${go}">${id}</button></li>`;
    });
    return section(text.references, references.length, html`<ul class="references">${items}</ul>`);
  }
}

function section(title, count, content) {
  return html`<details open><summary>${title}<span class="count">${count}</span></summary>
    ${count > 0 ? content : html`<p class="dim">${text.none}</p>`}</details>`;
}

function warnings(list) {
  return html`<ul class="span-warnings" aria-label="${text.warnings}">
    ${list.map((warning) => html`<li>${icons.warning()}<span>${warning}</span></li>`)}</ul>`;
}

/** Times count from the start of the span; a log whose only field is its event is one line. */
function logs(list, spanStart) {
  const entries = list.map(({ time, fields }) => {
    const event = fields.find((field) => field.key === "event");
    const rest = fields.filter((field) => field !== event);
    return html`<li><div class="log-head"><span class="number">${formatDuration(time - spanStart)}</span>
      <span class="log-event">${event ? String(event.value) : ""}</span></div>
      ${rest.length > 0 && attributeTable(rest)}</li>`;
  });
  return html`<ol class="logs">${entries}</ol>`;
}

customElements.define("span-detail", SpanDetail);
