// From an id, or the beginning of one, to the trace that it means: at once when there is one, else one chooses.

import { html } from "../draw/html.js";
import { formatAge, formatDuration, shortID } from "../model/format.js";
import * as api from "../state/api.js";
import { navigate } from "../state/navigation.js";
import { locale, text } from "../text/en.js";
import { openSheet } from "./sheet.js";

const WHOLE = 32; // digits of a trace id that needs no looking up

/** @param {string} id of a trace or a span, hexadecimal, maybe not all of it */
export async function lookUp(id) {
  if (id.length === WHOLE) return navigate(`trace/${id}`);
  let found = [];
  try {
    found = await api.lookUp(id);
  } catch {
    // Then the page of the trace says what is wrong.
  }
  if (found.length > 1) return choose(id, found);
  navigate(found.length === 1 ? address(found[0]) : `trace/${id}`);
}

function address({ traceID, spanID }) {
  return `trace/${traceID}${spanID ? `?s=${spanID}` : ""}`;
}

function choose(id, found) {
  const now = Date.now() * 1000;
  const rows = found.map((one) => html`<li><a href="${address(one)}">
      <code>${shortID(one.spanID ?? one.traceID)}</code> ${one.rootServiceName} ${one.rootOperationName}</a>
    <span class="dim">${one.spanID ? text.span : text.trace} · ${formatDuration(one.duration)} ·
      ${formatAge(one.startTime, now, locale)}</span></li>`);
  const list = html`<div class="history"><ul>${rows}</ul></div>`;
  const sheet = openSheet({ title: text.severalIDs(id, found.length), name: "history-sheet", content: list });
  list.addEventListener("click", (event) => event.target.closest("a") && sheet.close());
}
