// The least that a test needs, so that the same files run under node and in a browser.

const tests = [];

export function test(name, body) {
  tests.push({ name, body });
}

export function equal(actual, expected) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${a} is not ${b}`);
}

export function ok(condition, what) {
  if (!condition) throw new Error(what);
}

/** Runs all tests and returns a line for each, and last "passed: n, failed: m". */
export function run() {
  const lines = [];
  let failed = 0;
  for (const { name, body } of tests) {
    try {
      body();
      lines.push(`ok ${name}`);
    } catch (error) {
      failed++;
      lines.push(`FAILED ${name}: ${error.message}`);
    }
  }
  lines.push(`passed: ${tests.length - failed}, failed: ${failed}`);
  return lines.join("\n");
}
