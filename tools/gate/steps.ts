/**
 * The steps of `deno task ok`, in the order of the report.
 *
 * @module
 */

import { commandStep } from "./command_step.ts";
import { examplesStep } from "./examples_step.ts";
import type { Step, StepContext } from "./step.ts";
import { testStep } from "./test_step.ts";

const frozen = ({ ci }: StepContext) => ci ? ["--frozen"] : [];

/** What is type-checked against each flavor's import map. */
const entryPoints = ["cli.ts", "proxy.ts", "webhook.ts", "mod.ts"];

function existing(root: string, paths: readonly string[]): string[] {
  const names = new Set([...Deno.readDirSync(root)].map(({ name }) => name));
  return paths.filter((path) => names.has(path));
}

/** The gate. */
export const steps: readonly Step[] = [
  commandStep({
    name: "fmt",
    summary: "everything is formatted (deno task fmt does it)",
    commands: () => [["fmt", "--check"]],
  }),
  commandStep({
    name: "lint",
    summary: "the recommended rules and the house style hold",
    commands: () => [["lint"]],
  }),
  commandStep({
    name: "check",
    summary: "all code type-checks, the entry points in each flavor",
    commands: (context) => [
      ["check", "--quiet", ...frozen(context), "."],
      ...["release", "develop"].map((flavor) => [
        "check",
        "--quiet",
        ...frozen(context),
        `--import-map=flavors/${flavor}.json`,
        ...existing(context.root, entryPoints),
      ]),
    ],
  }),
  commandStep({
    name: "imports",
    summary: "the rooms import in one direction, executables only their own",
    commands: () => [["run", "-A", "tools/imports/main.ts"]],
  }),
  commandStep({
    name: "docs",
    summary:
      "generated documents are fresh (tools/generate_docs.ts writes them)",
    commands: (context) => [
      ["run", "-A", ...frozen(context), "tools/generate_docs.ts", "--check"],
    ],
  }),
  examplesStep,
  testStep({
    name: "test",
    summary: "unit and socket tests",
    exclusive: true,
    // The step check has the types: a module that fails there hides none of its
    // neighbours here.
    args: ["-A", "--no-check", "--parallel", "--ignore=tests/cluster", "tests"],
  }),
];
