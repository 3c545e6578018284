// The one table of commands: shortcuts, the help sheet, the palette and the tests are made from it.
// Labels are `text.commands[id]`. Who can carry a command out says so with `provide` for as long as it can;
// a command that nobody provides is neither offered nor triggered.

import { preference } from "./preferences.js";

/**
 * @typedef {object} Command
 * @property {string} id such as "trace.expand-all"; its label is text.commands[id]
 * @property {string[]} keys each one way to press it: modifiers in the order ctrl+alt+shift, then the key as
 *   KeyboardEvent.key names it in lower case ("ctrl+k", "shift+arrowleft", "?"), or two keys one after the other
 *   ("g s"). "ctrl" is ⌘ on a Mac as well.
 * @property {"app" | "search" | "trace" | "compare" | "system" | "monitor" | "live" | "status"} scope where it belongs
 */

/** @type {readonly Command[]} The keys of scope "trace" are Jaeger's. */
export const COMMANDS = Object.freeze([
  { id: "app.palette", keys: ["ctrl+k"], scope: "app" },
  { id: "app.help", keys: ["?"], scope: "app" },
  { id: "app.look-up", keys: ["g t"], scope: "app" },
  { id: "go.search", keys: ["g s"], scope: "app" },
  { id: "go.compare", keys: ["g c"], scope: "app" },
  { id: "go.import", keys: ["g u"], scope: "app" },
  { id: "go.system", keys: ["g d"], scope: "app" },
  { id: "go.monitor", keys: ["g m"], scope: "app" },
  { id: "go.live", keys: ["g l"], scope: "app" },
  { id: "go.status", keys: ["g i"], scope: "app" },
  { id: "app.theme", keys: ["g k"], scope: "app" },
  { id: "app.zone", keys: ["g z"], scope: "app" },
  { id: "app.settings", keys: ["g ,"], scope: "app" },
  { id: "app.copy-link", keys: ["g y"], scope: "app" },

  { id: "search.focus", keys: ["/"], scope: "search" },
  { id: "search.run", keys: ["r"], scope: "search" },
  { id: "search.next", keys: ["j"], scope: "search" },
  { id: "search.previous", keys: ["k"], scope: "search" },
  { id: "search.open", keys: ["o"], scope: "search" },
  { id: "search.pick", keys: ["x"], scope: "search" },
  { id: "search.compare", keys: ["c"], scope: "search" },
  { id: "search.more", keys: ["n"], scope: "search" },
  { id: "search.view", keys: ["v"], scope: "search" },
  { id: "search.columns", keys: ["e"], scope: "search" },
  { id: "search.save", keys: ["ctrl+s"], scope: "search" },
  { id: "search.history", keys: ["h"], scope: "search" },
  { id: "search.download", keys: [], scope: "search" },
  { id: "search.reset", keys: [], scope: "search" },
  { id: "search.earlier", keys: ["shift+arrowleft"], scope: "search" },
  { id: "search.later", keys: ["shift+arrowright"], scope: "search" },
  { id: "search.wider", keys: ["shift+arrowdown"], scope: "search" },
  { id: "search.narrower", keys: ["shift+arrowup"], scope: "search" },

  { id: "trace.scroll-down", keys: ["s"], scope: "trace" },
  { id: "trace.scroll-up", keys: ["w"], scope: "trace" },
  { id: "trace.next-span", keys: ["f"], scope: "trace" },
  { id: "trace.previous-span", keys: ["b"], scope: "trace" },
  { id: "trace.pan-left", keys: ["a", "arrowleft"], scope: "trace" },
  { id: "trace.pan-left-far", keys: ["shift+a", "shift+arrowleft"], scope: "trace" },
  { id: "trace.pan-right", keys: ["d", "arrowright"], scope: "trace" },
  { id: "trace.pan-right-far", keys: ["shift+d", "shift+arrowright"], scope: "trace" },
  { id: "trace.zoom-in", keys: ["arrowup"], scope: "trace" },
  { id: "trace.zoom-in-far", keys: ["shift+arrowup"], scope: "trace" },
  { id: "trace.zoom-out", keys: ["arrowdown"], scope: "trace" },
  { id: "trace.zoom-out-far", keys: ["shift+arrowdown"], scope: "trace" },
  { id: "trace.collapse-all", keys: ["]"], scope: "trace" },
  { id: "trace.expand-all", keys: ["["], scope: "trace" },
  { id: "trace.collapse-level", keys: ["p"], scope: "trace" },
  { id: "trace.expand-level", keys: ["o"], scope: "trace" },
  { id: "trace.find", keys: ["ctrl+b"], scope: "trace" },
  { id: "trace.clear", keys: ["escape"], scope: "trace" },
  { id: "trace.next-match", keys: ["n"], scope: "trace" },
  { id: "trace.previous-match", keys: ["shift+n"], scope: "trace" },
  { id: "trace.matches-only", keys: ["m"], scope: "trace" },
  { id: "trace.zoom-reset", keys: ["0"], scope: "trace" },
  { id: "trace.critical-path", keys: ["c"], scope: "trace" },
  { id: "trace.group-repeats", keys: ["r"], scope: "trace" },
  { id: "trace.timeline", keys: ["1"], scope: "trace" },
  { id: "trace.flame", keys: ["2"], scope: "trace" },
  { id: "trace.statistics", keys: ["3"], scope: "trace" },
  { id: "trace.spans", keys: ["4"], scope: "trace" },
  { id: "trace.graph", keys: ["5"], scope: "trace" },
  { id: "trace.logs", keys: ["6"], scope: "trace" },
  { id: "trace.json", keys: ["7"], scope: "trace" },
  { id: "trace.compare", keys: [], scope: "trace" },

  { id: "system.find", keys: ["/"], scope: "system" },
  { id: "system.deeper", keys: ["+"], scope: "system" },
  { id: "system.shallower", keys: ["-"], scope: "system" },
  { id: "system.everything", keys: ["escape"], scope: "system" },
  { id: "system.view", keys: ["v"], scope: "system" },
  { id: "monitor.service", keys: ["/"], scope: "monitor" },
  { id: "monitor.earlier", keys: ["shift+arrowleft"], scope: "monitor" },
  { id: "monitor.later", keys: ["shift+arrowright"], scope: "monitor" },
  { id: "live.pause", keys: [" "], scope: "live" },
  { id: "live.clear", keys: ["escape"], scope: "live" },
  { id: "live.filter", keys: ["/"], scope: "live" },
  { id: "status.refresh", keys: ["r"], scope: "status" },
]);

const SEQUENCE = 1500; // ms for the second key of two
const EDITABLE = "input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable]";
const MAC = { ctrl: "⌘", alt: "⌥", shift: "⇧" };
const NAMES = { arrowup: "↑", arrowdown: "↓", arrowleft: "←", arrowright: "→", escape: "Esc", " ": "Space" };

const byID = new Map(COMMANDS.map((command) => [command.id, command]));
/** @type {Map<string, (() => void)[]>} the last provider counts */
const providers = new Map();

/**
 * Says that these commands can be carried out, until the returned function is called.
 * @param {Record<string, () => void>} handlers by command id
 * @returns {() => void} takes them back
 */
export function provide(handlers) {
  for (const [id, run] of Object.entries(handlers)) {
    if (!byID.has(id)) throw new Error(`no command ${id} in the table`);
    providers.set(id, [...(providers.get(id) ?? []), run]);
  }
  return () => {
    for (const [id, run] of Object.entries(handlers)) {
      providers.set(id, (providers.get(id) ?? []).filter((other) => other !== run));
    }
  };
}

/** @returns {Command[]} those that can be carried out now, in the order of the table */
export function available() {
  return COMMANDS.filter((command) => providers.get(command.id)?.length);
}

/** Carries a command out; false when nobody can. */
export function run(id) {
  const handler = providers.get(id)?.at(-1);
  handler?.();
  return Boolean(handler);
}

/** How a person reads the keys: "Ctrl B", "G then S". */
export function keyLabel(keys) {
  const mac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");
  const one = (key) => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key[0].toUpperCase() + key.slice(1));
  const chord = (keys) =>
    split(keys).map((key) => (mac && MAC[key]) || one(key)).join(mac ? "" : " ");
  return keys === " " ? NAMES[" "] : keys.split(" ").map(chord).join(" ");
}

/** The command that an event asks for, if it is one key or the second of two. Exported for the tests. */
export function match(keys, pending, commands) {
  const wanted = pending ? `${pending} ${keys}` : keys;
  return commands.find((command) => command.keys.includes(wanted)) ?? null;
}

/** @param {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean}} event */
export function pressed(event) {
  const key = event.key.toLowerCase();
  // Shift makes "?" out of "/" by itself; it counts only with letters and named keys.
  const shift = event.shiftKey && (key.length > 1 || key !== key.toUpperCase());
  return [(event.ctrlKey || event.metaKey) && "ctrl", event.altKey && "alt", shift && "shift", key]
    .filter(Boolean)
    .join("+");
}

/** Listens to the whole document; whatever handles a key itself calls preventDefault first. */
export function startCommands() {
  let pending = "";
  let timer = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    const keys = pressed(event);
    const modified = keys.startsWith("ctrl+") || keys.startsWith("alt+");
    if (!modified && quiet(event)) return;
    const commands = available();
    const found = match(keys, pending, commands) ?? (pending ? match(keys, "", commands) : null);
    const begins = (command) => command.keys.some((way) => way.startsWith(`${keys} `));
    const opens = !found && !pending && commands.some(begins);
    clearTimeout(timer);
    pending = opens ? keys : "";
    if (opens) timer = setTimeout(() => (pending = ""), SEQUENCE);
    if (!found && !opens) return;
    event.preventDefault();
    if (found) run(found.id);
  });
}

/** Whether a plain key belongs to what has the focus, to an open dialog, or to nobody by preference. */
function quiet(event) {
  if (preference("single-keys", "on") === "off" && event.key !== "Escape") return true;
  if (document.querySelector("dialog[open]")) return true;
  const { target } = event;
  if (!(target instanceof Element)) return false;
  if (target.closest(EDITABLE)) return true;
  if (event.key.startsWith("Arrow") && target.closest("input")) return true;
  return event.key === " " && target.closest("button, a, summary, input, [role=button]") !== null;
}

function split(chord) {
  return chord === "+" ? ["+"] : chord.split("+").filter(Boolean);
}
