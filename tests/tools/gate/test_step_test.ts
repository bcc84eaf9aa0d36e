import assert from "node:assert/strict";
import { runTests, testResult } from "../../../tools/gate/test_step.ts";
import type { StepResult } from "../../../tools/gate/step.ts";

/** Runs `deno test` on the files for real, in a folder of their own. */
async function runFiles(
  files: Readonly<Record<string, string>>,
): Promise<StepResult> {
  const root = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${root}/${name}`, text);
    }
    return await runTests({ name: "t", summary: "", args: ["."] }, {
      root: `${root}/`,
      ci: false,
      signal: new AbortController().signal,
      progress: () => {},
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("runTests() counts passed, failed and skipped tests and steps", async () => {
  const { tally, skippedTests, output } = await runFiles({
    "a_test.ts": `
      Deno.test("a() works", () => {});
      Deno.test({ name: "b() works (needs x)", ignore: true, fn() {} });
      Deno.test("c() works", async (t) => {
        await t.step("one", () => {});
        await t.step("two", () => { throw new Error("Boom"); });
      });`,
  });
  assert.deepEqual(tally, { passed: 2, failed: 2, skipped: 1 });
  assert.deepEqual(skippedTests, ["./a_test.ts: b() works (needs x)"]);
  assert.match(output, /Boom/);
  assert.doesNotMatch(output, /a\(\) works/);
});

Deno.test("runTests() counts a module that does not compile as a failure", async () => {
  const { tally, output } = await runFiles({
    "a_test.ts": `Deno.test("a() works", () => {}); const n: number = "n";`,
  });
  assert.deepEqual(tally, { passed: 0, failed: 1, skipped: 0 });
  assert.match(output, /TS2322/);
});

Deno.test("runTests() counts a module that throws as a failure", async () => {
  const { tally } = await runFiles({
    "a_test.ts": `Deno.test("a() works", () => {});`,
    "b_test.ts": `throw new Error("Boom");`,
  });
  assert.deepEqual(tally, { passed: 1, failed: 1, skipped: 0 });
});

Deno.test("runTests() counts a run without tests as a failure", async () => {
  const { tally } = await runFiles({ "a_test.ts": "export {};" });
  assert.deepEqual(tally, { passed: 0, failed: 1, skipped: 0 });
});

Deno.test("testResult() counts a broken report as a failure", () => {
  const { tally, output } = testResult(true, "fine\n", "<testsuites name=");
  assert.deepEqual(tally, { passed: 0, failed: 1, skipped: 0 });
  assert.match(output, /fine[^]*not whole/);
});
