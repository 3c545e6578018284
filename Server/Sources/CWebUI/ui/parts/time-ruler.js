// Round times above the waterfall. Dragging over it chooses the range to look at.

import { html } from "../draw/html.js";
import { formatTick } from "../model/format.js";
import { niceTicks } from "../model/scale.js";

const TICK_WIDTH = 110; // px that a label should have to itself
const CLICK = 4; // px below which a drag is a click

class TimeRuler extends HTMLElement {
  ticks = [];
  #from = 0;
  #to = 1;

  connectedCallback() {
    this.observer = new ResizeObserver(() => this.show(this.#from, this.#to));
    this.observer.observe(this);
    dragRange(this, (from, to) => {
      const width = this.#to - this.#from;
      const detail = [this.#from + from * width, this.#from + to * width];
      this.dispatchEvent(new CustomEvent("zoom-range", { detail, bubbles: true }));
    });
  }

  disconnectedCallback() {
    this.observer.disconnect();
  }

  /** @param {number} from µs @param {number} to µs */
  show(from, to) {
    this.#from = from;
    this.#to = to;
    const wanted = Math.max(2, Math.floor(this.clientWidth / TICK_WIDTH));
    this.ticks = niceTicks(from, to, wanted);
    const step = this.ticks.length > 1 ? this.ticks[1] - this.ticks[0] : to - from;
    const labels = this.ticks.map((tick) => {
      const label = html`<span class="tick">${formatTick(tick, step)}</span>`;
      label.style.left = `${(100 * (tick - from)) / (to - from)}%`;
      return label;
    });
    for (const old of this.querySelectorAll(".tick")) old.remove();
    this.append(...labels);
    this.dispatchEvent(new Event("ticks"));
  }
}

/** Lets the pointer mark a range of an element; `chosen` gets both ends as fractions of its width, in order. */
export function dragRange(element, chosen) {
  element.addEventListener("pointerdown", (down) => {
    if (down.button !== 0 || down.target.closest("[role=slider]")) return;
    const box = element.getBoundingClientRect();
    const at = (event) => Math.max(0, Math.min(box.width, event.clientX - box.left));
    const begin = at(down);
    const mark = html`<div class="drag-mark"></div>`;
    element.append(mark);
    element.setPointerCapture(down.pointerId);
    const move = (event) => {
      mark.style.left = `${Math.min(begin, at(event))}px`;
      mark.style.width = `${Math.abs(at(event) - begin)}px`;
    };
    const finish = (event) => {
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", finish);
      element.removeEventListener("pointercancel", finish);
      mark.remove();
      const end = at(event);
      if (event.type === "pointerup" && Math.abs(end - begin) > CLICK) {
        chosen(Math.min(begin, end) / box.width, Math.max(begin, end) / box.width);
      }
    };
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", finish);
    element.addEventListener("pointercancel", finish);
  });
}

customElements.define("time-ruler", TimeRuler);
