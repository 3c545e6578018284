// A canvas in device pixels, at most two to a CSS pixel, that is drawn again when its size or the theme changes.

export class Surface {
  /**
   * @param {HTMLCanvasElement} canvas sized by the style sheet
   * @param {(context: CanvasRenderingContext2D, width: number, height: number, ratio: number) => void} draw
   *   in CSS pixels
   */
  constructor(canvas, draw) {
    this.canvas = canvas;
    this.paint = draw;
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(canvas);
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.redraw = () => this.draw();
    this.dark.addEventListener("change", this.redraw);
    document.addEventListener("theme-change", this.redraw);
  }

  disconnect() {
    this.observer.disconnect();
    this.dark.removeEventListener("change", this.redraw);
    document.removeEventListener("theme-change", this.redraw);
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0 || height === 0) return;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    this.paint(context, width, height, ratio);
  }
}

/** Colours of the style sheet as the browser computed them, for places where a class cannot reach. */
export class Palette {
  constructor(element) {
    this.probe = document.createElement("span");
    this.probe.hidden = true;
    element.append(this.probe);
  }

  /** The text colour that a class gives: rgb(…). */
  colour(className) {
    this.probe.className = className;
    return getComputedStyle(this.probe).color;
  }

  /** The same as one little-endian RGBA pixel. */
  pixel(className) {
    const [r, g, b] = this.colour(className).match(/[\d.]+/g).map(Number);
    return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  }
}
