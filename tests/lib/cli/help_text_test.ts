import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { helpOptions, readHelp } from "../../../lib/cli/help_text.ts";

const HELP = `Usage: tool work [OPTIONS]
                 [FILE...]

Does some work: at once
or later.

More of it.

Options:
  -o, --output FORMAT  same (default: as it came), text, or
                       json: for programs.
      --fast           At once.
  --first-limit, --second-limit,
  --third-limit NUMBER
                       How much (default 3).
  --report FORMAT      The report's format: text (default) or json.
  --plan FILE          A file, a pipe, or - for standard input.

Environment (see
the manual):
  TOOL_LEVEL  The level.

Examples:
  tool work
                       Works.

  tool work --fast \\
    -o json

The end.
`;

Deno.test("readHelp() reads usage, paragraphs and sections", () => {
  const { usage, paragraphs, sections } = readHelp(HELP);
  strictEqual(usage, "tool work [OPTIONS] [FILE...]");
  deepStrictEqual(paragraphs, [
    "Does some work: at once or later.",
    "More of it.",
    "The end.",
  ]);
  deepStrictEqual(sections.map(({ title }) => title), [
    "Options",
    "Environment (see the manual)",
    "Examples",
  ]);
  deepStrictEqual(sections[1]?.items, [
    { term: "TOOL_LEVEL", text: "The level." },
  ]);
  deepStrictEqual(sections[2]?.lines, [
    "tool work",
    "                     Works.",
    "",
    "tool work --fast \\",
    "  -o json",
  ]);
});

Deno.test("helpOptions() reads names, values and words", () => {
  const options = helpOptions(readHelp(HELP))
    .map(({ name, short, value, words }) => [name, short, value, words]);
  deepStrictEqual(options, [
    ["--output", "-o", "FORMAT", ["same", "text", "json"]],
    ["--fast", null, null, []],
    ["--first-limit", null, "NUMBER", []],
    ["--second-limit", null, "NUMBER", []],
    ["--third-limit", null, "NUMBER", []],
    ["--report", null, "FORMAT", ["text", "json"]],
    ["--plan", null, "FILE", []],
  ]);
});
