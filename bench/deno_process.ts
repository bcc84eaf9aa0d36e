/**
 * Programs of this benchmark that run as processes of their own.
 *
 * @module
 */

import { textLines } from "./text_lines.ts";

/** A Deno program that is told things by its standard input, and answers by its standard output. */
export class DenoProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #lines: AsyncGenerator<string, void>;
  readonly #name: string;
  readonly #errors: Promise<string>;

  /** Starts the program; `name` is what an error calls it. */
  constructor(name: string, program: URL, args: readonly string[] = []) {
    this.#name = name;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", program.href, ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#lines = textLines(this.#child.stdout);
    this.#errors = new Response(this.#child.stderr).text();
  }

  /** Its process identifier. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Sends it a line. */
  async tell(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /** Its next line. */
  async answer(): Promise<string> {
    const { done, value } = await this.#lines.next();
    if (done === true) {
      throw new TypeError(
        `The ${this.#name} ended: ${(await this.#errors).trim()}`,
      );
    }
    return value ?? "";
  }

  /** Ends it. */
  kill(): void {
    try {
      this.#child.kill("SIGTERM");
    } catch {
      // It has ended already.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    this.kill();
    await this.#child.status;
    await this.#errors;
    await this.#lines.return();
  }
}
