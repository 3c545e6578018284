import {
  COMMANDS, available, keyLabel, match, pressed, provide, run,
} from "../../../Sources/CWebUI/ui/state/commands.js";
import { text } from "../../../Sources/CWebUI/ui/text/en.js";
import { rank } from "../../../Sources/CWebUI/ui/model/rank.js";
import { equal, ok, test } from "./check.mjs";

const event = (key, modifiers = {}) => ({
  key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers,
});

test("every command has a label and a scope with a name, and no two of them share an id", () => {
  for (const { id, scope } of COMMANDS) {
    ok(text.commands[id], `${id} has no label`);
    ok(text.scopes[scope], `${scope} has no name`);
  }
  equal(new Set(COMMANDS.map((command) => command.id)).size, COMMANDS.length);
  for (const id of Object.keys(text.commands)) ok(COMMANDS.some((command) => command.id === id), `${id} is no command`);
});

test("no two commands that can meet on a page share a key", () => {
  const scopes = new Set(COMMANDS.map((command) => command.scope));
  for (const scope of scopes) {
    const together = COMMANDS.filter((command) => [scope, "app"].includes(command.scope));
    const keys = together.flatMap((command) => command.keys);
    equal(keys.filter((key, index) => keys.indexOf(key) !== index), []);
    // A single key that begins a sequence would never get its turn.
    const firsts = new Set(keys.filter((key) => /^\S+ \S+$/.test(key)).map((key) => key.split(" ")[0]));
    equal(keys.filter((key) => firsts.has(key)), []);
  }
});

test("the keys of the trace page are Jaeger's", () => {
  const keys = Object.fromEntries(COMMANDS.map((command) => [command.id, command.keys]));
  equal(keys["trace.scroll-down"], ["s"]);
  equal(keys["trace.scroll-up"], ["w"]);
  equal(keys["trace.next-span"], ["f"]);
  equal(keys["trace.previous-span"], ["b"]);
  equal(keys["trace.pan-left-far"], ["shift+a", "shift+arrowleft"]);
  equal(keys["trace.collapse-all"], ["]"]);
  equal(keys["trace.expand-all"], ["["]);
  equal(keys["trace.collapse-level"], ["p"]);
  equal(keys["trace.expand-level"], ["o"]);
  equal(keys["trace.find"], ["ctrl+b"]);
  equal(keys["trace.clear"], ["escape"]);
  equal(keys["app.help"], ["?"]);
});

test("a key event is read as the table writes it", () => {
  equal(pressed(event("?", { shiftKey: true })), "?");
  equal(pressed(event("A", { shiftKey: true })), "shift+a");
  equal(pressed(event("ArrowLeft", { shiftKey: true })), "shift+arrowleft");
  equal(pressed(event("b", { ctrlKey: true })), "ctrl+b");
  equal(pressed(event("k", { metaKey: true })), "ctrl+k");
  equal(match("s", "g", COMMANDS)?.id, "go.search");
  equal(match("s", "q", COMMANDS), null);
});

test("a command is offered as long as someone provides it, and the last provider carries it out", () => {
  const calls = [];
  equal(run("status.refresh"), false);
  const outer = provide({ "status.refresh": () => calls.push("outer") });
  const inner = provide({ "status.refresh": () => calls.push("inner") });
  run("status.refresh");
  inner();
  run("status.refresh");
  ok(available().some((command) => command.id === "status.refresh"), "not offered");
  outer();
  equal(available().length, 0);
  equal(calls, ["inner", "outer"]);
});

test("keys are named for people", () => {
  equal(keyLabel("g s"), "G S");
  equal(keyLabel("shift+arrowleft").endsWith("←"), true);
  equal(keyLabel(" "), "Space");
  equal(keyLabel("+"), "+");
});

test("names are ranked by where the letters stand", () => {
  const names = ["Go to Monitor", "monitor", "Common items", "Toggle"];
  equal(rank(names, "mon", (name) => name), ["monitor", "Go to Monitor", "Common items"]);
  equal(rank(names, "to mon", (name) => name), ["Go to Monitor", "monitor"]);
  equal(rank(names, "a(b", (name) => name), []);
});
