/** The library, as a registry takes it. */

import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { runToEnd } from "./run_to_end.ts";

const ROOT = new URL("../../", import.meta.url);

async function deno(args: readonly string[]) {
  return await runToEnd([Deno.execPath(), ...args], {
    cwd: ROOT.pathname,
    env: { NO_COLOR: "1" },
  });
}

Deno.test("`deno doc --lint mod.ts` finds nothing without documentation or out of reach", async () => {
  const { code, stderr } = await deno(["doc", "--lint", "mod.ts"]);
  strictEqual(code, 0, stderr);
});

Deno.test("`deno publish --dry-run` takes the library and nothing else, with types that need no inference", async () => {
  const { code, stderr } = await deno([
    "publish",
    "--dry-run",
    "--allow-dirty",
  ]);
  strictEqual(code, 0, stderr);
  match(stderr, /Success Dry run complete/);
  const files = [...stderr.matchAll(/^ +file:\/\/(\S+) \(/gm)]
    .map(([, path = ""]) => path.slice(ROOT.pathname.length));
  strictEqual(files.includes("mod.ts"), true);
  deepStrictEqual(
    files.filter((path) =>
      !path.startsWith("lib/") &&
      !/^(mod\.ts|deno\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(path)
    ),
    [],
  );
});
