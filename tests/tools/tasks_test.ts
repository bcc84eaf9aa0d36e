import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);
const { tasks } = JSON.parse(
  await Deno.readTextFile(new URL("deno.json", root)),
);

Deno.test("deno.json has the tasks that the documents promise", () => {
  for (
    const name of [
      "ok",
      "test",
      "demo",
      "inject",
      "proxy",
      "webhook",
      "cluster",
      "bench",
      "fmt",
    ]
  ) assert.ok(name in tasks, name);
});

Deno.test("deno.json describes each task", () => {
  for (const [name, task] of Object.entries<Record<string, unknown>>(tasks)) {
    assert.equal(typeof task["command"], "string", name);
    assert.equal(typeof task["description"], "string", name);
  }
});

Deno.test("deno.json runs inject as released and proxy and webhook as developed", () => {
  assert.match(tasks.inject.command, / --import-map=flavors\/release\.json /);
  for (const name of ["proxy", "webhook"]) {
    assert.match(tasks[name].command, / --import-map=flavors\/develop\.json /);
  }
});

Deno.test("deno.json keeps the sanitizers of tests on", async () => {
  const { test } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  assert.deepEqual(test, { sanitizeOps: true, sanitizeResources: true });
});
