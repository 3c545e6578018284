import { run } from "./check.mjs";
import "./model.mjs";

console.log(run());
