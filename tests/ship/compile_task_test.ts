/** `deno task compile`, as a user runs it. */

import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { runToEnd } from "./run_to_end.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

async function compile(
  args: readonly string[],
  env: Record<string, string> = {},
) {
  return await runToEnd(
    [Deno.execPath(), "run", "-A", "--quiet", "tools/compile/main.ts", ...args],
    { cwd: ROOT, env },
  );
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("`deno task compile` makes an executable that tells its build, or says why it cannot and keeps the bundle", async () => {
  const output = await Deno.makeTempDir();
  try {
    const { code, stdout, stderr } = await compile([
      "--output",
      output,
      "mca-proxy",
    ]);
    match(stdout, /\/mca-proxy\.js {2}0\.\d\d MB\n/);
    const folder = `${output}/${Deno.build.target}`;
    if (code === 0) {
      const ended = await runToEnd([
        `${folder}/mca-proxy`,
        "version",
        "-o",
        "json",
      ]);
      strictEqual(JSON.parse(ended.stdout).name, "mca-proxy");
      return;
    }
    strictEqual(code, 1);
    match(
      stderr,
      /^Bundling mca-proxy\nCompiling mca-proxy for \S+\nThe runtime for \S+ cannot be downloaded\nhint: the bundles are there/,
    );
    deepStrictEqual(
      names(output).filter((name) => name !== Deno.build.target),
      ["mca-proxy.js", "mca-proxy.js.map"],
    );
    deepStrictEqual(names(folder), []);
  } finally {
    await Deno.remove(output, { recursive: true });
  }
});

const MISUSES: readonly (readonly [args: string[], error: RegExp])[] = [
  [["--flavor", "vanilla"], /^There is no flavor vanilla; there are release/],
  [["--target", "z80"], /^There is no target z80; there are x86_64-/],
  [["mcb"], /^There is no executable mcb; there are mca-proxy/],
  [["--falvor", "x"], /^Unknown option '--falvor'/],
];
for (const [args, error] of MISUSES) {
  Deno.test(`\`deno task compile ${args.join(" ")}\` exits with 2`, async () => {
    const { code, stdout, stderr } = await compile(args);
    strictEqual(code, 2);
    strictEqual(stdout, "");
    match(stderr, error);
    match(stderr, /\nhint: see deno task compile --help\n$/);
  });
}
