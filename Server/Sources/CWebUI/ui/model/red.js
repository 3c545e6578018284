// Rate, errors, duration: series as the server measured them, and the table that is made of them.

/**
 * @typedef {object} Series
 * @property {string} service @property {string} operation "" for all of them
 * @property {number[]} times µs since 1970 @property {number[]} values NaN where there is none
 */

/** @returns {Series[]} from an answer of `/api/metrics/…` */
export function readSeries(answer) {
  return (answer.metrics ?? []).map(({ labels, metricPoints }) => {
    const label = (name) => labels.find((candidate) => candidate.name === name)?.value ?? "";
    return {
      service: label("service_name"),
      operation: label("operation"),
      times: metricPoints.map((point) => Date.parse(point.timestamp) * 1e3),
      values: metricPoints.map((point) => Number(point.gaugeValue?.doubleValue ?? NaN)),
    };
  });
}

/** How far the points of a chart lie apart, in ms: whole minutes, at most so many points. */
export function stepFor(lookback, points) {
  const minute = 60_000;
  return Math.max(minute, Math.ceil(lookback / 1e3 / points / minute) * minute);
}

/**
 * A row for each service or operation that had spans.
 * @param {{calls: Series[], errors: Series[], p50: Series[], p95: Series[], p99: Series[], trend: Series[]}} figures of
 *   the whole window each, but the trend
 * @param {number} perMillisecond µs in one of the unit of the latencies
 */
export function readRows(figures, perMillisecond = 1e3) {
  const isOf = (row) => ({ service, operation }) => service === row.service && operation === row.operation;
  const find = (list, row) => list.find(isOf(row));
  const last = (list, row) => find(list, row)?.values.at(-1) ?? NaN;
  const rows = figures.calls
    .map((series) => ({
      service: series.service,
      operation: series.operation,
      rate: series.values.at(-1) ?? 0,
      errors: last(figures.errors, series),
      p50: last(figures.p50, series) * perMillisecond,
      p95: last(figures.p95, series) * perMillisecond,
      p99: last(figures.p99, series) * perMillisecond,
      trend: find(figures.trend, series)?.values ?? [],
    }))
    .filter((row) => row.rate > 0);
  const cost = ({ rate, p95 }) => (Number.isFinite(p95) ? rate * p95 : 0);
  const most = rows.reduce((peak, row) => Math.max(peak, cost(row)), 0);
  return rows.map((row) => ({ ...row, impact: most ? cost(row) / most : 0 }));
}

/** The greatest of all values that are there; 0 if none is. */
export function peakOf(lists) {
  return lists.flat().reduce((peak, value) => (value > peak ? value : peak), 0);
}

/**
 * The stretches of a line that have values, as points of a picture: where there is none the line has a gap.
 * @returns {string[]} the points of polylines
 */
export function stretches(values, x, y) {
  const lines = [[]];
  values.forEach((value, at) => {
    if (Number.isFinite(value)) lines.at(-1).push(`${x(at).toFixed(1)},${y(value).toFixed(1)}`);
    else if (lines.at(-1).length) lines.push([]);
  });
  // A single point is a line to itself: with round ends it is seen.
  const whole = (line) => (line.length === 1 ? [...line, ...line] : line);
  return lines.filter((line) => line.length > 0).map((line) => whole(line).join(" "));
}
