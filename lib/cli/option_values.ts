/**
 * Reading the values of options, from flags or from the environment.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { didYouMean, nearestWord } from "../suggestion.ts";

/** A value as it was given: under which name, and the text; undefined where it was not. */
export interface GivenValue {
  /** `--port` or `MCA_PROXY_PORT`. */
  readonly name: string;
  readonly text: string | undefined;
}

/**
 * Runs an argument parser; what it throws becomes an error about usage.
 *
 * @throws {McaError} `usage`
 */
export function usage<T>(command: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new McaError("usage", message.replace(/\.? To specify.*$/s, ""), {
      hint: `Run \`mca ${command} --help\` to see what it takes.`,
      cause,
    });
  }
}

/**
 * One of several words.
 *
 * @throws {McaError} `usage` for any other.
 */
export function oneOf<T extends string>(
  words: readonly T[],
  given: GivenValue,
  otherwise: T,
): T {
  if (given.text === undefined) return otherwise;
  const found = words.find((word) => word === given.text);
  if (found !== undefined) return found;
  throw new McaError("usage", `${given.name} cannot be ${quoted(given.text)}`, {
    hint: didYouMean(
      nearestWord(given.text, words),
      `Give one of: ${words.join(", ")}.`,
    ),
  });
}

/**
 * A TCP port from 1 to 65535; 0 lets the system choose one.
 *
 * @throws {McaError} `usage` for anything else.
 */
export function portNumber(given: GivenValue, otherwise: number): number {
  if (given.text === undefined) return otherwise;
  const port = /^[0-9]{1,5}$/.test(given.text) ? Number(given.text) : NaN;
  if (port <= 65535) return port;
  throw new McaError("usage", `${given.name} is not a port`, {
    hint: "Give a number from 1 to 65535.",
  });
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
