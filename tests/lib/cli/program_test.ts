import {
  deepStrictEqual,
  match,
  rejects,
  strictEqual,
} from "node:assert/strict";
import type { Command } from "../../../lib/cli/command.ts";
import { type Program, runProgram } from "../../../lib/cli/program.ts";
import { McaError } from "../../../lib/errors.ts";
import { VERSION } from "../../../lib/version.ts";
import { fakePlatform, noSignals } from "./fake_platform.ts";

/** A program with one command, which notes its arguments or fails. */
function fakeProgram(
  options: { readonly failure?: Error; readonly isDefault?: boolean } = {},
) {
  const calls: (readonly string[])[] = [];
  const command: Command = {
    name: "work",
    summary: "Does some work",
    help: "Usage: tool work\n",
    run: (args) => {
      calls.push(args);
      return options.failure === undefined
        ? Promise.resolve(3)
        : Promise.reject(options.failure);
    },
  };
  const program: Program = {
    name: "tool",
    description: "Works.",
    commands: [{
      name: command.name,
      summary: command.summary,
      load: () => Promise.resolve(command),
    }],
    runtime: { target: "x86_64-unknown-linux-gnu", deno: "2.9.6" },
    ...(options.isDefault ? { defaultCommand: "work" } : {}),
  };
  return { program, calls };
}

async function run(program: Program, args: readonly string[]) {
  const fake = fakePlatform();
  const code = await runProgram(program, args, fake.platform, noSignals);
  return { code, out: fake.out(), error: fake.error() };
}

for (const word of ["work", "--work"]) {
  Deno.test(`runProgram() runs a command named ${word} with the arguments behind it`, async () => {
    const { program, calls } = fakeProgram();
    const { code } = await run(program, [word, "--fast", "now"]);
    strictEqual(code, 3);
    deepStrictEqual(calls, [["--fast", "now"]]);
  });
}

Deno.test("runProgram() runs the default command with all arguments", async () => {
  const { program, calls } = fakeProgram({ isDefault: true });
  await run(program, []);
  await run(program, ["--check"]);
  deepStrictEqual(calls, [[], ["--check"]]);
});

for (const args of [["--help"], ["-h"], ["help"]]) {
  Deno.test(`runProgram() lists the commands for ${args[0]}`, async () => {
    const { program } = fakeProgram();
    const { code, out, error } = await run(program, args);
    strictEqual(code, 0);
    strictEqual(error, "");
    match(out, /^Usage: tool COMMAND \[OPTIONS\]\n\nWorks\.\n/);
    match(out, /\n {2}work {5}Does some work\n {2}version {2}/);
  });
}

Deno.test("runProgram() shows one command's help", async () => {
  const { program } = fakeProgram();
  const { out } = await run(program, ["help", "work"]);
  strictEqual(out, "Usage: tool work\n");
});

Deno.test("runProgram() tells the version", async () => {
  const { program } = fakeProgram();
  const { code, out } = await run(program, ["--version"]);
  strictEqual(code, 0);
  strictEqual(
    out,
    `tool ${VERSION}
Flavor: testing
Target: x86_64-unknown-linux-gnu
Commit: unknown
Deno:   2.9.6
`,
  );
});

Deno.test("runProgram() tells the version to programs", async () => {
  const { program } = fakeProgram();
  const { out } = await run(program, ["version", "-o", "json"]);
  deepStrictEqual(JSON.parse(out), {
    name: "tool",
    version: VERSION,
    flavor: "testing",
    target: "x86_64-unknown-linux-gnu",
    commit: null,
    deno: "2.9.6",
  });
});

const MISUSES: readonly (readonly [args: string[], error: RegExp])[] = [
  [[], /^tool: No command was given\nhint: Run `tool --help`/],
  [["wrok"], /^tool: There is no command wrok\nhint: /],
  [["--wrok"], /^tool: There is no command --wrok\nhint: /],
];
for (const [args, expected] of MISUSES) {
  Deno.test(`runProgram() exits with 2 for \`tool ${args.join(" ")}\``, async () => {
    const { program } = fakeProgram();
    const { code, out, error } = await run(program, args);
    strictEqual(code, 2);
    strictEqual(out, "");
    match(error, expected);
  });
}

Deno.test("runProgram() prints an McaError with its place and hint", async () => {
  const failure = new McaError("manifest", "Expected a list", {
    place: { file: "pod.yaml", document: 2, line: 7, column: 3 },
    hint: "Write a list.",
  });
  const { program } = fakeProgram({ failure });
  const { code, out, error } = await run(program, ["work"]);
  strictEqual(code, 1);
  strictEqual(out, "");
  strictEqual(
    error,
    "tool: pod.yaml, document 2, line 7:3: Expected a list\nhint: Write a list.\n",
  );
});

Deno.test("runProgram() passes a defect on", async () => {
  const { program } = fakeProgram({ failure: new TypeError("a defect") });
  await rejects(run(program, ["work"]), TypeError);
});

Deno.test("runProgram() tells the command that may have been meant", async () => {
  const { program } = fakeProgram();
  const { error } = await run(program, ["wrok"]);
  match(error, /\nhint: Did you mean work\? Run /);
  const other = await run(program, ["deploy"]);
  match(other.error, /\nhint: Run /);
});

Deno.test("runProgram() shows no help for a command that is not there", async () => {
  const { program } = fakeProgram();
  for (const args of [["help", "wrk"], ["--help", "wrk"]]) {
    const { code, out, error } = await run(program, args);
    strictEqual(code, 2);
    strictEqual(out, "");
    match(error, /^tool: There is no command wrk\nhint: Did you mean work\? /);
  }
});

Deno.test("runProgram() tells the option that may have been meant", async () => {
  const { program } = fakeProgram();
  const { code, error } = await run(program, ["version", "--ouptut", "json"]);
  strictEqual(code, 2);
  match(
    error,
    /^tool: Unknown option '--ouptut'\nhint: Did you mean --output\? /,
  );
  const other = await run(program, ["version", "--colour"]);
  match(other.error, /^tool: Unknown option '--colour'\nhint: Run /);
});
