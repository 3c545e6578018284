// One recycled row of the waterfall. Writes only what differs from the span that it showed before.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { slotClass } from "../model/colour.js";
import { formatDuration } from "../model/format.js";
import { EARLY, ERROR, KINDS, LINKED, MISSING, UNFINISHED, WARNED } from "../model/trace.js";
import { text } from "../text/en.js";
import { Marks, childShade, name, placeBar, set, write } from "./row-drawing.js";
import { pills, peerOf } from "./span-pills.js";

const DEEPEST = 24; // levels that are indented; below, a number says how deep
const MOST_TICKS = 40;
const MOST_PIECES = 40;
const KIND_SIGNS = ["", "", "↘", "↗", "⇢", "⇠"];

let made = 0;

export class SpanRow {
  span = -1;
  fold = null;

  /** @param {any} waterfall whose trace, zoom, colours and folds the row shows */
  constructor(waterfall) {
    this.waterfall = waterfall;
    this.guides = html`<span class="guides"></span>`;
    this.level = html`<span class="level"></span>`;
    this.twist = html`<span class="twist" aria-hidden="true"></span>`;
    this.mark = html`<span class="error-glyph" role="img">!</span>`;
    this.kind = html`<span class="kind" role="img"></span>`;
    this.early = html`<span class="row-mark" role="img" aria-label="${text.early}" title="${text.earlyHint}"
      hidden>${icons.clock()}</span>`;
    this.warned = html`<span class="row-mark warn" role="img"
      aria-label="${text.warnings}" hidden>${icons.warning()}</span>`;
    this.linked = html`<span class="row-mark" role="img" aria-label="${text.hasLinks}" title="${text.hasLinks}"
      hidden>${icons.chain()}</span>`;
    this.service = document.createTextNode("");
    this.operation = document.createTextNode("");
    this.peer = html`<span class="peer" hidden></span>`;
    this.pills = html`<span class="span-pills"></span>`;
    this.bar = html`<span class="bar"></span>`;
    this.path = html`<span class="path-marks"></span>`;
    this.ticks = html`<span class="log-ticks"></span>`;
    this.duration = document.createTextNode("");
    this.label = html`<span class="bar-label">${this.duration}</span>`;
    this.stripe = html`<span class="stripe"></span>`;
    this.show = html`<button type="button" class="as-link" tabindex="-1" hidden></button>`;
    this.lane = html`<div class="lane" role="gridcell">
      <div class="lane-inner">${this.bar}${this.path}${this.ticks}${this.label}</div></div>`;
    this.element = html`<div class="row" role="row" id="span-row-${made++}">
      <div class="name" role="gridcell">${this.guides}${this.level}${this.twist}${this.stripe}${this.mark}${this.kind}
        <span class="service">${this.service}</span> <span class="operation">${this.operation}</span>
        ${this.peer}${this.early}${this.warned}${this.linked}${this.show}${this.pills}</div>
      ${this.lane}</div>`;
    this.element.spanRow = this;
    this.logMarks = new Marks(this.ticks, MOST_TICKS);
    this.pathMarks = new Marks(this.path, MOST_PIECES);
  }

  write(row, index) {
    set(this.element, "aria-rowindex", String(index + 1));
    if (row < 0) this.#writeFold(this.waterfall.folds[-1 - row]);
    else this.#writeSpan(row);
  }

  #writeSpan(span) {
    const { open, collapsed, matches, active, selected, hovered } = this.waterfall;
    const { trace } = open;
    const { element } = this;
    this.span = span;
    this.fold = null;
    const flags = trace.flags[span];
    const parent = trace.size[span] > 1;
    const closed = parent && collapsed[span] === 1;
    const failed = (flags & ERROR) !== 0;
    const missing = (flags & MISSING) !== 0;
    const depth = trace.depth[span];
    set(element, "aria-level", String(depth + 1));
    set(element, "aria-expanded", parent ? String(!closed) : null);
    set(element, "aria-selected", String(span === selected));
    this.#classes({
      active: span === active,
      failed,
      missing,
      unfinished: (flags & UNFINISHED) !== 0,
      match: matches !== null && matches[span] === 1,
      below: hovered >= 0 && span > hovered && span < hovered + trace.size[hovered],
      fold: false,
    });
    this.#indent(depth);
    this.mark.hidden = !failed && !(closed && open.below[span] > 0);
    this.mark.classList.toggle("hollow", !failed);
    set(this.mark, "aria-label", failed ? text.hasError : text.errorBelow);
    const kind = missing ? 0 : trace.kind[span];
    write(this.kind, KIND_SIGNS[kind]);
    this.kind.hidden = KIND_SIGNS[kind] === "";
    set(this.kind, "aria-label", kind ? text.spanKinds[KINDS[kind]] : null);
    set(this.kind, "title", kind ? text.spanKinds[KINDS[kind]] : null);
    this.early.hidden = !(flags & EARLY);
    this.warned.hidden = !(flags & WARNED);
    this.linked.hidden = !(flags & LINKED);
    this.show.hidden = true;
    write(this.service, missing ? text.missingSpan : trace.services[trace.service[span]]);
    write(this.operation, missing ? trace.spanID(span) : trace.names[trace.name[span]] || text.unnamed);
    const slot = slotClass(this.waterfall.slotOf(span));
    name(this.stripe, `stripe ${slot}`);
    name(this.bar, `bar ${slot}`);
    this.#writePeer(span, missing);
    this.#writeTime(span, missing);
    element.title = closed ? text.hiddenSpans(trace.size[span] - 1) : "";
  }

  #writePeer(span, missing) {
    const { open, showPills } = this.waterfall;
    const detail = showPills && !missing ? open.detailSoon(span) : open.detailNow(span);
    const tags = showPills && !missing ? pills(detail.tags) : [];
    const called = missing || open.trace.size[span] > 1 ? "" : peerOf(detail.tags, open.trace.kind[span]);
    const peer = tags.some((pill) => pill.textContent === called) ? "" : called;
    write(this.peer, peer && `→ ${peer}`);
    this.peer.hidden = !peer;
    this.peer.title = peer && text.uninstrumented(peer);
    this.pills.replaceChildren(...tags);
  }

  #writeTime(span, missing) {
    const { open, zoom, showPath, room } = this.waterfall;
    const { trace } = open;
    const start = trace.start[span];
    const length = trace.length[span];
    const duration = formatDuration(length);
    const unfinished = (trace.flags[span] & UNFINISHED) !== 0;
    write(this.duration, missing ? "" : unfinished ? text.unfinished(duration) : duration);
    placeBar(this, start, length, zoom, room);
    this.lane.title = "";
    this.bar.style.setProperty("--below", missing ? "none" : childShade(trace, span, zoom));
    this.#writeLogs(span);
    const critical = showPath ? open.critical : null;
    const first = critical ? critical.offset[span] : 0;
    const count = critical ? critical.offset[span + 1] - first : 0;
    this.pathMarks.place(count, (k) => [critical.pieceFrom[first + k], critical.pieceTo[first + k]], zoom);
  }

  /** What one reads about the bar under the pointer; own times of a large trace are not worked out before. */
  describe() {
    if (this.span < 0 || this.lane.title) return;
    const { trace, self } = this.waterfall.open;
    const time = (value) => formatDuration(value);
    this.lane.title = trace.flags[this.span] & MISSING ? text.missingHint
      : text.barTitle(time(trace.length[this.span]), time(trace.start[this.span]), time(self[this.span]));
  }

  #writeLogs(span) {
    const { trace } = this.waterfall.open;
    const first = trace.logOffset[span];
    const time = (k) => [trace.logTime[first + k], trace.logTime[first + k]];
    this.logMarks.place(trace.logOffset[span + 1] - first, time, this.waterfall.zoom);
  }

  /** A line for spans without a row: what was hidden, or what is repeated. */
  #writeFold(fold) {
    const { open, zoom, room } = this.waterfall;
    const { trace } = open;
    const { element } = this;
    this.span = -1;
    this.fold = fold;
    const repeats = fold.kind === "repeats";
    set(element, "aria-level", String(trace.depth[fold.first] + 1));
    set(element, "aria-expanded", String(fold.open));
    set(element, "aria-selected", "false");
    this.#classes({ active: false, failed: false, missing: !repeats, unfinished: false, match: false, below: false,
      fold: true });
    this.#indent(trace.depth[fold.first]);
    this.mark.hidden = fold.errors === 0;
    this.mark.classList.add("hollow");
    set(this.mark, "aria-label", text.errors(fold.errors));
    for (const part of [this.kind, this.early, this.warned, this.linked, this.peer]) part.hidden = true;
    this.pills.replaceChildren();
    write(this.service, repeats ? text.times(fold.members) : "");
    const like = `${trace.services[trace.service[fold.first]]} ${trace.names[trace.name[fold.first]]}`;
    write(this.operation, repeats ? like : text.foldedSpans(fold.count, formatDuration(fold.self), fold.errors));
    this.show.hidden = repeats;
    write(this.show, text.show);
    const slot = repeats ? slotClass(this.waterfall.slotOf(fold.first)) : "";
    name(this.stripe, `stripe ${slot}`);
    name(this.bar, `bar ${slot} ${repeats ? "repeats" : "hidden-spans"}`);
    write(this.duration, repeats ? text.ownTime(formatDuration(fold.self)) : "");
    placeBar(this, fold.from, fold.to - fold.from, zoom, room);
    this.bar.style.setProperty("--below", "none");
    this.lane.title = "";
    element.title = repeats ? text.repeatsHint : text.hiddenHint;
    this.logMarks.place(0, null, zoom);
    this.pathMarks.place(0, null, zoom);
  }

  #indent(depth) {
    this.guides.style.width = `${Math.min(depth, DEEPEST) * 14}px`;
    write(this.level, depth > DEEPEST ? String(depth + 1) : "");
  }

  #classes(classes) {
    for (const [className, on] of Object.entries(classes)) {
      if (this.element.classList.contains(className) !== on) this.element.classList.toggle(className, on);
    }
  }
}
