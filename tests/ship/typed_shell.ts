/** A shell on a terminal of its own, and somebody who types. */

import { waitUntil } from "../cluster/wait_until.ts";

/** The shells that completions are written for. */
export const SHELLS = {
  bash: {
    command: "bash --noprofile --norc -i",
    setUp: (script: string) => `PS1='ready> '; source ${script}`,
    define: "mca() { printf '<%s>' \"$@\"; echo; }",
  },
  zsh: {
    command: "zsh -f -i",
    setUp: (script: string) =>
      `PS1='ready> '; autoload -U compinit; compinit -D -u; source ${script}`,
    define: "mca() { printf '<%s>' \"$@\"; echo; }",
  },
  fish: {
    command: "fish --no-config -i",
    setUp: (script: string) => `source ${script}`,
    define: "function mca; printf '<%s>' $argv; echo; end",
  },
} as const;

/** The name of a shell. */
export type Shell = keyof typeof SHELLS;

/** A shell that waits for what is typed. */
export class TypedShell implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #reading: Promise<void>;
  #output = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** Starts the shell in a folder, with the completions of a script and a program that shows its arguments. */
  static async start(
    shell: Shell,
    script: string,
    folder: string,
  ): Promise<TypedShell> {
    const { command, setUp, define } = SHELLS[shell];
    const child = new Deno.Command("script", {
      args: [
        "--quiet",
        "--flush",
        "--return",
        "--command",
        command,
        "/dev/null",
      ],
      cwd: folder,
      clearEnv: true,
      env: {
        PATH: Deno.env.get("PATH") ?? "",
        HOME: folder,
        TERM: "dumb",
        LANG: "C.UTF-8",
        SHELL: "/bin/sh",
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const typed = new TypedShell(child);
    await typed.#run(setUp(script));
    await typed.#run(define);
    return typed;
  }

  async #read(): Promise<void> {
    for await (
      const text of this.#child.stdout.pipeThrough(new TextDecoderStream())
    ) this.#output += text;
  }

  async #type(keys: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(keys));
  }

  /** Types a line and waits until it was run. */
  async #run(line: string): Promise<void> {
    const mark = crypto.randomUUID();
    const [head, tail] = [mark.slice(0, 8), mark.slice(8)];
    // In two, since the shell shows what is typed, too.
    await this.#type(`${line}\rprintf '%s%s\\n' ${head} ${tail}\r`);
    await waitUntil(
      "the shell",
      () => this.#output.includes(mark),
      { deadlineMilliseconds: 20_000 },
    );
  }

  /** Types keys and a line's end; tells the arguments that the program got. */
  async arguments(keys: string): Promise<string> {
    const start = this.#output.length;
    await this.#run(keys);
    // With the escape sequences of the terminal gone.
    // deno-lint-ignore no-control-regex
    const escapes = /\x1b(\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>])|\x07/g;
    const shown = this.#output.slice(start).replaceAll(escapes, "");
    return /^(?:<[^<>]*>)+\r?$/m.exec(shown)?.[0].trim() ?? shown;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // By itself, so that it has written what it writes when the folder goes.
    await this.#type("\rexit\r");
    await this.#child.status;
    await this.#reading;
    await this.#writer.close().catch(() => {});
  }
}
