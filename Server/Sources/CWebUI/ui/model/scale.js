// Round numbers for axes.

/** Ticks within [from, to] at multiples of 1, 2 or 5 × 10ⁿ, at most about `wanted` of them. */
export function niceTicks(from, to, wanted) {
  const step = niceStep((to - from) / Math.max(1, wanted));
  if (!(step > 0) || !Number.isFinite(step)) return [from];
  const ticks = [];
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  for (let k = first; k <= last && ticks.length <= 1000; k++) ticks.push(k * step);
  return ticks;
}

/** The smallest of 1, 2, 5 × 10ⁿ that is not below the given step. */
export function niceStep(step) {
  if (!(step > 0)) return 0;
  const power = 10 ** Math.floor(Math.log10(step));
  for (const factor of [1, 2, 5]) if (factor * power >= step * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

const MINUTE = 60e6;
const CLOCK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE);

/** Ticks for wall-clock time in µs: whole minutes and hours where the range is long enough, else round seconds. */
export function clockTicks(from, to, wanted) {
  const rough = (to - from) / Math.max(1, wanted);
  if (rough <= MINUTE / 2) return niceTicks(from, to, wanted);
  const day = 1440 * MINUTE;
  const step = CLOCK_STEPS.find((candidate) => candidate >= rough) ?? Math.ceil(rough / day) * day;
  const ticks = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}
