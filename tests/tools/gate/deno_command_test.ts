import assert from "node:assert/strict";
import { runDeno } from "../../../tools/gate/deno_command.ts";
import type { StepContext } from "../../../tools/gate/step.ts";

function context(more: Partial<StepContext> = {}): StepContext {
  return {
    root: new URL("../../../", import.meta.url).pathname,
    ci: false,
    signal: new AbortController().signal,
    progress: () => {},
    ...more,
  };
}

Deno.test("runDeno() collects both outputs, and tells success from failure", async () => {
  const script = (code: number) =>
    `console.log("out " + Deno.cwd(), Deno.env.get("A")); console.error("err"); Deno.exit(${code})`;
  const good = await runDeno(["eval", script(0)], context(), {
    env: { A: "b" },
  });
  assert.equal(good.success, true);
  assert.match(good.output, /out .+ b\n/);
  assert.match(good.output, /err\n/);
  const bad = await runDeno(["eval", script(3)], context());
  assert.equal(bad.success, false);
});

Deno.test("runDeno() shows live output before the end, and interrupts when it is aborted", async () => {
  const controller = new AbortController();
  const seen: string[] = [];
  const { success, output } = await runDeno(
    [
      "eval",
      `Deno.addSignalListener("SIGINT", () => { console.log("cleaned up"); Deno.exit(7); });
       setInterval(() => {}, 1000); console.log("ready");`,
    ],
    context({
      signal: controller.signal,
      progress: (bytes) => {
        seen.push(new TextDecoder().decode(bytes));
        if (seen.join("").includes("ready")) controller.abort();
      },
    }),
    { live: true },
  );
  assert.equal(success, false);
  assert.match(output, /ready\ncleaned up\n/);
});

Deno.test("runDeno() starts nothing that lasts when it is aborted before", async () => {
  const { success } = await runDeno(
    ["eval", "setInterval(() => {}, 1000);"],
    context({ signal: AbortSignal.abort() }),
  );
  assert.equal(success, false);
});
