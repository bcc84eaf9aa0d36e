import { match, strictEqual } from "node:assert/strict";

const TERMINAL = new URL("../../flavors/deno_terminal.ts", import.meta.url);

/** Runs a program on the terminal's streams, in a process of its own. */
async function run(
  program: string,
  use: (process: Deno.ChildProcess) => Promise<void> | void = () => {},
): Promise<{ code: number; stderr: string }> {
  const directory = await Deno.makeTempDir();
  try {
    const file = `${directory}/program.ts`;
    await Deno.writeTextFile(
      file,
      `import { denoTerminal as terminal } from ${
        JSON.stringify(TERMINAL)
      };\n${program}`,
    );
    await using process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", "--no-check", file],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const stderr = new Response(process.stderr).text();
    await use(process);
    return { code: (await process.status).code, stderr: await stderr };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("denoTerminal.writeOut() writes all of it, while the reader is slow", async () => {
  let bytes = 0;
  const { code, stderr } = await run(
    `await terminal.writeOut(new Uint8Array(3_000_000).fill(97));
     await terminal.writeOut("grüße");`,
    async (process) => {
      await process.stdin.close();
      for await (const chunk of process.stdout) bytes += chunk.length;
    },
  );
  strictEqual(stderr, "");
  strictEqual(code, 0);
  strictEqual(bytes, 3_000_007);
});

Deno.test("denoTerminal.writeOut() ends quietly where the reader is gone", async () => {
  const { code, stderr } = await run(
    `for (let at = 0; at < 50; at++) {
       await terminal.writeOut(new Uint8Array(100_000));
     }
     terminal.writeError("went on\\n");`,
    async (process) => {
      await process.stdin.close();
      const reader = process.stdout.getReader();
      await reader.read();
      await reader.cancel();
    },
  );
  strictEqual(stderr, "went on\n");
  strictEqual(code, 0);
});

/** What a program with these streams says on standard error. */
async function sayWith(program: string, redirections: string) {
  const directory = await Deno.makeTempDir();
  try {
    const file = `${directory}/program.ts`;
    await Deno.writeTextFile(
      file,
      `import { denoTerminal as terminal } from ${JSON.stringify(TERMINAL)};
       try {
         ${program}
       } catch (error) {
         terminal.writeError([error.name, error.code, error.message, error.hint].join("; "));
       }`,
    );
    const { stderr } = await new Deno.Command("sh", {
      args: [
        "-c",
        `exec "$0" run --no-config --no-check "$1" ${redirections}`,
        Deno.execPath(),
        file,
      ],
    }).output();
    return new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test({
  name: "denoTerminal.writeOut() tells of a full disk (needs Linux)",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    match(
      await sayWith(`await terminal.writeOut("kind: Pod");`, ">/dev/full"),
      /^McaError; file; Standard output cannot be written \(ENOSPC\); Free space /,
    );
  },
});

Deno.test("denoTerminal.stdin() tells that it is a directory", async () => {
  match(
    await sayWith(`for await (const _ of terminal.stdin) break;`, "</"),
    /^McaError; file; Standard input cannot be read \(EISDIR\); Name /,
  );
});

Deno.test("denoTerminal.writeError() keeps the order of lines", async () => {
  const { stderr } = await run(
    `for (let at = 0; at < 2000; at++) terminal.writeError(\`line \${at}\\n\`);
     throw new Error("Uncaught after all lines");`,
    async (process) => {
      await process.stdin.close();
      await process.stdout.cancel();
    },
  );
  const lines = stderr.split("\n");
  for (let at = 0; at < 2000; at++) strictEqual(lines[at], `line ${at}`);
  match(lines.slice(2000).join("\n"), /Uncaught after all lines/);
});

Deno.test("denoTerminal.stdin() gives what is piped in, and no terminal is one", async () => {
  let stdout = "";
  const { code } = await run(
    `let text = "";
     for await (const chunk of terminal.stdin) {
       text += new TextDecoder().decode(chunk);
     }
     const { stdin, stdout, stderr } = terminal.isTerminal;
     await terminal.writeOut(\`\${text} \${stdin} \${stdout} \${stderr}\`);`,
    async (process) => {
      const writer = process.stdin.getWriter();
      await writer.write(new TextEncoder().encode("kind: Pod"));
      await writer.close();
      stdout = await new Response(process.stdout).text();
    },
  );
  strictEqual(code, 0);
  strictEqual(stdout, "kind: Pod false false false");
});
