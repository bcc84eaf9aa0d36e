import { runDeno } from "./deno_command.ts";
import type { Step, StepContext, StepResult } from "./step.ts";
import { runTests, type TestStep } from "./test_step.ts";

const tests: TestStep = {
  name: "examples",
  summary: "examples in comments and documents type-check, lib's run too",
  // No permission: lib reaches nothing that it is not handed. (The package yaml
  // looks for two variables of its own.) Types are checked apart, because Deno
  // adds imports that an example may not use.
  args: [
    "--doc",
    "--no-check",
    "--no-prompt",
    "--allow-env=LOG_STREAM,LOG_TOKENS",
  ],
};

/** Whose comments hold public examples; those that are there. */
const sources = ["lib", "mod.ts"];

/**
 * Examples are first type-checked, with the compiler's options of deno.json but
 * for the ones about unused names, and then run.
 */
export const examplesStep: Step = {
  name: tests.name,
  summary: tests.summary,
  async run(context): Promise<StepResult> {
    const names = new Set(
      [...Deno.readDirSync(context.root)].map(({ name }) => name),
    );
    const present = sources.filter((name) => names.has(name));
    const checked = await checkTypes(
      [...present, ...await listMarkdown(context.root)],
      context,
    );
    if (!checked.success) {
      return {
        tally: { passed: 0, failed: 1, skipped: 0 },
        output: checked.output,
        skippedTests: [],
      };
    }
    return await runTests(
      { ...tests, args: [...tests.args, ...present] },
      context,
    );
  },
};

async function checkTypes(paths: readonly string[], context: StepContext) {
  const folder = await Deno.makeTempDir({ prefix: "mca-examples-" });
  try {
    const { compilerOptions, importMap } = JSON.parse(
      await Deno.readTextFile(`${context.root}deno.json`),
    );
    const config = `${folder}/deno.json`;
    await Deno.writeTextFile(
      config,
      JSON.stringify({
        importMap: new URL(importMap, `file://${context.root}`).pathname,
        nodeModulesDir: "none",
        compilerOptions: {
          ...compilerOptions,
          noUnusedLocals: false,
          noUnusedParameters: false,
        },
      }),
    );
    return await runDeno(
      [
        "check",
        "--quiet",
        // deno.lock belongs to deno.json: this configuration would add itself.
        "--no-lock",
        `--config=${config}`,
        "--doc-only",
        ...paths,
      ],
      context,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The documents at the root and in docs/. */
async function listMarkdown(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ["", "docs/"]) {
    for await (const entry of Deno.readDir(`${root}${folder}`)) {
      if (entry.isFile && entry.name.endsWith(".md")) {
        found.push(`${folder}${entry.name}`);
      }
    }
  }
  return found.sort();
}
