/**
 * What a subcommand of `mca` is. Types only.
 *
 * @module
 */

import type { Platform, Signals } from "../platform.ts";

/** A subcommand of `mca`. */
export interface Command {
  /** As it is typed: `inject`. */
  readonly name: string;
  /** One line for the list of commands, in sentence case without a period. */
  readonly summary: string;
  /** The whole hand-written help text, printed by `mca NAME --help`. */
  readonly help: string;
  /**
   * Runs the command and returns the process's exit code: 0 for success, 1 for
   * bad input or a failed check. Arguments are those after the command's name.
   *
   * @throws {McaError} Any code; the entry point prints it and exits with its `exitCode`.
   */
  run(
    args: readonly string[],
    platform: Platform,
    signals: Signals,
  ): Promise<number>;
}
