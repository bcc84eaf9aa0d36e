import assert from "node:assert/strict";
import { dirname } from "node:path";

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
    for (const line of shownAfter(command)) {
      const at = lines.indexOf(line);
      assert.notEqual(at, -1, `It prints, in this order: ${line}`);
      lines.splice(0, at + 1);
    }
  });
}
