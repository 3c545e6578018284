// The whole trace in one strip, with the range in view. Drag to choose a range, or move its ends with the keys.

import { afterPaint } from "../draw/after-paint.js";
import { Palette, Surface } from "../draw/canvas.js";
import { timeGestures } from "../draw/gestures.js";
import { html } from "../draw/html.js";
import { slotClass } from "../model/colour.js";
import { formatDuration, formatTick } from "../model/format.js";
import { paintMinimap } from "../model/minimap.js";
import { niceTicks } from "../model/scale.js";
import { bounded, zoomed } from "../model/zoom.js";
import { text } from "../text/en.js";
import { dragRange } from "./time-ruler.js";

const LARGE = 20_000; // spans from which the picture waits until the rows are on the screen
const STEP = 0.02; // of the trace, for a press of an arrow key

class MiniMap extends HTMLElement {
  #trace = null;
  #slots = new Map();
  #zoom = [0, 1];
  #waits = false;
  #picture = null; // and what it shows

  connectedCallback() {
    if (this.canvas) return;
    this.canvas = html`<canvas role="img" aria-label="${text.minimap}"></canvas>`;
    this.labels = html`<div class="mini-ticks"></div>`;
    this.before = html`<div class="mini-shade"></div>`;
    this.after = html`<div class="mini-shade"></div>`;
    this.handles = [text.zoomFrom, text.zoomTo].map(
      (label, edge) => html`<div class="mini-handle" role="slider" tabindex="0" aria-label="${label}"
        aria-valuemin="0" @keydown="${(event) => this.#key(event, edge)}"></div>`,
    );
    const strip = html`<div class="mini-strip">${this.canvas}${this.before}${this.after}${this.handles}</div>`;
    this.replaceChildren(this.labels, strip);
    this.palette = new Palette(this);
    this.surface = new Surface(this.canvas, (...size) => this.#draw(...size));
    timeGestures(strip, {
      box: () => strip.getBoundingClientRect(),
      zoom: (factor, at) => this.#choose(...zoomed(this.#zoom, factor, this.#trace.duration,
        at * this.#trace.duration)),
      pan: (share) => this.#choose(...bounded(this.#zoom.map((edge) => edge + share * this.#trace.duration),
        this.#trace.duration)),
    });
    dragRange(strip, (from, to) => this.#choose(from * this.#trace.duration, to * this.#trace.duration));
    this.handles.forEach((handle, edge) => handle.addEventListener("pointerdown", (event) => this.#drag(event, edge)));
  }

  disconnectedCallback() {
    this.surface.disconnect();
  }

  /** @param {import("../state/open-trace.js").OpenTrace} open */
  show({ trace, slots }, zoom) {
    this.#trace = trace;
    this.#slots = slots;
    this.#labelTicks();
    this.#waits = trace.count >= LARGE;
    if (this.#waits) {
      afterPaint(() => {
        this.#waits = false;
        this.surface.draw();
      });
    } else this.surface.draw();
    this.zoom(zoom);
  }

  /** @param {[number, number]} range µs */
  zoom(range) {
    this.#zoom = range;
    const whole = Math.max(1, this.#trace.duration);
    const [from, to] = range.map((edge) => (100 * edge) / whole);
    this.before.style.width = `${from}%`;
    this.after.style.width = `${100 - to}%`;
    this.after.style.left = `${to}%`;
    this.handles.forEach((handle, edge) => {
      handle.style.left = `${edge === 0 ? from : to}%`;
      handle.setAttribute("aria-valuemax", String(Math.round(whole)));
      handle.setAttribute("aria-valuenow", String(Math.round(range[edge])));
      handle.setAttribute("aria-valuetext", formatDuration(range[edge]));
    });
  }

  #labelTicks() {
    const whole = Math.max(1, this.#trace.duration);
    const ticks = niceTicks(0, whole, 5);
    this.labels.replaceChildren(
      ...ticks.map((tick) => {
        const label = html`<span class="tick">${formatTick(tick, ticks[1] - ticks[0] || whole)}</span>`;
        label.style.left = `${(100 * tick) / whole}%`;
        return label;
      }),
    );
  }

  #draw(context) {
    if (!this.#trace || this.#waits) return;
    const { width, height } = this.canvas;
    const colours = Uint32Array.from(this.#trace.services, (service) =>
      this.palette.pixel(`service-ink ${slotClass(this.#slots.get(service))}`),
    );
    const error = this.palette.pixel("error");
    const shows = `${width} ${height} ${error} ${colours.join(" ")}`;
    if (this.#picture?.trace !== this.#trace || this.#picture.shows !== shows) {
      const image = context.createImageData(width, height);
      paintMinimap(this.#trace, new Uint32Array(image.data.buffer), width, height, colours, error);
      this.#picture = { trace: this.#trace, shows, image };
    }
    context.putImageData(this.#picture.image, 0, 0);
  }

  #key(event, edge) {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -5, PageUp: 5 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.#move(edge, this.#zoom[edge] + step * STEP * this.#trace.duration);
  }

  #drag(down, edge) {
    down.preventDefault();
    const handle = this.handles[edge];
    const box = this.canvas.getBoundingClientRect();
    handle.setPointerCapture(down.pointerId);
    const move = (event) => this.#move(edge, ((event.clientX - box.left) / box.width) * this.#trace.duration);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", move), {
      once: true,
    });
  }

  #move(edge, to) {
    const range = [...this.#zoom];
    const least = this.#trace.duration / 1e5;
    if (edge === 0) range[0] = Math.max(0, Math.min(to, range[1] - least));
    else range[1] = Math.min(this.#trace.duration, Math.max(to, range[0] + least));
    this.#choose(...range);
  }

  #choose(from, to) {
    this.dispatchEvent(new CustomEvent("zoom-range", { detail: [from, to], bubbles: true }));
  }
}

customElements.define("mini-map", MiniMap);
