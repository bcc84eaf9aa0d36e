import { match, ok, strictEqual } from "node:assert/strict";
import { manPage } from "../../../lib/cli/man_page.ts";
import { runToEnd } from "../../ship/run_to_end.ts";

const PAGE = manPage({
  name: "tool",
  version: "1.2.3",
  help: `Usage: tool COMMAND

Works.

Commands:
  work  Do it

Exit codes:
  0  done
`,
  commands: [`Usage: tool work

.dots and 'quotes' and \\backslashes.

Options:
  -f, --fast  At "once".

Examples:
  tool work
`],
});

/** The page as man shows it. */
async function shown(page: string): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(
    ["groff", "-man", "-ww", "-Tutf8", "-P-cbou"],
    { stdin: page },
  );
  strictEqual(stderr, "");
  strictEqual(code, 0);
  return stdout;
}

Deno.test("manPage() writes what groff reads without a warning", async () => {
  const text = await shown(PAGE);
  match(text, /^TOOL\(1\)/);
  match(text, /NAME\n +tool - works\n/);
  match(text, /\n +-f, --fast\n +At "once"\.\n/);
  match(text, /\n +\.dots and 'quotes' and \\backslashes\.\n/);
  match(text, /EXIT CODES\n +0 +done\n/);
  ok(!text.includes("Do it"));
});

Deno.test("docs/generated/mca.1 has each command and reads without a warning", async () => {
  const text = await shown(await Deno.readTextFile("docs/generated/mca.1"));
  for (const command of ["inject", "uninject", "proxy", "webhook", "version"]) {
    match(text, new RegExp(`\n +mca ${command} \\[OPTIONS\\]`));
  }
});
