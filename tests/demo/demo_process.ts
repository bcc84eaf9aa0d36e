/** The demo as a child process. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What a demo that ended came to. */
export interface DemoResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function spawn(args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "demo/main.ts", ...args],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
}

/** Runs a demo that ends by itself. */
export async function runDemo(...args: string[]): Promise<DemoResult> {
  const { code, stdout, stderr } = await spawn(args).output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** A demo that runs on until it is stopped. */
export class RunningDemo implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #stderr: Promise<string>;
  #stdout = "";
  #isEnded = false;

  constructor(...args: string[]) {
    this.#child = spawn(args);
    this.#reader = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    this.#stderr = new Response(this.#child.stderr).text();
  }

  /** What it has shown so far. */
  get stdout(): string {
    return this.#stdout;
  }

  /** Waits until it has shown something. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#stdout);
      if (found !== null) return found;
      const { done, value } = await this.#reader.read();
      if (done) {
        assert.fail(
          `The demo ended without ${pattern}: ${this.#stdout}${await this
            .#stderr}`,
        );
      }
      this.#stdout += value;
    }
  }

  /** Reads no more of what it shows, and waits for the end. */
  async hangUp(): Promise<number> {
    await this.#reader.cancel();
    const { code } = await this.#child.status;
    await this.#stderr;
    this.#isEnded = true;
    return code;
  }

  /** Sends a signal. */
  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Sends a signal and waits for the end. */
  async end(signal: Deno.Signal): Promise<DemoResult> {
    this.#child.kill(signal);
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) break;
      this.#stdout += value;
    }
    const { code } = await this.#child.status;
    this.#isEnded = true;
    return { code, stdout: this.#stdout, stderr: await this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isEnded) await this.end("SIGKILL");
  }
}

/** The absolute path of what a demo showed as a path. */
export function fromRoot(path: string): string {
  return join(ROOT, path);
}

/** Whether somebody listens on a port of the loopback address. */
export async function isListening(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}

/** Whether there is anything at a path. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
