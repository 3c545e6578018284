// What the charts above the results share: a canvas, a note at the pointer, a rectangle that narrows the search.

import { Palette, Surface } from "../draw/canvas.js";
import { html } from "../draw/html.js";
import { Brush } from "./brush.js";

const LEFT = 64;
const RIGHT = 16;
const TOP = 16;
const BOTTOM = 24;

/**
 * A chart says what it draws (`draw`), what is at a place of it (`targetAt`), what a note tells of that (`note`, beside
 * `notePlace`), what a click on it does (`choose`) and what a rectangle means (`brushed`).
 */
export class BrushedChart extends HTMLElement {
  /** Whether the height of a rectangle means something. */
  static vertical = true;

  connectedCallback() {
    if (this.canvas) return;
    this.canvas = html`<canvas role="img"></canvas>`;
    this.tip = html`<div class="tip" hidden></div>`;
    this.replaceChildren(this.canvas, this.tip);
    this.palette = new Palette(this);
    this.surface = new Surface(this.canvas, (context, width, height) => {
      context.clearRect(0, 0, width, height);
      context.font = getComputedStyle(this.canvas).font;
      this.draw(context, this.plot(width, height));
    });
    this.brush = new Brush(this.canvas, {
      plot: () => this.plot(),
      vertical: this.constructor.vertical,
      done: (box) => this.brushed(box),
    });
    this.canvas.addEventListener("pointermove", (event) => this.#point(this.#under(event), event));
    this.canvas.addEventListener("pointerleave", () => this.#point(null));
    this.canvas.addEventListener("click", (event) => {
      const target = this.#under(event);
      if (target) this.choose(target);
    });
  }

  disconnectedCallback() {
    this.surface.disconnect();
    this.canvas = null;
  }

  /** Where it is drawn within the canvas, in px. */
  plot(width = this.canvas.clientWidth, height = this.canvas.clientHeight) {
    return { left: LEFT, right: width - RIGHT, top: TOP, bottom: height - BOTTOM };
  }

  /** Draws again, under another name. */
  redraw(label) {
    this.canvas.setAttribute("aria-label", label);
    this.surface.draw();
  }

  /** Asks for a narrower search: start and end in µs since 1970, perhaps least and most of the duration in µs. */
  narrow(detail) {
    this.dispatchEvent(new CustomEvent("narrow", { detail, bubbles: true }));
  }

  #under(event) {
    return this.brush.active ? null : this.targetAt(event);
  }

  #point(target, event) {
    this.tip.hidden = !target;
    this.canvas.classList.toggle("over", Boolean(target));
    if (!target) return;
    this.tip.replaceChildren(this.note(target));
    const { x, y } = this.notePlace(target, event);
    const left = Math.min(x, this.canvas.clientWidth - this.tip.offsetWidth - 4);
    this.tip.style.transform = `translate(${Math.max(0, left)}px, ${Math.max(0, y)}px)`;
  }
}
