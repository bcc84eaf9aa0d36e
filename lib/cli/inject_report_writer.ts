/**
 * When the report of a run is written: at once, or with the results.
 *
 * @module
 */

import type { Platform } from "../platform.ts";
import type { RunOptions } from "./inject_options.ts";
import { OutputSpool } from "./inject_spool.ts";

/** Takes the lines of a report. */
export interface ReportWriter {
  write(line: string): void | Promise<void>;
  /** Told of each document that is done. */
  advance(documents: number): void;
  /** Takes away what only told how far the run is. */
  clear(): void;
  /** The results are written: what was held back may be told. */
  finish(): Promise<void>;
}

/** How long a run may say nothing on a terminal. Milliseconds. */
const PATIENCE = 1_000;
/** Between two words on how far it is. Milliseconds. */
const INTERVAL = 250;

/**
 * The writer that fits the run. One that writes everything or nothing tells what
 * it did only once that is done; until then it tells a terminal how far it is.
 */
export function reportWriter(
  { mode, keepGoing, quiet }: RunOptions,
  platform: Platform,
): ReportWriter {
  const { terminal } = platform;
  const isTold = keepGoing || mode === "check" || mode === "dry-run";
  if (!isTold) return heldReport(platform, quiet);
  return {
    write: (line) => terminal.writeError(line),
    advance: () => {},
    clear: () => {},
    finish: () => Promise.resolve(),
  };
}

function heldReport(
  { terminal, clock }: Platform,
  isQuiet: boolean,
): ReportWriter {
  const spool = new OutputSpool();
  const isShown = terminal.isTerminal.stderr && !isQuiet;
  let next = clock.monotonic() + PATIENCE;
  let isLineThere = false;
  const clear = () => {
    if (isLineThere) terminal.writeError("\r\x1b[K");
    isLineThere = false;
  };
  return {
    write: (line) => spool.write(line),
    advance: (documents) => {
      if (!isShown || clock.monotonic() < next) return;
      next = clock.monotonic() + INTERVAL;
      isLineThere = true;
      terminal.writeError(`\r\x1b[K${documents} documents so far`);
    },
    clear,
    finish: () => {
      const decoder = new TextDecoder();
      return spool.drain((part) => {
        terminal.writeError(
          typeof part === "string" ? part : decoder.decode(part),
        );
        return Promise.resolve();
      });
    },
  };
}
