// Axes of charts over time: a ruler of the clock below, lines for values across.

import { formatClock, formatMinute, formatSecond, formatShortDay } from "../model/format.js";
import { clockTicks } from "../model/scale.js";

const DAY = 86400e6;

/** How a moment on an axis of this length is written. */
export function tickLabel(micros, length, locale) {
  if (length < 10e6) return formatClock(micros, locale);
  if (length <= 6 * 60e6) return formatSecond(micros, locale);
  if (length <= 2 * DAY) return formatMinute(micros, locale);
  return length <= 6 * DAY
    ? `${formatShortDay(micros, locale)} ${formatMinute(micros, locale)}`
    : formatShortDay(micros, locale);
}

/**
 * The ruler of the clock at the bottom of a plot.
 * @param {CanvasRenderingContext2D} context
 * @param {{left: number, right: number, bottom: number, from: number, to: number, locale: string | undefined}} axis
 *   from and to are µs since 1970
 */
export function drawClock(context, { left, right, bottom, from, to, locale }) {
  context.textAlign = "center";
  context.textBaseline = "middle";
  const length = to - from;
  const every = length > 2 * DAY && length <= 6 * DAY ? 180 : 120;
  for (const time of clockTicks(from, to, Math.max(2, Math.floor((right - left) / every)))) {
    const x = left + ((time - from) / length) * (right - left);
    const label = tickLabel(time, length, locale);
    const half = context.measureText(label).width / 2;
    context.fillText(label, Math.max(left + half - 8, Math.min(right - half, x)), bottom + 14);
  }
}

/**
 * Lines across for values, with labels at their left.
 * @param {{left: number, right: number, ticks: number[], y: (value: number) => number,
 *   label: (value: number) => string, ink: string, rule: string}} axis
 */
export function drawValues(context, { left, right, ticks, y, label, ink, rule }) {
  context.fillStyle = ink;
  context.strokeStyle = rule;
  context.lineWidth = 1;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.beginPath();
  for (const tick of ticks) {
    const at = Math.round(y(tick)) + 0.5;
    context.fillText(label(tick), left - 8, at);
    context.moveTo(left, at);
    context.lineTo(right, at);
  }
  context.stroke();
}
