// Zooming and panning along time: Ctrl and the wheel zoom at the pointer, Shift and the wheel (or a wheel that goes
// sideways) pan, two fingers do both. The plain wheel stays with the browser: it scrolls.

const WHEEL_ZOOM = 1.0018; // per pixel
const LINE = 16; // px of a wheel that counts lines

/**
 * @param {HTMLElement} element
 * @param {{box: () => DOMRect, zoom: (factor: number, at: number) => void, pan: (share: number) => void}} act
 *   box is the area of time; `at` is a share of its width, as is what pan gets
 */
export function timeGestures(element, act) {
  element.addEventListener("wheel", (event) => onWheel(event, act), { passive: false });
  let before = null;
  element.addEventListener("touchmove", (event) => {
    if (event.touches.length !== 2) return;
    event.preventDefault();
    const now = pinch(event.touches);
    if (before) {
      const box = act.box();
      act.zoom(before.width / Math.max(1, now.width), (now.middle - box.left) / box.width);
      act.pan((before.middle - now.middle) / box.width);
    }
    before = now;
  }, { passive: false });
  for (const end of ["touchend", "touchcancel"]) element.addEventListener(end, () => (before = null));
}

function onWheel(event, act) {
  const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
  if (!event.ctrlKey && !event.metaKey && !event.shiftKey && !sideways) return;
  event.preventDefault();
  const scale = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
  const box = act.box();
  if (event.ctrlKey || event.metaKey) {
    const at = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
    act.zoom(WHEEL_ZOOM ** (event.deltaY * scale), at);
  } else {
    act.pan(((event.deltaX || event.deltaY) * scale) / box.width);
  }
}

function pinch([a, b]) {
  return { width: Math.abs(a.clientX - b.clientX), middle: (a.clientX + b.clientX) / 2 };
}
