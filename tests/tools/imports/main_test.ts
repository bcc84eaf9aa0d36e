import assert from "node:assert/strict";
import { checkImports } from "../../../tools/imports/main.ts";

/** A small house in which every import is right. */
const house: Readonly<Record<string, string>> = {
  "deno.json": "{}",
  "cli.ts":
    `import { platform } from "#flavor"; import "./lib/errors.ts"; export const run = () => [platform, import("./lib/inject/a.ts")];`,
  "proxy.ts": `import "#flavor"; import "./lib/proxy/server.ts";`,
  "flavors/release.ts": "export const platform = 1;",
  "flavors/develop.ts": "export const platform = 2;",
  "flavors/testing.ts":
    `import "./embedded_api/api.ts"; export const platform = 3;`,
  "flavors/embedded_api/api.ts": "export {};",
  "lib/errors.ts": "export {};",
  "lib/inject/a.ts": `import "../errors.ts";`,
  "lib/proxy/server.ts": `import "../wire/a.ts";`,
  "lib/wire/a.ts": `import "../errors.ts";`,
  "tests/a_test.ts": `import "../lib/wire/a.ts";`,
  ...Object.fromEntries(
    ["release", "develop", "testing"].map((flavor) => [
      `flavors/${flavor}.json`,
      JSON.stringify({ imports: { "#flavor": `./${flavor}.ts` } }),
    ]),
  ),
};

/** The faults of the house with some files exchanged or added. */
async function faultsWith(
  changes: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const [name, text] of Object.entries({ ...house, ...changes })) {
      const path = `${folder}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), {
        recursive: true,
      });
      await Deno.writeTextFile(path, text);
    }
    return (await checkImports(new URL(`file://${folder}/`))).faults;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("checkImports() finds nothing in a house that is in order", async () => {
  assert.deepEqual(await faultsWith({}), []);
});

Deno.test("checkImports() finds a planted import against the direction", async () => {
  const faults = await faultsWith({
    "lib/wire/a.ts": `import "../proxy/limits.ts";`,
    "lib/proxy/limits.ts": "export {};",
  });
  assert.deepEqual(faults, [
    "lib/wire/a.ts → lib/proxy/limits.ts: wire may not import proxy",
  ]);
});

Deno.test("checkImports() finds it in a module that nothing imports", async () => {
  const faults = await faultsWith({
    "lib/kube/b.ts": `import type {} from "../webhook/c.ts";`,
    "lib/webhook/c.ts": "export {};",
  });
  assert.deepEqual(faults, [
    "lib/kube/b.ts → lib/webhook/c.ts: kube may not import webhook",
  ]);
});

Deno.test("checkImports() finds it whatever the module's suffix, and in a folder without a room", async () => {
  const faults = await faultsWith({
    "lib/kube/b.js": `import "../webhook/c.ts";`,
    "lib/webhook/c.ts": "export {};",
    "plugins/d.mts": "export {};",
    "tests/testdata/e.ts": `import "nowhere";`,
    "tmp/f.ts": `import "nowhere";`,
  });
  assert.deepEqual(faults, [
    "plugins/d.mts is in no room of tools/imports/rooms.ts",
    "lib/kube/b.js → lib/webhook/c.ts: kube may not import webhook",
  ]);
});

Deno.test("checkImports() finds testing code in a release executable", async () => {
  const faults = await faultsWith({
    "flavors/release.ts": `export { platform } from "./testing.ts"; export {};`,
  });
  assert.ok(
    faults.some((fault) =>
      fault.startsWith(
        "release: cli.ts → flavors/release.ts → flavors/testing.ts\n",
      )
    ),
    faults.join("\n"),
  );
});

Deno.test("checkImports() finds the injector on the proxy's start path", async () => {
  const faults = await faultsWith({
    "cli.ts": `import "./lib/inject/a.ts"; import "#flavor";`,
  });
  assert.deepEqual(faults.map((fault) => fault.split("\n")[0]), [
    "release: cli.ts → lib/inject/a.ts",
    "develop: cli.ts → lib/inject/a.ts",
    "testing: cli.ts → lib/inject/a.ts",
  ]);
});

Deno.test("checkImports() finds an import of what is not there", async () => {
  const faults = await faultsWith({
    "lib/wire/a.ts": `import "./gone.ts"; import "../proxy/server.ts";`,
  });
  assert.equal(faults.length, 2, faults.join("\n"));
  assert.match(faults.join("\n"), /^lib\/wire\/gone\.ts: /m);
  assert.match(faults.join("\n"), /wire may not import proxy$/m);
});
