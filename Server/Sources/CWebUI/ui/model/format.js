// Numbers, durations, times and ids as people read them. All durations are µs.

const UNITS = [
  ["s", 1e6],
  ["ms", 1e3],
  ["µs", 1],
];

/** Three significant digits and a unit: 850 µs, 1.25 ms, 59.9 s; from a minute on 1m 5s, 2h 3m, 1d 4h. */
export function formatDuration(micros) {
  if (!Number.isFinite(micros)) return "–";
  if (micros < 0) return "−" + formatDuration(-micros);
  if (micros === 0) return "0 µs";
  if (micros >= 59.95e6) return formatLong(Math.round(micros / 1e6));
  for (const [unit, size] of UNITS) {
    // 999.6 µs would print as 1000 µs: it is 1 ms.
    if (micros >= size * 0.9995) return `${significant(micros / size)} ${unit}`;
  }
  return `${significant(micros * 1e3)} ns`;
}

function formatLong(seconds) {
  const parts = [
    ["d", Math.floor(seconds / 86400)],
    ["h", Math.floor(seconds / 3600) % 24],
    ["m", Math.floor(seconds / 60) % 60],
    ["s", seconds % 60],
  ];
  const first = parts.findIndex(([, value]) => value > 0);
  return parts
    .slice(first, first + 2)
    .filter(([, value]) => value > 0)
    .map(([unit, value]) => value + unit)
    .join(" ");
}

function significant(value) {
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}

/** A tick of a ruler whose ticks lie `step` apart: as many decimals as tell neighbours apart, and no more. */
export function formatTick(micros, step) {
  if (micros === 0) return "0";
  if (Math.abs(micros) >= 60e6) return formatDuration(micros);
  const [unit, size] = UNITS.find(([, unitSize]) => Math.abs(micros) >= unitSize) ?? ["ns", 1e-3];
  const decimals = Math.max(0, -Math.floor(Math.log10(step / size) + 1e-9));
  return `${Number((micros / size).toFixed(Math.min(decimals, 6)))} ${unit}`;
}

const DURATION = /^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$|^0$/;

/** Whether the server will read this as a duration: Go's notation, such as 1.2ms or 1m30s. */
export function isDuration(text) {
  return DURATION.test(text);
}

const LOOKBACK_UNITS = { s: 1e6, m: 60e6, h: 3600e6, d: 86400e6, w: 604800e6 };

/** µs of a look-back such as 15m or 2d; NaN when it is none. */
export function parseLookback(text) {
  const match = /^(\d+)([smhdw])$/.exec(text);
  return match ? Number(match[1]) * LOOKBACK_UNITS[match[2]] : NaN;
}

/** Bytes in powers of 1024, as operating systems count them: 512 B, 1.2 MiB. */
export function formatBytes(bytes) {
  if (!Number.isFinite(bytes)) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1023.5 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? size : significant(size)} ${units[unit]}`;
}

/** A share of one as a percentage with as many digits as tell something: 12.5 %, 0.04 %. */
export function formatShare(share) {
  if (!Number.isFinite(share)) return "–";
  const percent = share * 100;
  if (percent === 0 || percent >= 9.995) return `${Number(percent.toFixed(1))} %`;
  return `${Number(percent.toPrecision(2))} %`;
}

/** Something a second: 1.2k/s, 0.05/s. */
export function formatRate(perSecond) {
  if (!Number.isFinite(perSecond)) return "–";
  if (perSecond >= 1e6) return `${significant(perSecond / 1e6)}M/s`;
  if (perSecond >= 1e3) return `${significant(perSecond / 1e3)}k/s`;
  if (perSecond >= 1 || perSecond === 0) return `${significant(perSecond)}/s`;
  return `${Number(perSecond.toPrecision(2))}/s`;
}

export function formatCount(n, locale) {
  return cached("count" + locale, () => new Intl.NumberFormat(locale)).format(n);
}

let zone; // undefined is the browser's own

/** The time zone of all times from now on: "" for the browser's, else such as "UTC" or "Asia/Tokyo". */
export function setZone(name) {
  zone = name || undefined;
}

/** The name of the zone that times are shown in. */
export function zoneName() {
  return zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Whether the browser knows a time zone by this name. */
export function isZone(name) {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}

const SECONDS = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };

/** Time of day with milliseconds. */
export function formatClock(micros, locale) {
  return inZone("clock", locale, { ...SECONDS, fractionalSecondDigits: 3 }).format(micros / 1e3);
}

/** Time of day with seconds. */
export function formatSecond(micros, locale) {
  return inZone("second", locale, SECONDS).format(micros / 1e3);
}

export function formatMinute(micros, locale) {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return inZone("minute", locale, options).format(micros / 1e3);
}

export function formatDay(micros, locale) {
  const options = { day: "numeric", month: "short", year: "numeric" };
  return inZone("day", locale, options).format(micros / 1e3);
}

/** Day and month, for axes. */
export function formatShortDay(micros, locale) {
  return inZone("short-day", locale, { day: "numeric", month: "short" }).format(micros / 1e3);
}

/** µs since 1970 as a form field takes it, in the zone of all times: 2026-11-24T17:00:05. */
export function formatField(micros) {
  const options = {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    hourCycle: "h23",
  };
  const parts = inZone("field", "en-GB", options).formatToParts(micros / 1e3);
  const part = (type) => parts.find((candidate) => candidate.type === type).value;
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}:${part("second")}`;
}

/** The other way round: NaN when it is no such time. Of an hour that a clock change repeats it is one of the two. */
export function parseField(text) {
  const match = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?$/.exec(text.trim());
  if (!match) return NaN;
  const [year, month, day, hour, minute, second = 0] = match.slice(1).map((part) => Number(part ?? 0));
  const wanted = Date.UTC(year, month - 1, day, hour, minute, second) * 1e3;
  const shown = (micros) => Date.parse(`${formatField(micros)}Z`) * 1e3;
  // The offset at the guess may be that of the other side of a clock change: once more from there.
  let micros = wanted - (shown(wanted) - wanted);
  micros -= shown(micros) - wanted;
  return micros;
}

const AGES = [
  ["day", 86400e6],
  ["hour", 3600e6],
  ["minute", 60e6],
  ["second", 1e6],
];

/** How long before `now` something was: 3 min ago. */
export function formatAge(micros, now, locale) {
  const options = { style: "short", numeric: "always" };
  const format = cached("age" + locale, () => new Intl.RelativeTimeFormat(locale, options));
  const age = now - micros;
  const [unit, size] = AGES.find(([, unitSize]) => Math.abs(age) >= unitSize) ?? AGES[3];
  return format.format(-Math.trunc(age / size), unit);
}

export function formatISO(micros) {
  const milliseconds = Math.floor(micros / 1e3);
  const rest = String(Math.round(micros - milliseconds * 1e3)).padStart(3, "0");
  return new Date(milliseconds).toISOString().replace("Z", rest + "Z");
}

export function shortID(id) {
  return id.slice(0, 7);
}

/** A trace id as people paste it: spaces, 0x and dashes of a UUID taken away; null when it is none. */
export function parseTraceID(text) {
  const id = text.trim().replace(/^0x/i, "").replaceAll("-", "").toLowerCase();
  return /^[0-9a-f]{1,32}$/.test(id) ? id : null;
}

// Constructing an Intl formatter costs far more than using it.
const formatters = new Map();

function inZone(name, locale, options) {
  const all = { ...options, timeZone: zone };
  return cached(`${name} ${locale} ${zone}`, () => new Intl.DateTimeFormat(locale, all));
}

function cached(key, make) {
  let formatter = formatters.get(key);
  if (!formatter) formatters.set(key, (formatter = make()));
  return formatter;
}
