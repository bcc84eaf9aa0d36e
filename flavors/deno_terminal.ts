/**
 * Standard input and output, from the runtime.
 *
 * @module
 */

import { McaError, systemErrorCode } from "../lib/errors.ts";
import type { Terminal } from "../lib/platform.ts";

/**
 * The process's standard streams.
 *
 * Whoever reads standard output may go away early (`mca inject | head -1`).
 * What is written after that is dropped without an error, and the command ends
 * with the exit code it would have had. What cannot be written for another
 * reason is an error: whoever redirected it has less than the whole.
 */
export const denoTerminal: Terminal = {
  get stdin() {
    return ReadableStream.from(standardInput());
  },
  async writeOut(data) {
    const bytes = typeof data === "string" ? utf8.encode(data) : data;
    try {
      for (let written = 0; written < bytes.length;) {
        written += await Deno.stdout.write(bytes.subarray(written));
      }
    } catch (error) {
      if (systemErrorCode(error) !== "EPIPE") throw unwritable(error);
    }
  },
  writeError(text) {
    const bytes = utf8.encode(text);
    try {
      for (let written = 0; written < bytes.length;) {
        written += Deno.stderr.writeSync(bytes.subarray(written));
      }
    } catch {
      // There is nowhere left to tell it.
    }
  },
  get isTerminal() {
    return {
      stdin: Deno.stdin.isTerminal(),
      stdout: Deno.stdout.isTerminal(),
      stderr: Deno.stderr.isTerminal(),
    };
  },
};

const utf8 = new TextEncoder();

async function* standardInput(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  try {
    yield* Deno.stdin.readable;
  } catch (cause) {
    const code = systemErrorCode(cause);
    throw new McaError(
      "file",
      `Standard input cannot be read (${code ?? "unknown error"})`,
      {
        hint: code === "EISDIR"
          ? "Name a directory as an argument instead."
          : "Look where it comes from.",
        cause,
      },
    );
  }
}

function unwritable(cause: unknown): McaError {
  const code = systemErrorCode(cause);
  return new McaError(
    "file",
    `Standard output cannot be written (${code ?? "unknown error"})`,
    {
      hint: code === "ENOSPC" || code === "EDQUOT"
        ? "Free space where it goes to, and run it again: what is there is not all of it."
        : "Look where it goes to, and run it again: what is there is not all of it.",
      cause,
    },
  );
}
