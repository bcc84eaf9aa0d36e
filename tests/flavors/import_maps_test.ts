import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { platform as develop } from "../../flavors/develop.ts";
import { platform as release } from "../../flavors/release.ts";
import { platform as testing } from "../../flavors/testing.ts";

const FLAVORS = ["release", "develop", "testing"] as const;

async function readJson(path: string): Promise<Record<string, unknown>> {
  const url = new URL(`../../${path}`, import.meta.url);
  return JSON.parse(await Deno.readTextFile(url));
}

async function imports(flavor: string): Promise<Record<string, string>> {
  const map = await readJson(`flavors/${flavor}.json`);
  deepStrictEqual(Object.keys(map), ["imports"]);
  return Object.fromEntries(
    Object.entries(map["imports"] ?? {}).map((
      [name, target],
    ) => [name, String(target)]),
  );
}

Deno.test("importMaps() differ in nothing but the flavor", async () => {
  const [first, ...others] = await Promise.all(FLAVORS.map(async (flavor) => {
    const { "#flavor": entry, ...dependencies } = await imports(flavor);
    strictEqual(entry, `./${flavor}.ts`);
    return dependencies;
  }));
  ok(first !== undefined && Object.keys(first).length > 0);
  for (const other of others) deepStrictEqual(other, first);
});

Deno.test("importMaps() pin each dependency to one version from npm", async () => {
  const { "#flavor": _, ...dependencies } = await imports("release");
  for (const [name, target] of Object.entries(dependencies)) {
    match(target, /^npm:(@[a-z0-9-]+\/)?[a-z0-9-]+@[0-9]+\.[0-9]+\.[0-9]+$/);
    ok(target.startsWith(`npm:${name}@`), `${name} is ${target}`);
  }
});

Deno.test("importMaps() name flavors that are what they say", () => {
  strictEqual(release.flavor, "release");
  strictEqual(develop.flavor, "develop");
  strictEqual(testing.flavor, "testing");
});

Deno.test("importMaps() hold the default: deno.json takes the testing flavor unless told", async () => {
  const config = await readJson("deno.json");
  strictEqual(config["importMap"], "./flavors/testing.json");
  strictEqual("imports" in config, false);
});
