// The sections of the status page, each a heading and facts or a table.

import { html } from "../draw/html.js";
import { formatAge, formatBytes, formatCount, formatDuration, formatShare } from "../model/format.js";
import { bytesOnDisk, ledgerRows, reasonText, sumOf } from "../model/status.js";
import { locale, text } from "../text/en.js";
import { figure } from "./edge-tables.js";
import "./figure-table.js";

const count = (n) => formatCount(n, locale);

/** @param {object} json of `/api/status` @param {number} skew ms that the browser's clock is ahead of the server's */
export function serverSection(json, skew) {
  const words = text.state;
  const { ingest } = json;
  const clock = Math.abs(skew) < 2000 ? words.clockFine : words.clockOff(formatDuration(Math.abs(skew) * 1e3));
  return section(words.sections.server, facts([
    [words.version, json.version],
    [words.phase, json.phase],
    [words.uptime, formatDuration(json.uptimeSeconds * 1e6)],
    [words.memory, formatBytes(json.process?.residentBytes)],
    [words.cpu, formatDuration((json.process?.cpuSeconds ?? NaN) * 1e6)],
    [words.inFlight, words.of(formatBytes(ingest.bytesInFlight), formatBytes(ingest.bytesInFlightMax))],
    [words.clock, clock],
  ]));
}

export function ledgerSection({ ingest }) {
  const words = text.state;
  const rows = ledgerRows(ingest.rows);
  if (rows.length === 0) return section(words.sections.ledger, hint(words.noSpans));
  const { columns } = words;
  const off = sumOf(rows, "off");
  return section(
    words.sections.ledger,
    html`<p class="hint" role="${off ? "alert" : "note"}">${off ? words.unbalanced(off) : words.balanced}</p>`,
    table(words.sections.ledger, rows, 2, [
      { label: columns.service, value: (row) => row.service },
      { label: columns.source, value: (row) => row.source },
      figure(columns.received, (row) => row.received, count),
      figure(columns.stored, (row) => row.stored, count),
      figure(columns.sampledOut, (row) => row.sampledOut, count),
      figure(columns.underWay, (row) => row.underWay, count),
      figure(columns.rejected, (row) => row.rejected, count),
      { label: columns.reasons, value: (row) => row.rejected, cell: (row) => reasonText(row.reasons, count) },
    ]),
  );
}

export function clientSection({ ingest }) {
  const words = text.state;
  if (ingest.clients.length === 0) return section(words.sections.clients, hint(words.noClients));
  const { columns } = words;
  return section(words.sections.clients, table(words.sections.clients, ingest.clients, 1, [
    { label: columns.service, value: (row) => row.service },
    figure(columns.queueFull, (row) => row.droppedQueueFull, count),
    figure(columns.tooLarge, (row) => row.droppedTooLarge, count),
    figure(columns.failed, (row) => row.failedToEmit, count),
  ]));
}

export function requestSection({ ingest }) {
  const words = text.state;
  const { columns } = words;
  const lost = (row) => (row.droppedDatagrams ?? 0) + (row.kernelDrops ?? 0) + (row.socketErrors ?? 0);
  const used = ingest.requests.filter((row) => row.received || lost(row));
  if (used.length === 0) return null;
  return section(words.sections.requests, table(words.sections.requests, used, 1, [
    { label: columns.source, value: (row) => row.source },
    figure(columns.requests, (row) => row.received, count),
    figure(columns.bytes, (row) => row.bytes, formatBytes),
    { label: columns.refused, value: (row) => reasonText(row.refused, count) },
    { label: columns.truncated, value: (row) => reasonText(row.truncated, count) },
    figure(columns.lost, lost, count),
  ]));
}

export function storageSection({ storage, retention }) {
  const words = text.state.storage;
  const onDisk = bytesOnDisk(storage);
  const age = (seconds) => seconds && formatDuration(seconds * 1e6);
  const bytes = (n) => n && formatBytes(n);
  const parts = ["segmentBytes", "logBytes", "catalogueBytes", "rollupBytes"]
    .filter((key) => storage[key])
    .map((key) => `${formatBytes(storage[key])} ${words[key]}`);
  const rollups = text.state.retention(age(retention.rollupMaxAgeSeconds), bytes(retention.rollupMaxBytes));
  const flushed = storage.spans - (storage.headSpans ?? 0);
  return section(
    text.state.sections.storage,
    storage.isDiskFull && html`<p class="warning-line" role="alert">${words.full}</p>`,
    facts([
      [words.kind, storage.kind],
      [words.dataDirectory, storage.dataDirectory],
      [words.durability, storage.durability],
      [words.spans, count(storage.spans)],
      [text.state.columns.bytes, onDisk ? `${formatBytes(onDisk)}: ${parts.join(", ")}` : bytes(storage.headBytes)],
      [words.bytesPerSpan, flushed > 0 && storage.segmentBytes ? (storage.segmentBytes / flushed).toFixed(1) : null],
      [words.segments, storage.segments === undefined ? null : count(storage.segments)],
      [words.retention, text.state.retention(age(retention.maxAgeSeconds), bytes(retention.maxBytes))],
      [words.rollupRetention, rollups],
      [words.evicted, reasonText(storage.evicted, count)],
      [words.pinnedTraces, storage.pinnedTraces ? count(storage.pinnedTraces) : null],
      [words.damage, storage.damage?.length ? storage.damage.join("; ") : null],
    ]),
  );
}

export function samplingSection({ sampling, now }) {
  if (!sampling) return null;
  const words = text.state;
  const { columns } = words;
  const moment = Date.parse(now) * 1e3;
  const rows = [
    ...(sampling.services ?? []),
    ...(sampling.fallback ? [{ service: words.fallback, strategy: sampling.fallback }] : []),
  ];
  const asked = (row) => (row.lastAskedAt ? formatAge(Date.parse(row.lastAskedAt) * 1e3, moment, locale) : "–");
  return section(
    words.sections.sampling,
    facts([[columns.type, sampling.type], [words.storage.dataDirectory, sampling.file]]),
    table(words.sections.sampling, rows, 0, [
      { label: columns.service, value: (row) => row.service },
      { label: columns.strategy, value: (row) => strategyText(row.strategy) },
      figure(columns.observed, (row) => row.tracesPerSecond ?? NaN, perSecond),
      figure(columns.asked, (row) => row.asked ?? NaN, (n) => (Number.isNaN(n) ? "–" : count(n))),
      { label: columns.lastAsked, value: asked },
      { label: columns.operations, value: (row) => (row.operations ?? []).map(operationText).join("; ") },
    ]),
    sampling.tail && tailFacts(sampling.tail),
  );
}

function tailFacts(tail) {
  const { columns, sections, waitingTraces } = text.state;
  const rows = tail.policies ?? [];
  return html`<div><h3>${sections.tail}: ${waitingTraces(tail.waitingTraces)}</h3>
    ${table(sections.tail, rows, 2, [
      { label: columns.policy, value: (row) => row.name },
      { label: columns.type, value: (row) => row.type },
      figure(columns.kept, (row) => row.keptTraces, count),
    ])}</div>`;
}

export function portSection({ ports }) {
  const { columns, sections } = text.state;
  return section(sections.ports, table(sections.ports, ports, 0, [
    { label: columns.port, value: (row) => row.name },
    { label: columns.addresses, value: (row) => row.addresses.join(", ") },
    figure(columns.connections, (row) => row.connections ?? NaN, (n) => (Number.isNaN(n) ? "–" : count(n))),
    { label: columns.setting, value: (row) => row.setting, cell: (row) => html`<code>${row.setting}</code>` },
  ]));
}

export function configurationSection({ configuration }) {
  const { columns, sections, defaultOrigin } = text.state;
  return section(sections.configuration, table(sections.configuration, configuration, -1, [
    { label: columns.setting, value: (row) => row.setting, cell: ({ flag }) => html`<code>${flag}</code>` },
    { label: columns.value, value: (row) => row.value },
    {
      label: columns.origin,
      value: (row) => row.origin,
      cell: ({ origin }) =>
        origin === "default" ? html`<span class="dim">${defaultOrigin}</span>` : html`<code>${origin}</code>`,
    },
  ]));
}

/** @param {{key: string, level: string, count: number, types: {type: string}[]}[]} attributes */
export function attributeSection(attributes) {
  const words = text.state;
  const columns = [
    { label: words.attribute, value: (row) => row.key, cell: (row) => html`<code>${row.key}</code>` },
    { label: words.level, value: (row) => row.level },
    figure(words.attributeSpans, (row) => row.count, count),
    { label: words.types, value: (row) => row.types.map(({ type }) => type).join(", ") },
  ];
  const title = words.sections.attributes;
  return section(title, hint(words.attributesHint), table(title, attributes, 2, columns));
}

function strategyText(strategy) {
  if (!strategy) return "–";
  const words = text.state.strategies;
  return strategy.type === "ratelimiting"
    ? words.ratelimiting(strategy.tracesPerSecond)
    : words.probabilistic(formatShare(strategy.probability));
}

function operationText({ operation, tracesPerSecond, probability }) {
  const share = probability === undefined ? "" : ` ${formatShare(probability)}`;
  return `${operation}${share}${tracesPerSecond === undefined ? "" : ` (${perSecond(tracesPerSecond)})`}`;
}

function perSecond(rate) {
  return Number.isNaN(rate) ? "–" : `${Number(rate.toPrecision(2))}/s`;
}

function section(title, ...content) {
  return html`<section class="status-section"><h2>${title}</h2>${content}</section>`;
}

function hint(words) {
  return html`<p class="hint">${words}</p>`;
}

/** Names and what they are; those that are not known are left out. */
function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return html`<dl class="fact-list">${known.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}

function table(label, rows, sort, columns) {
  const element = html`<figure-table></figure-table>`;
  element.show({ label, columns, rows, sort });
  return element;
}
