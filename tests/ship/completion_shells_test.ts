/** The completions of `mca`, in real shells on real terminals. */

import { match, strictEqual } from "node:assert/strict";
import { runToEnd } from "./run_to_end.ts";
import { shippedCommand } from "./shipped.ts";
import { type Shell, SHELLS, TypedShell } from "./typed_shell.ts";

/** What is typed, with the tab key as →, and the arguments that come of it. */
const CASES: readonly (readonly [keys: string, args: RegExp])[] = [
  ["mca inj→", /^<inject>$/],
  ["mca web→", /^<webhook>$/],
  ["mca inject --in-p→", /^<inject><--in-place>$/],
  ["mca inject -o j→", /^<inject><-o><json>$/],
  ["mca inject --report t→", /^<inject><--report><text>$/],
  ["mca inject --report=t→", /^<inject><--report=text>$/],
  ["mca inject --proxy-image-pull-policy Alw→", /><Always>$/],
  ["mca inject -f some-p→", /^<inject><-f><some-pod\.yaml>$/],
  ["mca inject some-p→", /^<inject><some-pod\.yaml>$/],
  ["mca proxy --log-level w→", /^<proxy><--log-level><warn>$/],
  ["mca proxy --port some-p→", /^<proxy><--port><some-p>$/],
  ["mca proxy some-p→", /^<proxy><some-p>$/],
  ["mca completion z→", /^<completion><zsh>$/],
  ["mca help uni→", /^<help><uninject>$/],
];

async function isInstalled(program: string): Promise<boolean> {
  try {
    return (await runToEnd([program, "--version"])).code === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The script that the shipped executable writes. */
async function completionScript(shell: Shell): Promise<string> {
  const { code, stdout, stderr } = await runToEnd([
    ...await shippedCommand("mca"),
    "completion",
    shell,
  ]);
  strictEqual(stderr, "");
  strictEqual(code, 0);
  return stdout;
}

const hasTerminals = await isInstalled("script");

for (const shell of ["bash", "zsh", "fish"] as const) {
  Deno.test({
    name:
      `\`mca completion ${shell}\` completes on a terminal (needs ${shell} and script)`,
    ignore: !hasTerminals || !await isInstalled(shell),
    fn: async (t) => {
      const folder = await Deno.makeTempDir();
      try {
        await Deno.writeTextFile(`${folder}/some-pod.yaml`, "");
        const script = `${folder}/completion`;
        await Deno.writeTextFile(script, await completionScript(shell));
        strictEqual(SHELLS[shell].command.startsWith(shell), true);
        await using typed = await TypedShell.start(shell, script, folder);
        for (const [keys, args] of CASES) {
          await t.step(keys, async () => {
            match(await typed.arguments(keys.replaceAll("→", "\t")), args);
          });
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
