/**
 * How one part of the serving identity is kept across restarts.
 *
 * @module
 */

import { systemErrorCode } from "../errors.ts";
import type { FileStore } from "../platform.ts";
import { fileFault } from "./file_fault.ts";
import type { Judgement } from "./serving_identity_judgement.ts";

/** Where the parts are kept. */
export interface PartStore {
  readonly files: FileStore;
  /** The state directory, without a final slash. */
  readonly directory: string;
  /** Is told in one sentence what was made and why. */
  readonly log: (level: "info" | "warn", message: string) => void;
}

/** One part of the identity: how it is kept, judged and made. */
export interface Part<T> {
  readonly file: string;
  /** In a sentence. */
  readonly what: string;
  /** What it means to running containers when it is made anew. */
  readonly consequence: string;
  judge(text: string): Promise<Judgement<T>> | Judgement<T>;
  make(): Promise<T> | T;
  encode(value: T): string;
}

/**
 * The stored part, where it is good; else a new one, stored. The log tells.
 *
 * @throws {McaError} `file` where it cannot be read or written.
 */
export async function takeUp<T>(
  part: Part<T>,
  options: PartStore,
): Promise<T> {
  const text = await readStored(part, options);
  const judgement = text === null ? null : await part.judge(text);
  if (judgement !== null && "good" in judgement) return judgement.good;
  const made = await part.make();
  await storePart(part, made, options);
  if (judgement === null) {
    options.log("info", `Made ${part.what}`);
  } else {
    options.log(
      judgement.level,
      `Made ${part.what} anew, as the one in ${
        pathOf(part, options)
      } ${judgement.fault}; ${part.consequence}`,
    );
  }
  return made;
}

async function readStored(
  part: Part<unknown>,
  options: PartStore,
): Promise<string | null> {
  const path = pathOf(part, options);
  try {
    return await options.files.readText(path);
  } catch (cause) {
    if (systemErrorCode(cause) === "ENOENT") return null;
    // Not made anew: that would cut off running containers for a passing fault.
    throw fileFault(cause, path);
  }
}

/**
 * Stores a part for the next start.
 *
 * @throws {McaError} `file` where it cannot be written.
 */
export async function storePart<T>(
  part: Part<T>,
  value: T,
  options: PartStore,
): Promise<void> {
  const path = pathOf(part, options);
  try {
    await options.files.writeAtomic(path, part.encode(value), 0o600);
  } catch (cause) {
    throw fileFault(cause, path);
  }
}

function pathOf(
  part: Part<unknown>,
  options: PartStore,
): string {
  return `${options.directory}/${part.file}`;
}
