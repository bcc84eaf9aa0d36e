import assert from "node:assert/strict";
import { runGate } from "../../../tools/gate/run_gate.ts";
import type { Step, StepResult } from "../../../tools/gate/step.ts";

const passed = { tally: { passed: 1, failed: 0, skipped: 0 } };
const failed = { tally: { passed: 0, failed: 1, skipped: 0 } };

function step(
  name: string,
  result: Partial<StepResult>,
  more: Partial<Step> = {},
): Step {
  return {
    name,
    summary: `${name} holds`,
    run: () =>
      Promise.resolve({ ...passed, output: "", skippedTests: [], ...result }),
    ...more,
  };
}

async function run(
  steps: readonly Step[],
  more: { ci?: boolean; names?: string[]; signal?: AbortSignal } = {},
): Promise<{ code: number; lines: string[]; progress: string }> {
  const printed: string[] = [];
  const decoder = new TextDecoder();
  let progress = "";
  const code = await runGate({
    steps,
    names: more.names ?? [],
    root: new URL("file:///"),
    ci: more.ci ?? false,
    concurrency: 2,
    signal: more.signal ?? new AbortController().signal,
    print: (line) => printed.push(line),
    progress: (bytes) => progress += decoder.decode(bytes),
  });
  return { code, lines: printed.join("\n").split("\n"), progress };
}

Deno.test("runGate() ends with the sum of all steps as its last line", async () => {
  const { code, lines } = await run([
    step("one", {}),
    step("two", { tally: { passed: 40, failed: 0, skipped: 0 } }),
  ]);
  assert.equal(code, 0);
  assert.equal(lines.at(-1), "41 passed, 0 failed, 0 skipped");
});

Deno.test("runGate() goes on after a failure and shows the failed step's output alone", async () => {
  const { code, lines } = await run([
    step("one", { ...failed, output: "one went wrong\n" }),
    step("two", { output: "two went well\n" }),
    step("three", {}, { run: () => Promise.reject(new Error("Three broke")) }),
    step("four", {}, { exclusive: true }),
  ]);
  const text = lines.join("\n");
  assert.equal(code, 1);
  assert.match(text, /one went wrong/);
  assert.match(text, /Three broke/);
  assert.doesNotMatch(text, /two went well/);
  assert.match(text, /^ok +four/m);
  assert.match(text, /^Failed: one, three$/m);
  assert.equal(lines.at(-1), "2 passed, 2 failed, 0 skipped");
});

Deno.test("runGate() lists skipped tests, and fails for them in CI", async () => {
  const steps = [
    step("one", {
      tally: { passed: 1, failed: 0, skipped: 1 },
      skippedTests: ["./a_test.ts: a() works (needs openssl)"],
    }),
  ];
  const here = await run(steps);
  assert.equal(here.code, 0);
  assert.match(here.lines.join("\n"), /a\(\) works \(needs openssl\)/);
  const inCi = await run(steps, { ci: true });
  assert.equal(inCi.code, 1);
  assert.equal(inCi.lines.at(-1), "1 passed, 0 failed, 1 skipped");
});

Deno.test("runGate() runs the named steps alone and refuses an unknown name", async () => {
  const steps = [step("one", {}), step("two", failed)];
  const chosen = await run(steps, { names: ["one"] });
  assert.equal(chosen.code, 0);
  assert.equal(chosen.lines.at(-1), "1 passed, 0 failed, 0 skipped");
  const unknown = await run(steps, { names: ["one", "tow"] });
  assert.equal(unknown.code, 2);
  assert.match(unknown.lines.join("\n"), /no step tow[^]*two holds/);
});

Deno.test("runGate() runs an exclusive step after the others, alone", async () => {
  const running = new Set<string>();
  const seen: string[] = [];
  const watched = (name: string, exclusive: boolean) =>
    step(name, {}, {
      exclusive,
      run: async () => {
        running.add(name);
        await new Promise((resolve) => setTimeout(resolve, 0));
        seen.push([...running].sort().join("+"));
        running.delete(name);
        return { ...passed, output: "", skippedTests: [] };
      },
    });
  await run([
    watched("x", true),
    watched("a", false),
    watched("y", true),
    watched("b", false),
  ]);
  assert.deepEqual(seen.slice(-2), ["x", "y"]);
  assert.deepEqual(seen[0], "a+b");
});

Deno.test("runGate() leaves the rest out when it is interrupted", async () => {
  const controller = new AbortController();
  const { code, lines } = await run([
    step("one", {}, {
      exclusive: true,
      run: () => {
        controller.abort();
        return Promise.resolve({ ...failed, output: "", skippedTests: [] });
      },
    }),
    step("two", {}, { exclusive: true }),
  ], { signal: controller.signal });
  assert.equal(code, 130);
  assert.doesNotMatch(lines.join("\n"), /two/);
});

Deno.test("runGate() says of each long step that it begins", async () => {
  const { progress, lines } = await run([
    step("one", {}),
    step("two", {}, { exclusive: true }),
  ]);
  assert.equal(progress, "run    two          two holds\n");
  assert.doesNotMatch(lines.join("\n"), /^run/m);
});
