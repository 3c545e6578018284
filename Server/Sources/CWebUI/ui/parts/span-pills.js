// What of a span's tags is worth a place in its row: the few that say at a glance what it did.

import { html } from "../draw/html.js";

/** Keys that become pills, the first of each line that a span has; old and new semantic conventions. */
const PILLS = [
  ["http.response.status_code", "http.status_code"],
  ["http.request.method", "http.method"],
  ["db.system.name", "db.system"],
  ["rpc.system"],
  ["messaging.system"],
  ["gen_ai.request.model", "gen_ai.response.model"],
];
const PEERS = ["peer.service", "db.system.name", "db.system", "db.type", "messaging.system", "server.address",
  "net.peer.name", "peer.hostname", "peer.address"];
const CLIENT = 3;
const PRODUCER = 4;

export function pills(tags) {
  if (tags.length === 0) return [];
  const made = [];
  for (const keys of PILLS) {
    const tag = tags.find(({ key }) => keys.includes(key));
    if (!tag) continue;
    const value = String(tag.value).slice(0, 40);
    const bad = keys[0].endsWith("status_code") && Number(value) >= 400;
    made.push(html`<span class="span-pill ${bad ? "bad" : ""}" title="${tag.key}">${value}</span>`);
  }
  return made;
}

/** Whom a client called that sends no spans itself. */
export function peerOf(tags, kind) {
  if (kind !== CLIENT && kind !== PRODUCER) return "";
  for (const key of PEERS) {
    const tag = tags.find((candidate) => candidate.key === key);
    if (tag && String(tag.value)) return String(tag.value).slice(0, 60);
  }
  return "";
}
