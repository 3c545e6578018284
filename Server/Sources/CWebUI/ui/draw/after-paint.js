/** Does something once what was drawn until now is on the screen, so that nothing on it waits for that. */
export function afterPaint(act) {
  requestAnimationFrame(() => setTimeout(act));
}
