/** A program that runs beside the test: `kubectl logs -f`, `kubectl port-forward`. */

import { ClusterError } from "./cluster_error.ts";
import type { CommandOptions, CommandResult } from "./command.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A running program whose output is kept, and which ends with the test. */
export class RunningCommand implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Bytes>;
  readonly #result: Promise<CommandResult>;
  #stdout = "";
  #stderr = "";
  #isOver = false;
  #changed = Promise.withResolvers<void>();

  constructor(
    program: string,
    args: readonly string[],
    options: Omit<CommandOptions, "stdin"> = {},
  ) {
    this.#child = new Deno.Command(program, {
      args: [...args],
      ...(options.env === undefined ? {} : { env: { ...options.env } }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#input.closed.catch(() => {});
    this.#result = this.#run();
  }

  /** What it has printed on standard output so far. */
  get stdout(): string {
    return this.#stdout;
  }

  /** What it has printed on standard error so far. */
  get stderr(): string {
    return this.#stderr;
  }

  get pid(): number {
    return this.#child.pid;
  }

  #tellChange(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  async #collect(
    stream: ReadableStream<Bytes>,
    add: (text: string) => void,
  ): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      add(text);
      this.#tellChange();
    }
  }

  async #run(): Promise<CommandResult> {
    const [status] = await Promise.all([
      this.#child.status,
      this.#collect(this.#child.stdout, (text) => this.#stdout += text),
      this.#collect(this.#child.stderr, (text) => this.#stderr += text),
    ]);
    await this.#input.close().catch(() => {});
    this.#isOver = true;
    this.#tellChange();
    return { code: status.code, stdout: this.#stdout, stderr: this.#stderr };
  }

  /**
   * Waits until standard output holds the pattern.
   *
   * @throws {ClusterError} When the program ends without.
   */
  async waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const changed = this.#changed.promise;
      const match = pattern.exec(this.#stdout);
      if (match !== null) return match;
      if (this.#isOver) {
        throw new ClusterError(
          `The program ended without printing ${pattern}: ${this.#stdout}${this.#stderr}`,
        );
      }
      await changed;
    }
  }

  /** Writes to its standard input. */
  async write(text: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(text));
  }

  /** Ends its standard input. */
  async closeInput(): Promise<void> {
    await this.#input.close();
  }

  /** Waits until it has ended by itself. */
  ended(): Promise<CommandResult> {
    return this.#result;
  }

  /** Kills it, and waits until it is gone. */
  async kill(signal: Deno.Signal = "SIGKILL"): Promise<CommandResult> {
    if (!this.#isOver) {
      try {
        this.#child.kill(signal);
      } catch (error) {
        // it may have ended a moment ago
        if (!(error instanceof TypeError)) throw error;
      }
    }
    return await this.#result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
