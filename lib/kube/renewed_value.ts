/**
 * A value whose source others change while we use it, such as a token file
 * that a kubelet rewrites.
 *
 * @module
 */

import { McaError, systemErrorCode } from "../errors.ts";
import type { Clock } from "../platform.ts";

/** Is told what happens to a source of credentials; never the credentials. */
export type CredentialsLog = (level: "info" | "warn", message: string) => void;

/** What a {@link RenewedValue} needs. */
export interface RenewedValueOptions<T> {
  /** The source as the log names it: a path, a plugin. */
  readonly source: string;
  /**
   * Asks the source. `afresh`: not to answer from a cache, as what it gave last
   * was refused. Its errors must not quote secrets.
   */
  readonly load: (afresh: boolean) => Promise<T>;
  readonly isSame: (left: T, right: T) => boolean;
  readonly clock: Pick<Clock, "monotonic">;
  /** Milliseconds for which a value is used before the source is asked again. */
  readonly lookEvery: number;
  readonly log?: CredentialsLog | undefined;
}

/**
 * The last good value of a source, asked again on use once it is old enough. A
 * source that fails for a while leaves the last good value in place and is
 * reported once.
 */
export class RenewedValue<T> {
  readonly #options: RenewedValueOptions<T>;
  #value: T;
  #lookedAt: number;
  #looking: Promise<boolean> | undefined;
  #failing = false;

  private constructor(options: RenewedValueOptions<T>, value: T) {
    this.#options = options;
    this.#value = value;
    this.#lookedAt = options.clock.monotonic();
  }

  /**
   * Asks the source for the first time.
   *
   * @throws What `load` throws.
   */
  static async open<T>(
    options: RenewedValueOptions<T>,
  ): Promise<RenewedValue<T>> {
    return new RenewedValue(options, await options.load(false));
  }

  /** The last good value; the same object as long as the source says the same. */
  get value(): T {
    return this.#value;
  }

  /** Asks again where the value is old enough; undefined where it is not. */
  lookWhenDue(): Promise<boolean> | undefined {
    const { clock, lookEvery } = this.#options;
    if (clock.monotonic() - this.#lookedAt < lookEvery) return undefined;
    return this.#share(false);
  }

  /**
   * Asks again at once, past any cache; true where the value changed. Callers
   * that come while that is under way share it.
   */
  look(): Promise<boolean> {
    return this.#share(true);
  }

  #share(afresh: boolean): Promise<boolean> {
    this.#looking ??= this.#look(afresh)
      .finally(() => this.#looking = undefined);
    return this.#looking;
  }

  async #look(afresh: boolean): Promise<boolean> {
    const { clock, isSame, load, log, source } = this.#options;
    try {
      const value = await load(afresh);
      const changed = !isSame(this.#value, value);
      if (changed) {
        this.#value = value;
        log?.("info", `${source} changed`);
      } else if (this.#failing) {
        log?.("info", `${source} can be used again`);
      }
      this.#failing = false;
      return changed;
    } catch (error) {
      if (!this.#failing) {
        this.#failing = true;
        log?.(
          "warn",
          `${source} cannot be used, and what it gave before stays in use: ${
            reason(error)
          }`,
        );
      }
      return false;
    } finally {
      this.#lookedAt = clock.monotonic();
    }
  }
}

function reason(error: unknown): string {
  if (error instanceof McaError) return error.message;
  return systemErrorCode(error) ??
    (error instanceof Error ? error.message : "unknown error");
}
