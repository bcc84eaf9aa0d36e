/**
 * Standard input and output, from the runtime.
 *
 * @module
 */

import { systemErrorCode } from "../lib/errors.ts";
import type { Terminal } from "../lib/platform.ts";

/**
 * The process's standard streams.
 *
 * Whoever reads standard output may go away early (`mca inject | head -1`).
 * What is written after that is dropped without an error, and the command ends
 * with the exit code it would have had.
 */
export const denoTerminal: Terminal = {
  get stdin() {
    return Deno.stdin.readable;
  },
  async writeOut(data) {
    const bytes = typeof data === "string" ? utf8.encode(data) : data;
    try {
      for (let written = 0; written < bytes.length;) {
        written += await Deno.stdout.write(bytes.subarray(written));
      }
    } catch (error) {
      if (systemErrorCode(error) !== "EPIPE") throw error;
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
