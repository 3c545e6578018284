// All spans of a trace in a small picture: one pass, straight into pixels. Errors are painted last, so that one
// among thousands is not covered.

import { ERROR } from "./trace.js";

/**
 * @param {import("./trace.js").Trace} trace
 * @param {Uint32Array} pixels width × height, cleared by the caller
 * @param {Uint32Array} colours by service
 */
export function paintMinimap(trace, pixels, width, height, colours, errorColour) {
  const { count, start, length, flags, service } = trace;
  if (count === 0) return;
  const scaleX = width / Math.max(1, trace.duration);
  const rowHeight = height / count;
  const thickness = Math.min(height, Math.max(rowHeight >= 0.5 ? 2 : 1, Math.min(5, Math.floor(rowHeight * 0.7))));
  const paint = (i, colour) => {
    const left = Math.min(width - 1, Math.floor(start[i] * scaleX));
    const right = Math.max(left + 1, Math.min(width, Math.ceil((start[i] + length[i]) * scaleX)));
    const top = Math.max(0, Math.min(height - thickness, Math.floor(i * rowHeight)));
    for (let line = top * width; line < (top + thickness) * width; line += width) {
      if (right - left > 8) pixels.fill(colour, line + left, line + right);
      else for (let x = line + left; x < line + right; x++) pixels[x] = colour;
    }
  };
  const failed = [];
  for (let i = 0; i < count; i++) {
    if (flags[i] & ERROR) failed.push(i);
    else paint(i, colours[service[i]]);
  }
  for (const i of failed) paint(i, errorColour);
}
