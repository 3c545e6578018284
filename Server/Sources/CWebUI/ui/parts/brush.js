// A rectangle that the pointer draws over a chart to narrow a search. A click is not a brush.

const LEAST = 5; // px that count as drawn

export class Brush {
  /**
   * @param {HTMLElement} surface takes the pointer; the rectangle is put beside it
   * @param {{plot: () => {left: number, right: number, top: number, bottom: number}, vertical: boolean,
   *   done: (box: {left: number, right: number, top: number, bottom: number, tall: boolean}) => void}} options
   *   plot is what can be brushed, in px of the surface; tall says that the height was drawn on purpose
   */
  constructor(surface, { plot, vertical, done }) {
    this.surface = surface;
    this.plot = plot;
    this.vertical = vertical;
    this.done = done;
    this.box = document.createElement("div");
    this.box.className = "brush";
    this.box.hidden = true;
    surface.after(this.box);
    this.start = null;
    surface.addEventListener("pointerdown", (event) => this.#down(event));
    surface.addEventListener("pointermove", (event) => this.#move(event));
    surface.addEventListener("pointerup", (event) => this.#up(event));
    surface.addEventListener("pointercancel", () => this.#cancel());
  }

  /** Whether a rectangle is being drawn, or was drawn by what is now a click. */
  get active() {
    return !this.box.hidden || this.drawn;
  }

  #down(event) {
    this.drawn = false;
    if (event.button !== 0) return;
    this.start = { x: event.offsetX, y: event.offsetY };
    this.surface.setPointerCapture(event.pointerId);
  }

  #move(event) {
    if (!this.start) return;
    const box = this.#rectangle(event);
    if (box.right - box.left < LEAST && !box.tall) return;
    this.box.hidden = false;
    this.box.style.left = `${box.left + this.surface.offsetLeft}px`;
    this.box.style.top = `${box.top + this.surface.offsetTop}px`;
    this.box.style.width = `${box.right - box.left}px`;
    this.box.style.height = `${box.bottom - box.top}px`;
  }

  #up(event) {
    if (!this.start) return;
    const box = this.#rectangle(event);
    const drawn = !this.box.hidden;
    this.#cancel();
    this.drawn = drawn;
    if (drawn) this.done(box);
  }

  #cancel() {
    this.start = null;
    this.box.hidden = true;
  }

  #rectangle(event) {
    const { left, right, top, bottom } = this.plot();
    const x = (value) => Math.max(left, Math.min(right, value));
    const y = (value) => Math.max(top, Math.min(bottom, value));
    const tall = this.vertical && Math.abs(event.offsetY - this.start.y) > 3 * LEAST;
    const xs = [x(this.start.x), x(event.offsetX)].sort((a, b) => a - b);
    const ys = [y(this.start.y), y(event.offsetY)].sort((a, b) => a - b);
    const whole = tall && xs[1] - xs[0] < LEAST;
    return {
      left: whole ? left : xs[0],
      right: whole ? right : xs[1],
      top: tall ? ys[0] : top,
      bottom: tall ? ys[1] : bottom,
      tall,
    };
  }
}
