import assert from "node:assert/strict";
import { dirname } from "node:path";
import { clusterStep } from "../../tools/gate/cluster_step.ts";
import { formatStepEnd } from "../../tools/gate/report.ts";
import { steps } from "../../tools/gate/steps.ts";
import { formatTally } from "../../tools/gate/tally.ts";
import { RunningDemo } from "../demo/demo_process.ts";

const root = new URL("../../", import.meta.url);

/** Commands too long for here, and the tests that run them. */
const runElsewhere: Readonly<
  Record<string, { readonly file: string; readonly shows: RegExp }>
> = {
  "npx -y deno@2.9.6 task demo": {
    file: "tests/demo/demo_process.ts",
    shows: /demo\/main\.ts/,
  },
  // It is what runs this test: in CI exactly so.
  "npx -y deno@2.9.6 task test": {
    file: ".ci/run",
    shows: /npx -y "deno@\$\(cat \.dvmrc\)" task test/,
  },
  "MCA_K8S_CTX=my-context deno task proxy": {
    file: "tests/cluster/develop_test.ts",
    shows: /\["task", "proxy"\]/,
  },
  "./kubectl.sh get pods -A": {
    file: "tests/cluster/develop_test.ts",
    shows: /\.\/kubectl\.sh/,
  },
};

/** The commands in the document's sh blocks, one per line. */
function commandsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)]
    .flatMap(([, block = ""]) =>
      block.replaceAll("\\\n", "").split("\n")
        .map((line) => line.replace(/\s+#\s.*$|^#.*$/, "").trim())
        .filter((line) => line !== "")
    );
}

const readme = await Deno.readTextFile(new URL("README.md", root));
const commands = commandsOf(readme);

/** The lines that README.md shows as the command's output; "..." leaves some out. */
function shownAfter(command: string): string[] {
  const [, after = ""] = readme.split(`${command}\n\`\`\`\n`);
  const [, block = ""] = /^\n```(?:diff|text)\n(.*?)^```$/ms.exec(after) ?? [];
  return after.startsWith("\n```")
    ? block.split("\n").filter((line) => line !== "..." && line !== "")
    : [];
}

/**
 * A line without what differs from run to run: ports, times, counts and the ends
 * of tokens; and without the space that follows from their lengths.
 */
function shapeOf(line: string): string {
  return line.replace(/[\w-]{6}…[\w-]{6}/g, "TOKEN")
    .replace(/tmp\/demo(-\d+)?\//g, "tmp/demo/")
    .replace(/:\d{4,5}\b/g, ":PORT")
    .replace(/\b\d+(\.\d+)?(?= (characters|s|passed)\b)/g, "N")
    .replace(/(?<=\S) +/g, " ");
}

/** That the lines come in this order, with any others between. */
function assertInOrder(lines: readonly string[], shown: readonly string[]) {
  assert.ok(shown.length > 0, "README.md shows an output");
  let from = 0;
  for (const line of shown) {
    const at = lines.indexOf(line, from);
    assert.notEqual(at, -1, `It prints, in this order: ${line}`);
    from = at + 1;
  }
}

Deno.test("commandsOf() finds each command of each block", () => {
  assert.deepEqual(
    commandsOf(
      "a\n```sh\none # first\n# no\ntwo \\\n  more\n```\n```text\nthree\n```\n```sh\nfour\n```\n",
    ),
    ["one", "two   more", "four"],
  );
});

Deno.test("README.md has no command that is not run by a test", async () => {
  for (const [command, { file, shows }] of Object.entries(runElsewhere)) {
    assert.ok(commands.includes(command), `README.md lacks ${command}`);
    assert.match(await Deno.readTextFile(new URL(file, root)), shows, file);
  }
});

for (const command of commands.filter((c) => !Object.hasOwn(runElsewhere, c))) {
  Deno.test(`README.md has a command that works: ${command}`, async () => {
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-euo", "pipefail", "-c", command],
      cwd: root,
      // The Deno that runs this, where none is on the path.
      env: {
        PATH: `${Deno.env.get("PATH")}:${dirname(Deno.execPath())}`,
      },
    }).output();
    const text = new TextDecoder();
    assert.equal(code, 0, text.decode(stderr));
    const lines = text.decode(stdout).split("\n");
    assert.ok(lines.length > 1, "It prints something");
    const shown = shownAfter(command);
    if (shown.length > 0) assertInOrder(lines, shown);
  });
}

Deno.test("README.md shows of the demo what it prints", async () => {
  await using demo = new RunningDemo("--port=0");
  await demo.shows(/Ctrl-C ends the demo\.\n/);
  const { stdout } = await demo.end("SIGINT");
  assertInOrder(
    stdout.split("\n").map(shapeOf),
    shownAfter("npx -y deno@2.9.6 task demo").map(shapeOf),
  );
});

Deno.test("README.md shows of the tests what they print", () => {
  const tally = { passed: 2, failed: 0, skipped: 0 };
  const ends = [...steps, clusterStep].flatMap((step) =>
    [1, 2].map((passed) => {
      const result = {
        tally: { ...tally, passed },
        output: "",
        skippedTests: [],
      };
      return formatStepEnd({ step, result, duration: 1000 });
    })
  );
  assertInOrder(
    [...ends, formatTally(tally)].map(shapeOf),
    shownAfter("npx -y deno@2.9.6 task test").map(shapeOf),
  );
});
