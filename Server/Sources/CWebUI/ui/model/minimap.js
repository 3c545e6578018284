// All spans of a trace in a small picture: one pass, straight into pixels. Errors are painted last, so that one
// among thousands is not covered.

import { ERROR } from "./trace.js";

/**
 * @param {import("./trace.js").Trace} trace
 * @param {Uint32Array} pixels width × height, cleared by the caller
 * @param {Uint32Array} colours by service
 */
export function paintMinimap(trace, pixels, width, height, colours, errorColour) {
  if (trace.count === 0) return;
  const scaleX = width / Math.max(1, trace.duration);
  const rowHeight = height / trace.count;
  const thickness = Math.min(height, Math.max(rowHeight >= 0.5 ? 2 : 1, Math.min(5, Math.floor(rowHeight * 0.7))));
  for (let pass = 0; pass < 2; pass++) {
    for (let i = 0; i < trace.count; i++) {
      const failed = (trace.flags[i] & ERROR) !== 0;
      if (failed !== (pass === 1)) continue;
      const colour = failed ? errorColour : colours[trace.service[i]];
      const left = Math.min(width - 1, Math.floor(trace.start[i] * scaleX));
      const right = Math.max(left + 1, Math.min(width, Math.ceil((trace.start[i] + trace.length[i]) * scaleX)));
      const top = Math.min(height - thickness, Math.floor(i * rowHeight));
      for (let y = Math.max(0, top); y < top + thickness; y++) {
        pixels.fill(colour, y * width + left, y * width + right);
      }
    }
  }
}
