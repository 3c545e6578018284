// Attributes by which one set of spans differs from another, with how often each value is in both.

import { html } from "../draw/html.js";
import { text } from "../text/en.js";

const MOST = 12;
const MOST_VALUES = 5;

/** @param {{attributes: object[]}} outliers as the API answers them */
export function outlierList({ attributes }) {
  const telling = attributes.filter(({ score }) => score > 0.05).slice(0, MOST);
  const content = telling.length
    ? html`<div class="outliers">${telling.map(card)}</div>`
    : html`<p class="dim">${text.noOutliers}</p>`;
  return html`<section class="compare-findings"><h2>${text.outliers}</h2><p
    class="dim">${text.outliersLead}</p>${content}</section>`;
}

function card({ key, level, values }) {
  const rows = values.slice(0, MOST_VALUES).map(
    ({ value, selectionShare, baselineShare }) => html`<tr><th scope="row">${String(value)}</th>
      <td>${share(baselineShare, "before")}</td><td>${share(selectionShare, "after")}</td></tr>`,
  );
  return html`<div class="outlier"><h3>${key} <span class="dim">${level}</span></h3>
    <table class="data-table"><thead><tr><th scope="col">${text.value}</th><th scope="col">${text.searchA}</th>
      <th scope="col">${text.searchB}</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function share(value, look) {
  const fill = html`<span class="meter-fill ${look}"></span>`;
  fill.style.width = `${100 * value}%`;
  return html`<span class="share">${`${Math.round(100 * value)} %`}<span class="meter">${fill}</span></span>`;
}
