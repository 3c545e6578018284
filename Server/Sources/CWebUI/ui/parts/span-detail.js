// Everything about one span: beside the waterfall, or between its rows.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { slotClass } from "../model/colour.js";
import { formatDuration, shortID } from "../model/format.js";
import { attributeLinks } from "../model/links.js";
import { ERROR, KINDS, MISSING, UNFINISHED } from "../model/trace.js";
import { config } from "../state/config.js";
import { text } from "../text/en.js";
import { attributeTable } from "./attribute-table.js";
import "./copy-button.js";
import { loadingNotice, errorNotice } from "./notice.js";
import { spanPercentile } from "./span-percentile.js";

const MOST_CHILDREN = 30;
const MOST_JSON = 200_000;

class SpanDetail extends HTMLElement {
  #turn = 0;
  #asking = new AbortController();

  disconnectedCallback() {
    this.#asking.abort();
  }

  /** @param {import("../state/open-trace.js").OpenTrace} open */
  async show(open, span) {
    const turn = ++this.#turn;
    this.#asking.abort();
    this.#asking = new AbortController();
    if (open.isWhole) return this.#write(open, span, open.trace.detail(span));
    this.replaceChildren(loadingNotice());
    try {
      const detail = await open.detail(span, this.#asking.signal);
      if (turn === this.#turn) this.#write(open, span, detail);
    } catch (error) {
      if (error.name === "AbortError" || turn !== this.#turn) return;
      this.replaceChildren(errorNotice(error, () => this.show(open, span)));
    }
  }

  #write(open, span, detail) {
    const { trace } = open;
    const failed = (trace.flags[span] & ERROR) !== 0;
    const missing = (trace.flags[span] & MISSING) !== 0;
    const service = trace.services[trace.service[span]];
    const name = missing ? text.missingSpan : trace.names[trace.name[span]] || text.unnamed;
    this.replaceChildren(html`<section class="detail" aria-label="${text.span}">
      <header>
        <h2>${failed && html`<span class="error-glyph" title="${text.hasError}">!</span>`} ${name}</h2>
        <button type="button" class="quiet" aria-label="${text.close}" title="${text.close}"
          @click="${() => this.dispatchEvent(new Event("close"))}">${icons.close()}</button>
      </header>
      ${missing
        ? html`<p class="dim">${text.missingHint}</p>`
        : html`<p class="detail-service"><span
          class="service-dot ${slotClass(open.slots.get(service))}"></span>${service}</p>`}
      ${this.#facts(open, span)}
      ${warnings(said(trace, span, detail))}
      ${!missing && this.#sections(open, span, detail)}
    </section>`);
    this.scrollTop = 0;
  }

  #sections(open, span, detail) {
    const { trace } = open;
    const act = (name, attribute, level) =>
      this.dispatchEvent(new CustomEvent("value-act", { detail: { name, attribute, level }, bubbles: true }));
    const table = (attributes, level, type) =>
      attributeTable(attributes, { level, act, links: (attribute) => patternLinks(type, attribute, trace, span) });
    const inbound = open.referencing(span);
    const others = detail.references.filter((reference) => reference.span < 0 || reference.span !== trace.parent[span]);
    return [
      section(text.attributes, detail.tags.length, () => table(detail.tags, "span", "tags")),
      detail.logs.length > 0 && section(text.logs, detail.logs.length, () => logs(detail.logs, trace.start[span],
        table)),
      detail.references.length > 0 && section(text.references, detail.references.length, () =>
        html`<ul class="references">${detail.references.map((one) => this.#reference(one))}</ul>`, others.length > 0),
      inbound.length > 0 && section(text.referencedBy, inbound.length, () =>
        html`<ul class="references">${inbound.map((other) => html`<li><button type="button" class="as-link"
          @click="${() => this.#go(other)}">${trace.services[trace.service[other]]}
          ${trace.names[trace.name[other]] || text.unnamed}</button></li>`)}</ul>`),
      section(text.process, detail.process.length, () => table(detail.process, "resource", "process")),
      open.stored && this.#kind(open, span),
      this.#children(trace, span),
      detail.json && jsonSection(detail.json),
    ];
  }

  #facts({ trace, self }, span) {
    const id = trace.spanID(span);
    const href = `trace/${trace.id}?uiFind=${id}`;
    const link = new URL(href, document.baseURI).href;
    const duration = formatDuration(trace.length[span]);
    const kind = trace.kind[span] > 0 && text.spanKinds[KINDS[trace.kind[span]]];
    return html`<dl class="facts">
      <div><dt>${text.duration}</dt><dd>${trace.flags[span] & UNFINISHED ? text.unfinished(duration)
        : duration}</dd></div>
      <div><dt>${text.ownTimeTitle}</dt><dd>${formatDuration(self[span])}</dd></div>
      <div><dt>${text.startOffset}</dt><dd>${formatDuration(trace.start[span])}</dd></div>
      ${kind && html`<div><dt>${text.spanKind}</dt><dd>${kind}</dd></div>`}
      <div><dt>${text.spanID}</dt><dd><a href="${href}"><code>${id}</code></a>
        <copy-button .text="${id}" .what="${text.spanID}"></copy-button>
        <copy-button .text="${link}" .what="${text.link}"></copy-button></dd></div>
      ${trace.parent[span] >= 0 && html`<div><dt>${text.parent}</dt><dd><button type="button" class="as-link"
        title="${text.goToParent}" @click="${() => this.#go(trace.parent[span])}">
        ${trace.names[trace.name[trace.parent[span]]] || text.missingSpan}</button></dd></div>`}
    </dl>`;
  }

  #go(span) {
    this.dispatchEvent(new CustomEvent("span-go", { detail: span, bubbles: true }));
  }

  #reference(reference) {
    const type = html`<span class="dim">${reference.type}</span>`;
    const id = html`<code>${reference.spanID}</code>`;
    if (reference.span >= 0) {
      return html`<li>${type} <button type="button" class="as-link"
        @click="${() => this.#go(reference.span)}">${id}</button></li>`;
    }
    const href = `trace/${reference.traceID}?uiFind=${reference.spanID}`;
    const where = text.otherTrace(shortID(reference.traceID));
    return html`<li>${type} <a href="${href}">${id} <span>${where}</span>${icons.link()}</a></li>`;
  }

  /** This span among its kind: asked for when it is opened, because it is a question to the server. */
  #kind(open, span) {
    const body = html`<div></div>`;
    const asked = html`<details><summary>${text.amongItsKind}</summary>${body}</details>`;
    asked.addEventListener("toggle", async () => {
      if (asked.open && !body.firstChild) body.replaceChildren(await spanPercentile(open.trace, span,
        this.#asking.signal));
    });
    return asked;
  }

  #children(trace, span) {
    const items = [];
    const end = span + trace.size[span];
    let count = 0;
    for (let child = span + 1; child < end; child += trace.size[child]) {
      if (count++ >= MOST_CHILDREN) continue;
      items.push(html`<li><button type="button" class="as-link" @click="${() => this.#go(child)}">
        ${trace.names[trace.name[child]] || text.unnamed}</button> <span
          class="dim number">${formatDuration(trace.length[child])}</span></li>`);
    }
    if (count === 0) return null;
    if (count > items.length) items.push(html`<li class="dim">+ ${count - items.length}</li>`);
    return section(text.children, count, () => html`<ul class="children">${items}</ul>`, false);
  }
}

function patternLinks(type, attribute, trace, span) {
  const { linkPatterns } = config();
  if (!linkPatterns?.length) return [];
  return attributeLinks(linkPatterns, type, attribute, {
    traceID: trace.id,
    spanID: trace.spanID(span),
    startTime: Math.round(trace.startTime + trace.start[span]),
    duration: Math.round(trace.length[span]),
    endTime: Math.round(trace.startTime + trace.start[span] + trace.length[span]),
  });
}

function section(title, count, content, open = true) {
  return html`<details open="${open}"><summary>${title}<span class="count">${count}</span></summary>
    ${count > 0 ? content() : html`<p class="dim">${text.none}</p>`}</details>`;
}

function jsonSection(json) {
  const whole = JSON.stringify(json, null, 2);
  const shown = whole.length > MOST_JSON ? `${whole.slice(0, MOST_JSON)}\n…` : whole;
  return html`<details><summary>${text.detailTabs.json}</summary>
    <div class="json-box"><copy-button .text="${whole}" .what="${text.detailTabs.json}"></copy-button>
      <pre class="json" tabindex="0" aria-label="${text.detailTabs.json}">${shown}</pre></div></details>`;
}

/** What the server set right. Of a span that has not ended it says so in a way that only it reads. */
function said(trace, span, { warnings }) {
  if (!(trace.flags[span] & UNFINISHED)) return warnings;
  return [text.unfinishedHint, ...warnings.filter((warning) => !warning.startsWith("the span ends "))];
}

function warnings(list) {
  if (list.length === 0) return null;
  return html`<ul class="span-warnings" aria-label="${text.warnings}">
    ${list.map((warning) => html`<li>${icons.warning()}<span>${warning}</span></li>`)}</ul>`;
}

/** Times count from the start of the span; a log whose only field is its event is one line. */
function logs(list, spanStart, table) {
  const entries = list.map(({ time, fields }) => {
    const event = fields.find((field) => field.key === "event");
    const stack = fields.find((field) => field.key === "exception.stacktrace" || field.key === "stack");
    const rest = fields.filter((field) => field !== event && field !== stack);
    return html`<li><div class="log-head"><span class="number">${formatDuration(time - spanStart)}</span>
      <span class="log-event">${event ? String(event.value) : ""}</span></div>
      ${rest.length > 0 && table(rest, "event", "logs")}
      ${stack && html`<div class="stack"><copy-button .text="${String(stack.value)}" .what="${stack.key}"></copy-button>
        <pre tabindex="0" aria-label="${stack.key}">${String(stack.value)}</pre></div>`}</li>`;
  });
  return html`<ol class="logs">${entries}</ol>`;
}

customElements.define("span-detail", SpanDetail);
