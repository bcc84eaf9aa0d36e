/** The workflows, as actionlint reads them. In this tier, because it takes Go. */

import { strictEqual } from "node:assert/strict";
import { runToEnd } from "../../ship/run_to_end.ts";

const ROOT = new URL("../../../", import.meta.url);
/** The Go module that pins actionlint. */
const MODULE = new URL("./actionlint/", import.meta.url).pathname;

async function isInstalled(program: string): Promise<boolean> {
  try {
    return (await runToEnd([program, "version"])).code === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function actionlint(files: readonly string[]) {
  return await runToEnd(
    ["go", "tool", "actionlint", "-no-color", "-shellcheck=", ...files],
    { cwd: MODULE },
  );
}

Deno.test({
  name: "`actionlint` finds nothing in .github/workflows (needs go)",
  ignore: !await isInstalled("go"),
  fn: async () => {
    const folder = new URL(".github/workflows/", ROOT);
    const files = [...Deno.readDirSync(folder)]
      .map(({ name }) => new URL(name, folder).pathname);
    const { code, stdout, stderr } = await actionlint(files);
    strictEqual(stdout, "");
    strictEqual(code, 0, stderr);
    strictEqual(files.length > 0, true);
  },
});
