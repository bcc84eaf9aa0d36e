import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { completionCommand } from "../../../lib/cli/completion_command.ts";
import { completedProgram } from "../../../lib/cli/completion_model.ts";
import { fishCompletion } from "../../../lib/cli/completion_fish.ts";
import { zshCompletion } from "../../../lib/cli/completion_zsh.ts";
import { firstSentence } from "../../../lib/cli/completion_text.ts";
import { injectCommand } from "../../../lib/cli/inject_command.ts";
import type { Command } from "../../../lib/cli/command.ts";
import { proxyCommand } from "../../../lib/cli/proxy_command.ts";
import { statusCommand } from "../../../lib/cli/status_command.ts";
import { uninjectCommand } from "../../../lib/cli/uninject_command.ts";
import { versionCommand } from "../../../lib/cli/version_command.ts";
import { webhookCommand } from "../../../lib/cli/webhook_command.ts";
import { formatError, McaError } from "../../../lib/errors.ts";
import { fakePlatform, noSignals } from "./fake_platform.ts";

const COMMANDS: readonly Command[] = [
  injectCommand,
  uninjectCommand,
  proxyCommand,
  webhookCommand,
  statusCommand(() => Promise.reject(new Error("There is no kubeconfig"))),
  versionCommand("mca", { target: "none", deno: "none" }),
];
const MODEL = completedProgram("mca", COMMANDS);

/** The error that a command ends with; undefined where it ends well. */
async function errorOf(
  command: Command,
  args: readonly string[],
): Promise<string | undefined> {
  try {
    await command.run(args, fakePlatform().platform, noSignals);
    return undefined;
  } catch (error) {
    if (error instanceof McaError) return formatError("mca", error);
    // It got past its options, to what a fake platform does not do.
    return undefined;
  }
}

for (const command of COMMANDS) {
  const completed = MODEL.commands.find(({ name }) => name === command.name);
  for (const { name, completes, words } of completed?.options ?? []) {
    Deno.test(`\`mca ${command.name}\` takes ${name} as its help says`, async () => {
      const value = completes === "nothing" ? [] : ["value"];
      const message = await errorOf(command, [name, ...value, "--no-such"]);
      // The first that it does not know is the one that does not exist.
      match(message ?? "", /^mca: Unknown option '--no-such'/);
      if (completes === "nothing") {
        const other = await errorOf(command, [`${name}=value`]);
        match(other ?? "", /does not take an argument/);
      }
    });
    if (words.length === 0) continue;
    Deno.test(`\`mca ${command.name}\` takes the words of ${name} that its help says, and no other`, async () => {
      const refuses = (word: string) =>
        errorOf(command, [name, word]).then((message) =>
          message?.includes(`"${word}"`) && message.includes(name) || false
        );
      strictEqual(await refuses("no-such-word"), true);
      for (const word of words) strictEqual(await refuses(word), false, word);
    });
  }
}

Deno.test("completedProgram() knows which options have words, and which take files", () => {
  const found = (kind: string) =>
    MODEL.commands.flatMap(({ name, options }) =>
      options.filter(({ completes }) => completes === kind)
        .map((option) => `${name} ${option.name}`)
    );
  deepStrictEqual(found("words"), [
    "inject --output",
    "inject --report",
    "inject --proxy-image-pull-policy",
    "inject --proxy-log-level",
    "inject --proxy-log-format",
    "inject --proxy-key-algorithm",
    "uninject --output",
    "uninject --report",
    "proxy --log-level",
    "proxy --log-format",
    "proxy --key-algorithm",
    "webhook --uninjectable",
    "webhook --log-level",
    "webhook --log-format",
    "status --only",
    "status --output",
    "version --output",
  ]);
  deepStrictEqual(found("files"), [
    "inject --filename",
    "inject --config",
    "uninject --filename",
    "webhook --tls-cert-file",
    "webhook --tls-key-file",
    "webhook --directory",
    "status --kubeconfig",
  ]);
  deepStrictEqual(
    MODEL.commands.filter(({ takesFiles }) => takesFiles)
      .map(({ name }) => name),
    ["inject", "uninject"],
  );
});

const SENTENCES: readonly (readonly [text: string, sentence: string])[] = [
  ["At once.", "At once"],
  ["At once. Or later.", "At once"],
  ["json (default: as it is) or text: see below.", "json or text"],
  [
    "A pattern such as 'a.yaml', or - for all.",
    "A pattern such as 'a.yaml', or - for all",
  ],
];
for (const [text, sentence] of SENTENCES) {
  Deno.test(`firstSentence() ends with ${JSON.stringify(sentence)}`, () => {
    strictEqual(firstSentence(text), sentence);
  });
}

Deno.test("zshCompletion() and fishCompletion() write words that the shells would take for their own", () => {
  const model = completedProgram("tool", [{
    name: "work",
    summary: "Do it",
    help: `Usage: tool work

Options:
  --odd VALUE  Takes [a:b], 'c' and d\\e.
`,
  }]);
  match(
    zshCompletion(model),
    /--odd='\[Takes \\\[a\\:b\\\], '\\''c'\\'' and d\\\\e\]:VALUE: '/,
  );
  match(fishCompletion(model), / -d 'Takes \[a:b\], \\'c\\' and d\\\\e'\n/);
});

Deno.test("completionCommand() tells the shells that it knows", async () => {
  const command = completionCommand("mca", () => Promise.resolve(COMMANDS));
  match(
    await errorOf(command, ["tcsh"]) ?? "",
    /^mca: There are no completions for tcsh\nhint: Give one of: bash, zsh, fish\.$/m,
  );
  match(await errorOf(command, []) ?? "", /^mca: No shell was given\n/);
});
