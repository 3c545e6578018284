// Line icons on a 16 px grid, drawn in the colour of the text around them.

import { html } from "./html.js";

const icon = (d) => html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="${d}"></path></svg>`;

export const icons = {
  copy: () => icon("M5.5 5.5v-3h8v8h-3 M2.5 5.5h8v8h-8z"),
  done: () => icon("M3 8.5l3.2 3.2L13 5"),
  search: () => icon("M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z M10.3 10.3l3.2 3.2"),
  close: () => icon("M4 4l8 8 M12 4l-8 8"),
  up: () => icon("M4 10l4-4 4 4"),
  down: () => icon("M4 6l4 4 4-4"),
  sun: () =>
    icon(
      "M8 5.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 1 0 0-5.6z M8 1.2v1.6 M8 13.2v1.6 M1.2 8h1.6 M13.2 8h1.6 " +
        "M3.2 3.2l1.1 1.1 M11.7 11.7l1.1 1.1 M12.8 3.2l-1.1 1.1 M4.3 11.7l-1.1 1.1",
    ),
  moon: () => icon("M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z"),
  system: () => icon("M2 3h12v8H2z M6 13.5h4 M8 11v2.5"),
  expand: () => icon("M4 6.5l4-4 4 4 M4 9.5l4 4 4-4"),
  collapse: () => icon("M4 2.5l4 4 4-4 M4 13.5l4-4 4 4"),
  link: () => icon("M6.5 4H3v9h9V9.5 M9 3h4v4 M13 3L7.5 8.5"),
  warning: () => icon("M8 2.2L14.4 13.5H1.6z M8 6.5v3.2 M8 11.4v.6"),
  menu: () => icon("M2.5 4.5h11 M2.5 8h11 M2.5 11.5h11"),
  command: () =>
    icon(
      "M5.5 5.5h5v5h-5z M5.5 5.5V4A1.7 1.7 0 1 0 4 5.5z M10.5 5.5H12A1.7 1.7 0 1 0 10.5 4z " +
        "M10.5 10.5V12A1.7 1.7 0 1 0 12 10.5z M5.5 10.5H4A1.7 1.7 0 1 0 5.5 12z",
    ),
  keyboard: () => icon("M1.5 4h13v8h-13z M4 6.5h.01 M6.7 6.5h.01 M9.3 6.5h.01 M12 6.5h.01 M5 9.5h6"),
  gear: () =>
    icon(
      "M8 5.7a2.3 2.3 0 1 0 0 4.6a2.3 2.3 0 1 0 0-4.6z M8 1.8v2 M8 12.2v2 M1.8 8h2 M12.2 8h2 M3.6 3.6L5 5 " +
        "M11 11l1.4 1.4 M12.4 3.6L11 5 M5 11l-1.4 1.4",
    ),
  pause: () => icon("M5.5 3.5v9 M10.5 3.5v9"),
  play: () => icon("M5 3.2L12.5 8L5 12.8z"),
  table: () => icon("M2 3h12v10H2z M2 6.3h12 M2 9.6h12 M6.5 6.3V13"),
  list: () => icon("M2.5 4h11 M2.5 7h7 M2.5 10h11 M2.5 13h7"),
  columns: () => icon("M2 3h12v10H2z M6 3v10 M10 3v10"),
  star: () => icon("M8 2l1.8 3.8l4.2.5l-3.1 2.9l.8 4.1L8 11.3l-3.7 2l.8-4.1L2 6.3l4.2-.5z"),
  clock: () => icon("M8 2.2a5.8 5.8 0 1 0 0 11.6a5.8 5.8 0 1 0 0-11.6z M8 4.8V8l2.2 1.6"),
  download: () => icon("M8 2.5v7.5 M4.8 7L8 10.2L11.2 7 M2.5 13.2h11"),
  share: () => icon("M6.5 4H3v9h9V9.5 M9 3h4v4 M13 3L7.5 8.5"),
  left: () => icon("M10 4L6 8l4 4"),
  right: () => icon("M6 4l4 4-4 4"),
  refresh: () => icon("M13 8a5 5 0 1 1-1.6-3.7 M13 2.5v3h-3"),
  chain: () =>
    icon(
      "M6.8 9.2l2.4-2.4 M7.2 5l1.6-1.6a2.3 2.3 0 0 1 3.3 3.3L10.5 8.3 " +
        "M8.8 11l-1.6 1.6a2.3 2.3 0 0 1-3.3-3.3L5.5 7.7",
    ),
  filter: () => icon("M2 3h12L9.5 8.5V13l-3-1.5v-3z"),
};
