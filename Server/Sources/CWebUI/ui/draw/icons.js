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
};
