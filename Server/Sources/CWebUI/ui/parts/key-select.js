// A choice among what spans can be coloured, grouped and listed by: what every span has, and the attributes of this
// trace. Those of a large one are asked for when the choice is made.

import { html } from "../draw/html.js";
import { text } from "../text/en.js";

const MOST = 200;

/**
 * @param {{open: import("../state/open-trace.js").OpenTrace, chosen: string, plain: {value: string, label: string}[],
 *   change: (key: string) => void}} choice
 */
export function keySelect({ open, chosen, plain, change }) {
  const option = (value, label) => html`<option value="${value}" .selected="${value === chosen}">${label}</option>`;
  const group = html`<optgroup label="${text.attributes}"></optgroup>`;
  const fill = () => {
    const keys = (open.keys ?? []).slice(0, MOST).map(({ key }) => key);
    const isPlain = plain.some(({ value }) => value === chosen);
    if (!isPlain && !keys.includes(chosen)) keys.unshift(chosen);
    group.replaceChildren(...keys.map((key) => option(key, key)));
    group.hidden = keys.length === 0;
  };
  fill();
  if (!open.keys) {
    open.loadKeys().then(fill, (error) => {
      group.hidden = false;
      group.label = text.keysFailed(error.message);
    });
  }
  return html`<select @change="${(event) => change(event.target.value)}">
    ${plain.map(({ value, label }) => option(value, label))}${group}</select>`;
}
