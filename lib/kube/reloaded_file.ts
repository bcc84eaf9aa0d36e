/**
 * A file that others replace while we use it, such as a projected token.
 *
 * @module
 */

import { systemErrorCode } from "../errors.ts";
import type { Clock, FileStore } from "../platform.ts";

/** Is told what happens to a source of credentials; never the credentials. */
export type CredentialsLog = (level: "info" | "warn", message: string) => void;

/** What a {@link ReloadedFile} needs. */
export interface ReloadedFileOptions<T> {
  readonly files: Pick<FileStore, "readText">;
  readonly clock: Pick<Clock, "monotonic">;
  readonly path: string;
  /** Understands the file's text. Its errors must not quote the text. */
  readonly parse: (text: string) => T;
  /** Milliseconds for which a value is used before the file is looked at again. */
  readonly lookEvery: number;
  readonly log?: CredentialsLog;
}

/**
 * The parsed content of a file, read again on use once it is old enough. A
 * file that cannot be read or understood for a while leaves the last good
 * value in place and is reported once.
 *
 * The file is read rather than asked for its time stamp: it is small, and a
 * time stamp that did not change proves nothing.
 */
export class ReloadedFile<T> {
  readonly #options: ReloadedFileOptions<T>;
  #text: string;
  #value: T;
  #lookedAt: number;
  #looking: Promise<boolean> | undefined;
  #failing = false;

  private constructor(options: ReloadedFileOptions<T>, text: string) {
    this.#options = options;
    this.#text = text;
    this.#value = options.parse(text);
    this.#lookedAt = options.clock.monotonic();
  }

  /**
   * Reads the file for the first time.
   *
   * @throws What the file store or `parse` throws.
   */
  static async open<T>(
    options: ReloadedFileOptions<T>,
  ): Promise<ReloadedFile<T>> {
    return new ReloadedFile(
      options,
      await options.files.readText(options.path),
    );
  }

  /** The last good value. */
  get value(): T {
    return this.#value;
  }

  /** Looks again where the last look is old enough; undefined where it is not. */
  lookWhenDue(): Promise<boolean> | undefined {
    const { clock, lookEvery } = this.#options;
    if (clock.monotonic() - this.#lookedAt < lookEvery) return undefined;
    return this.look();
  }

  /**
   * Looks at the file now; true where its content changed. Callers that come
   * while a look is under way share it.
   */
  look(): Promise<boolean> {
    this.#looking ??= this.#look().finally(() => this.#looking = undefined);
    return this.#looking;
  }

  async #look(): Promise<boolean> {
    const { files, clock, path, parse } = this.#options;
    try {
      const text = await files.readText(path);
      const changed = text !== this.#text;
      if (changed) {
        this.#value = parse(text);
        this.#text = text;
        this.#log("info", `${path} changed and was read again`);
      } else if (this.#failing) {
        this.#log("info", `${path} can be read again`);
      }
      this.#failing = false;
      return changed;
    } catch (error) {
      if (!this.#failing) {
        this.#failing = true;
        this.#log(
          "warn",
          `${path} cannot be used (${
            reason(error)
          }); its last good content stays in use`,
        );
      }
      return false;
    } finally {
      this.#lookedAt = clock.monotonic();
    }
  }

  #log(level: "info" | "warn", message: string): void {
    this.#options.log?.(level, message);
  }
}

function reason(error: unknown): string {
  return systemErrorCode(error) ??
    (error instanceof Error ? error.message : "unknown error");
}
