/**
 * Gathers log lines so that a busy proxy does not pay a system call for each.
 *
 * @module
 */

import type { Clock } from "../platform.ts";
import type { LogLevel } from "./logger.ts";

/** How long a line may wait, in milliseconds. */
const MAX_DELAY = 20;
/** How much may wait, in characters. */
const MAX_LENGTH = 16 * 1024;

/** A sink for {@link Logger} that writes many lines at once; warnings and errors never wait. */
export class LineBuffer {
  readonly #clock: Clock;
  readonly #write: (text: string) => void;
  #text = "";
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, write: (text: string) => void) {
    this.#clock = clock;
    this.#write = write;
  }

  /** Takes a line that ends with a newline. */
  readonly sink = (line: string, level: LogLevel): void => {
    this.#text += line;
    if (
      level === "warn" || level === "error" || this.#text.length >= MAX_LENGTH
    ) {
      this.flush();
    } else {
      this.#cancel ??= this.#clock.after(MAX_DELAY, () => this.flush());
    }
  };

  /** Writes what waits. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#text === "") return;
    const text = this.#text;
    this.#text = "";
    this.#write(text);
  }
}
