// One recycled row of the waterfall. Writes only what differs from the span that it showed before.

import { html } from "../draw/html.js";
import { formatDuration } from "../model/format.js";
import { ERROR } from "../model/trace.js";
import { text } from "../text/en.js";

const DEEPEST = 24; // levels that are indented; below, a number says how deep
const MOST_TICKS = 40;

let made = 0;

export class SpanRow {
  span = -1;
  #ticks = [];

  /** @param {any} waterfall whose trace, zoom, classes and collapsed set the row shows */
  constructor(waterfall) {
    this.waterfall = waterfall;
    this.guides = html`<span class="guides"></span>`;
    this.level = html`<span class="level"></span>`;
    this.twist = html`<span class="twist" aria-hidden="true"></span>`;
    this.mark = html`<span class="error-glyph" role="img">!</span>`;
    this.service = document.createTextNode("");
    this.operation = document.createTextNode("");
    this.bar = html`<span class="bar"></span>`;
    this.logs = html`<span class="log-ticks"></span>`;
    this.duration = document.createTextNode("");
    this.label = html`<span class="bar-label">${this.duration}</span>`;
    this.stripe = html`<span class="stripe"></span>`;
    this.lane = html`<div class="lane" role="gridcell">
      <div class="lane-inner">${this.bar}${this.logs}${this.label}</div></div>`;
    this.element = html`<div class="row" role="row" id="span-row-${made++}">
      <div class="name" role="gridcell">${this.guides}${this.level}${this.twist}${this.stripe}${this.mark}
        <span class="service">${this.service}</span> <span class="operation">${this.operation}</span></div>
      ${this.lane}</div>`;
    this.element.spanRow = this;
  }

  write(span, index) {
    const { trace, collapsed, classes, below, matches, active, selected } = this.waterfall;
    this.span = span;
    const parent = trace.size[span] > 1;
    const closed = parent && collapsed[span] === 1;
    const failed = (trace.flags[span] & ERROR) !== 0;
    const service = trace.service[span];
    const depth = trace.depth[span];
    const { element } = this;
    set(element, "aria-rowindex", String(index + 1));
    set(element, "aria-level", String(depth + 1));
    set(element, "aria-expanded", parent ? String(!closed) : null);
    set(element, "aria-selected", String(span === selected));
    element.classList.toggle("active", span === active);
    element.classList.toggle("failed", failed);
    element.classList.toggle("match", matches.has(span));
    this.guides.style.width = `${Math.min(depth, DEEPEST) * 14}px`;
    write(this.level, depth > DEEPEST ? String(depth + 1) : "");
    this.mark.hidden = !failed && !(closed && below[span] > 0);
    this.mark.classList.toggle("hollow", !failed);
    set(this.mark, "aria-label", failed ? text.hasError : text.errorBelow);
    write(this.service, trace.services[service]);
    write(this.operation, trace.names[trace.name[span]] || text.unnamed);
    name(this.stripe, `stripe ${classes[service]}`);
    name(this.bar, `bar ${classes[service]}`);
    this.#writeBar(trace.start[span], trace.length[span]);
    this.#writeLogs(span);
    element.title = closed ? text.hiddenSpans(trace.size[span] - 1) : "";
  }

  #writeBar(start, length) {
    const [from, to] = this.waterfall.zoom;
    const scale = 100 / (to - from);
    const left = Math.max(0, Math.min(100, (start - from) * scale));
    const right = Math.max(0, Math.min(100, (start + length - from) * scale));
    const outside = start > to ? "after" : start + length < from ? "before" : "";
    if (this.lane.dataset.outside !== outside) this.lane.dataset.outside = outside;
    this.bar.style.left = `${left}%`;
    this.bar.style.width = `${right - left}%`;
    this.label.style.left = `${right}%`;
    const duration = formatDuration(length);
    write(this.duration, duration);
    this.lane.title = text.barTitle(duration, formatDuration(start));
  }

  #writeLogs(span) {
    const { trace, zoom } = this.waterfall;
    const [from, to] = zoom;
    const first = trace.logOffset[span];
    const wanted = Math.min(MOST_TICKS, trace.logOffset[span + 1] - first);
    while (this.#ticks.length < wanted) {
      const tick = document.createElement("i");
      this.#ticks.push(tick);
      this.logs.append(tick);
    }
    for (let i = 0; i < this.#ticks.length; i++) {
      const time = i < wanted ? trace.logTime[first + i] : -1;
      const shown = i < wanted && time >= from && time <= to;
      if (this.#ticks[i].hidden === shown) this.#ticks[i].hidden = !shown;
      if (shown) this.#ticks[i].style.left = `${(100 * (time - from)) / (to - from)}%`;
    }
  }
}

function write(node, value) {
  if (node.nodeType === Node.TEXT_NODE) {
    if (node.nodeValue !== value) node.nodeValue = value;
  } else if (node.textContent !== value) node.textContent = value;
}

function set(element, attribute, value) {
  if (element.getAttribute(attribute) === value) return;
  if (value === null) element.removeAttribute(attribute);
  else element.setAttribute(attribute, value);
}

function name(element, className) {
  if (element.className !== className) element.className = className;
}
