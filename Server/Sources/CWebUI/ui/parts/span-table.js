// All spans of a trace as a table: sorted by any column, narrowed by the same words and queries as the timeline.

import { html } from "../draw/html.js";
import { slotClass } from "../model/colour.js";
import { formatDuration } from "../model/format.js";
import { ERROR, KINDS, MISSING } from "../model/trace.js";
import { text } from "../text/en.js";
import { dropMenu, tick } from "./drop-menu.js";
import { loadingNotice } from "./notice.js";
import "./sort-table.js";

const MOST_KEYS = 200;

class SpanTable extends HTMLElement {
  #turn = 0;
  #open = null;
  #state = {};

  connectedCallback() {
    if (this.table) return;
    this.status = html`<span role="status"></span>`;
    this.choice = dropMenu(text.columnChoice, () => this.#panel());
    this.table = document.createElement("sort-table");
    this.table.label = text.traceViews.spans;
    this.table.pick = (span) => this.dispatchEvent(new CustomEvent("go", { detail: span }));
    this.table.addEventListener("sort-change", (event) => this.#change({ sort: event.detail }));
  }

  /** @param {import("../state/open-trace.js").OpenTrace} open */
  async show(open, state) {
    const turn = ++this.#turn;
    this.#open = open;
    this.#state = state;
    let spans = null;
    let error = null;
    if (state.find) {
      try {
        spans = await open.find(state.find);
      } catch (problem) {
        error = problem;
        spans = new Int32Array(0);
      }
      if (turn !== this.#turn || !this.isConnected) return;
    }
    const { trace } = open;
    const count = state.find ? spans.length : 0;
    spans ??= open.byStart.filter((span) => !(trace.flags[span] & MISSING));
    this.table.columns = [...columns(open), ...state.columns.map((key) => attributeColumn(open, key)).filter(Boolean)];
    if (!this.table.isConnected) {
      this.replaceChildren(html`<div class="view-bar">${this.status}<span class="spring"></span>
        ${this.choice}</div>`, this.table);
    }
    this.status.textContent = text.spansShown(spans.length, trace.spans);
    this.table.show(spans, state.sort || "-start");
    this.dispatchEvent(new CustomEvent("found", { detail: { at: 0, count, error } }));
  }

  /** Attributes that may be columns; those of a large trace are asked for. */
  #panel() {
    const open = this.#open;
    const list = html`<div class="menu-field">${loadingNotice()}</div>`;
    const fill = () => list.replaceChildren(...keysOf(open, this.#state).map((key) =>
      tick(key, this.#state.columns.includes(key), (on) => this.#toggle(key, on))));
    if (open.keys) fill();
    else open.loadKeys().then(fill, (error) => list.replaceChildren(text.keysFailed(error.message)));
    return list;
  }

  #toggle(key, on) {
    const columns = this.#state.columns.filter((other) => other !== key);
    this.#change({ columns: on ? [...columns, key] : columns, step: true });
  }

  #change(change) {
    this.dispatchEvent(new CustomEvent("state-change", { detail: change }));
  }
}

function keysOf(open, state) {
  const keys = open.keys.slice(0, MOST_KEYS).map(({ key }) => key);
  return [...state.columns.filter((key) => !keys.includes(key)), ...keys];
}

/** A column of an attribute; one whose values are all numbers is sorted as such. */
function attributeColumn(open, key) {
  const said = open.values(key);
  // The page asks the server for what is not here, and calls again.
  if (!said) return null;
  const { values, value } = said;
  const number = values.some((text) => text !== null) && values.every((text) => text === null || isNumber(text));
  const keys = values.map((text) => (number ? (text === null ? -Infinity : Number(text)) : (text ?? "")));
  return {
    key: `attribute ${key}`,
    label: key,
    number,
    width: "minmax(90px, 160px)",
    sort: (span) => keys[value[span]],
    show: (span) => {
      const text = values[value[span]];
      return text === null ? "" : html`<span title="${text}">${text}</span>`;
    },
  };
}

const isNumber = (text) => text.trim() !== "" && Number.isFinite(Number(text));

function columns(open) {
  const { trace, self, slots } = open;
  const service = (i) => trace.services[trace.service[i]];
  const time = (key, label, read) => ({ key, label, number: true, sort: read, show: (i) => formatDuration(read(i)) });
  return [
    {
      key: "service",
      label: text.service,
      sort: service,
      show: (i) => html`<span class="service-dot ${slotClass(slots.get(service(i)))}"></span> ${service(i)}`,
    },
    { key: "operation", label: text.operation, sort: (i) => trace.names[trace.name[i]],
      show: (i) => trace.names[trace.name[i]] },
    { key: "kind", label: text.spanKind, width: "84px", sort: (i) => trace.kind[i],
      show: (i) => (trace.kind[i] ? text.spanKinds[KINDS[trace.kind[i]]] : "") },
    time("start", text.start, (i) => trace.start[i]),
    time("duration", text.duration, (i) => trace.length[i]),
    time("self", text.ownTimeTitle, (i) => self[i]),
    {
      key: "errors",
      label: text.errorsTitle,
      width: "72px",
      sort: (i) => (trace.flags[i] & ERROR ? 0 : 1),
      show: (i) => (trace.flags[i] & ERROR ? html`<span class="error-glyph" role="img"
        aria-label="${text.hasError}">!</span>` : ""),
    },
    { key: "id", label: text.spanID, width: "150px", sort: (i) => trace.spanID(i),
      show: (i) => html`<code>${trace.spanID(i)}</code>` },
  ];
}

customElements.define("span-table", SpanTable);
