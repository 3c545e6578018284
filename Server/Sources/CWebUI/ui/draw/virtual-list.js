// A scroller that has elements only for the rows in view. Row k lives in slot k % slots: while scrolling, a row
// that stays in view keeps its element and its text, and only the rows that came in are written.

const LONGEST = 8_000_000; // px; browsers stop at 17 to 33 million

export class VirtualList {
  /**
   * @param {HTMLElement} scroller the element that scrolls; rows go into `body` within it
   * @param {HTMLElement} body
   * @param {{rowHeight: number, create: () => HTMLElement, write: (row: HTMLElement, index: number) => void}} rows
   */
  constructor(scroller, body, { rowHeight, create, write }) {
    this.scroller = scroller;
    this.body = body;
    this.rowHeight = rowHeight;
    this.create = create;
    this.write = write;
    this.count = 0;
    /** @type {{element: HTMLElement, index: number}[]} */
    this.slots = [];
    this.scheduled = 0;
    this.observer = new ResizeObserver(() => this.draw());
    this.onScroll = () => (this.scheduled ||= requestAnimationFrame(() => this.draw()));
    scroller.addEventListener("scroll", this.onScroll, { passive: true });
    this.observer.observe(scroller);
  }

  disconnect() {
    this.observer.disconnect();
    cancelAnimationFrame(this.scheduled);
    this.scroller.removeEventListener("scroll", this.onScroll);
  }

  setCount(count) {
    this.count = count;
    this.body.style.height = `${Math.min(LONGEST, count * this.rowHeight)}px`;
    // Rows that still stand far below would keep a list that got shorter scrolled past its end.
    const furthest = Math.max(0, count * this.rowHeight - this.scroller.clientHeight);
    if (this.offset > furthest) this.offset = furthest;
    this.rewrite();
  }

  /** Forgets what the elements show, so that all of them are written again. */
  rewrite() {
    for (const slot of this.slots) slot.index = -1;
    this.draw();
  }

  /** The element that shows a row now, if any. */
  element(index) {
    const slot = this.slots[index % this.slots.length];
    return slot?.index === index ? slot.element : null;
  }

  get first() {
    return Math.floor(this.offset / this.rowHeight);
  }

  get visible() {
    return Math.max(1, Math.floor(this.scroller.clientHeight / this.rowHeight));
  }

  /** Scrolls as little as needed; with `centre` the row comes to the middle unless it is already in view. */
  reveal(index, { centre = false } = {}) {
    const top = index * this.rowHeight;
    const height = this.scroller.clientHeight;
    const offset = this.offset;
    if (top >= offset && top + this.rowHeight <= offset + height) return;
    if (centre) this.offset = top - (height - this.rowHeight) / 2;
    else this.offset = top < offset ? top : top + this.rowHeight - height;
    this.draw();
  }

  // Pixels of the full list, where the scroll bar may cover a scaled one.
  get scale() {
    const range = Math.min(LONGEST, this.count * this.rowHeight) - this.scroller.clientHeight;
    return range > 0 ? (this.count * this.rowHeight - this.scroller.clientHeight) / range : 1;
  }

  get offset() {
    return this.scroller.scrollTop * this.scale;
  }

  set offset(value) {
    this.scroller.scrollTop = value / this.scale;
  }

  draw() {
    this.scheduled = 0;
    const height = this.scroller.clientHeight;
    if (height === 0) return;
    this.#makeSlots(Math.ceil(height / this.rowHeight) + 1);
    const first = this.first;
    const shift = this.scroller.scrollTop - this.offset;
    for (let k = 0; k < this.slots.length; k++) {
      const index = first + k;
      const slot = this.slots[index % this.slots.length];
      const shown = index < this.count;
      if (slot.element.hidden === shown) slot.element.hidden = !shown;
      if (!shown) {
        slot.index = -1;
        continue;
      }
      slot.element.style.transform = `translateY(${index * this.rowHeight + shift}px)`;
      if (slot.index === index) continue;
      slot.index = index;
      this.write(slot.element, index);
    }
  }

  #makeSlots(wanted) {
    if (this.slots.length >= wanted) return;
    // The slot of a row depends on their number: all are written again.
    for (const slot of this.slots) slot.index = -1;
    while (this.slots.length < wanted) {
      const element = this.create();
      this.body.append(element);
      this.slots.push({ element, index: -1 });
    }
  }
}
