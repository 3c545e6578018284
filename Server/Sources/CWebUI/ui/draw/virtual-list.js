// A scroller that has elements only for the rows in view. Row k lives in slot k % slots: while scrolling, a row
// that stays in view keeps its element and its text, and only the rows that came in are written.
// Between rows may stand blocks of their own height: few, and known by the row that they follow.

const LONGEST = 8_000_000; // px; browsers stop at 17 to 33 million

export class VirtualList {
  /**
   * @param {HTMLElement} scroller the element that scrolls; rows go into `body` within it
   * @param {HTMLElement} body
   * @param {{rowHeight: number, create: () => HTMLElement, write: (row: HTMLElement, index: number) => void,
   *   drawn?: () => void}} rows drawn is called after each frame
   */
  constructor(scroller, body, { rowHeight, create, write, drawn = () => {} }) {
    this.scroller = scroller;
    this.body = body;
    this.rowHeight = rowHeight;
    this.create = create;
    this.write = write;
    this.drawn = drawn;
    this.count = 0;
    /** @type {{element: HTMLElement, index: number}[]} */
    this.slots = [];
    /** @type {{after: number, height: number, element: HTMLElement}[]} by row */
    this.blocks = [];
    this.scheduled = 0;
    this.observer = new ResizeObserver(() => this.draw());
    this.onScroll = () => (this.scheduled ||= requestAnimationFrame(() => this.draw()));
    this.onWheel = (event) => this.#wheel(event);
    scroller.addEventListener("scroll", this.onScroll, { passive: true });
    scroller.addEventListener("wheel", this.onWheel, { passive: false });
    this.observer.observe(scroller);
  }

  disconnect() {
    this.observer.disconnect();
    cancelAnimationFrame(this.scheduled);
    this.scroller.removeEventListener("scroll", this.onScroll);
    this.scroller.removeEventListener("wheel", this.onWheel);
  }

  setCount(count) {
    this.count = count;
    this.#resize();
    this.rewrite();
  }

  /** @param {{after: number, height: number, element: HTMLElement}[]} blocks in order of their rows */
  setBlocks(blocks) {
    for (const old of this.blocks) if (!blocks.some(({ element }) => element === old.element)) old.element.remove();
    this.blocks = blocks;
    for (const { element } of blocks) if (element.parentNode !== this.body) this.body.append(element);
    this.#resize();
    this.draw();
  }

  #resize() {
    this.body.style.height = `${Math.min(LONGEST, this.length)}px`;
    // Rows that still stand far below would keep a list that got shorter scrolled past its end.
    const furthest = Math.max(0, this.length - this.scroller.clientHeight);
    if (this.offset > furthest) this.offset = furthest;
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

  /** px of the whole list */
  get length() {
    return this.top(this.count);
  }

  /** px above a row */
  top(index) {
    let top = index * this.rowHeight;
    for (const { after, height } of this.blocks) {
      if (after >= index) break;
      top += height;
    }
    return top;
  }

  /** The row at a height, or the one whose block is there. */
  rowAt(offset) {
    let above = 0;
    for (const { after, height } of this.blocks) {
      const end = (after + 1) * this.rowHeight + above;
      if (offset < end) break;
      if (offset < end + height) return after;
      above += height;
    }
    return Math.max(0, Math.floor((offset - above) / this.rowHeight));
  }

  get first() {
    return this.rowAt(this.offset);
  }

  get visible() {
    return Math.max(1, Math.floor(this.scroller.clientHeight / this.rowHeight));
  }

  /** Scrolls as little as needed; with `centre` the row comes to the middle unless it is already in view. */
  reveal(index, { centre = false } = {}) {
    const top = this.top(index);
    const height = this.scroller.clientHeight;
    const offset = this.offset;
    if (top >= offset && top + this.rowHeight <= offset + height) return;
    if (centre) this.offset = top - (height - this.rowHeight) / 2;
    else this.offset = top < offset ? top : top + this.rowHeight - height;
    this.draw();
  }

  /** Scrolls by so many px of the full list. */
  scrollBy(by) {
    this.offset += by;
  }

  // Pixels of the full list, where the scroll bar may cover a scaled one.
  get scale() {
    const range = Math.min(LONGEST, this.length) - this.scroller.clientHeight;
    return range > 0 ? (this.length - this.scroller.clientHeight) / range : 1;
  }

  get offset() {
    return this.scroller.scrollTop * this.scale;
  }

  set offset(value) {
    this.scroller.scrollTop = value / this.scale;
  }

  /** Where a pixel of the scroll bar is several of the list, the wheel still moves by those of the list. */
  #wheel(event) {
    if (event.defaultPrevented || event.ctrlKey || event.shiftKey || this.scale < 1.01) return;
    event.preventDefault();
    this.offset += event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * this.rowHeight : event.deltaY;
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
      slot.element.style.transform = `translateY(${this.top(index) + shift}px)`;
      if (slot.index === index) continue;
      slot.index = index;
      this.write(slot.element, index);
    }
    for (const { after, element } of this.blocks) {
      element.style.transform = `translateY(${this.top(after) + this.rowHeight + shift}px)`;
    }
    this.drawn();
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
