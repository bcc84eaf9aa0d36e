/** What the bundles hold, and that nothing else is needed to run them. */

import {
  deepStrictEqual,
  doesNotMatch,
  match,
  ok,
  strictEqual,
  throws,
} from "node:assert/strict";
import {
  foreignModules,
  ownerName,
  parseSourceMap,
  sourceName,
} from "../../tools/compile/bundle_contents.ts";
import { executableOf, EXECUTABLES } from "../../tools/compile/executables.ts";
import { targetOf } from "../../tools/compile/targets.ts";
import { runToEnd } from "./run_to_end.ts";
import { SHIPPED_COMMIT, shippedBundle, shippedCommand } from "./shipped.ts";

for (const { name, foreign } of EXECUTABLES) {
  Deno.test(`\`${name}\` tells its build, from the bundle alone`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      // No cache, no configuration, no repository around it.
      const { code, stdout, stderr } = await runToEnd([
        ...await shippedCommand(name),
        "version",
        "-o",
        "json",
      ], { clearEnv: true, env: { DENO_DIR: `${folder}/none` }, cwd: folder });
      strictEqual(stderr, "");
      strictEqual(code, 0);
      deepStrictEqual(JSON.parse(stdout), {
        name,
        version: JSON.parse(await Deno.readTextFile("deno.json")).version,
        flavor: "release",
        target: Deno.build.target,
        commit: SHIPPED_COMMIT,
        deno: Deno.version.deno,
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  Deno.test(`\`${name}.js\` is one minified file, with its source map apart`, async () => {
    const { file, sourceMap, sources } = await shippedBundle(name);
    const text = await Deno.readTextFile(file);
    doesNotMatch(text, /sourceMappingURL/);
    const map = parseSourceMap(await Deno.readTextFile(sourceMap));
    deepStrictEqual(map.sources, sources);
    ok(sources.includes(executableOf(name).entryPoint));
    // Names that are the same wherever it was made.
    for (const source of sources) {
      doesNotMatch(source, /^(\/|\.\.|file:)/);
    }
  });

  Deno.test(`\`${name}.js\` loads no more than the runtime's option parser at its start`, async () => {
    const { file } = await shippedBundle(name);
    const text = await Deno.readTextFile(file);
    const loaded = [...text.matchAll(/\bfrom\s*"([^"]+)"/g)]
      .map(([, specifier]) => specifier);
    // Node's HTTP costs tens of milliseconds: it is loaded by whoever serves with it.
    deepStrictEqual(new Set(loaded), new Set(["node:util"]));
  });

  Deno.test(`\`${name}.js\` holds no other executable's code and no other flavor's`, async () => {
    const { sources } = await shippedBundle(name);
    const owners = sources.map(ownerName);
    deepStrictEqual(foreignModules(sources, foreign), []);
    deepStrictEqual(
      owners.filter((owner) =>
        /^(flavors\/(develop|testing|embedded_api)|tests|tools|demo|bench)|^npm:(@kubernetes|openid-client|fast-check)/
          .test(owner)
      ),
      [],
    );
  });
}

Deno.test("foreignModules() tells what is another executable's business", () => {
  const { foreign } = executableOf("mca-proxy");
  deepStrictEqual(
    foreignModules([
      "lib/proxy/start_proxy.ts",
      "lib/cli/proxy_command.ts",
      "lib/cli/program.ts",
      "lib/inject/inject_pod.ts",
      "lib/cli/inject_command.ts",
      "lib/webhook/review.ts",
      "npm:yaml@2.9.1/browser/index.js",
      "npm:yaml@2.9.1/browser/dist/log.js",
    ], foreign),
    [
      "lib/inject/inject_pod.ts",
      "lib/cli/inject_command.ts",
      "lib/webhook/review.ts",
      "npm:yaml",
    ],
  );
  deepStrictEqual(foreignModules(["lib/inject/inject_pod.ts"], null), []);
});

const SOURCES: readonly (readonly [source: string, name: string])[] = [
  ["../../lib/errors.ts", "lib/errors.ts"],
  [
    "../../../cache/npm/registry.example/@peculiar/x509/2.2.0/build/a.js",
    "npm:@peculiar/x509@2.2.0/build/a.js",
  ],
  [
    "../../../cache/npm/registry.example/yaml/2.9.1/dist/index.js",
    "npm:yaml@2.9.1/dist/index.js",
  ],
  ["../../../tmp/mca-bundle-1/commit.ts", "commit.ts"],
];
for (const [source, name] of SOURCES) {
  Deno.test(`sourceName() makes ${name} of ${source}`, () => {
    strictEqual(
      sourceName(
        source,
        new URL("file:///home/user/mca/dist/release/mca.js.map"),
        new URL("file:///home/user/mca/"),
      ),
      name,
    );
  });
}

Deno.test("executableOf() and targetOf() name what there is", () => {
  throws(() => executableOf("mcb"), /There is no executable mcb; there are /);
  throws(() => targetOf("z80"), /There is no target z80; there are /);
  match(targetOf(Deno.build.target).triple, /-/);
});
