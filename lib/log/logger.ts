/**
 * Log lines, as JSON or as text.
 *
 * @module
 */

import type { Clock } from "../platform.ts";

/** Levels from the most to the least talkative; `off` logs nothing. */
export const LOG_LEVELS = ["debug", "info", "warn", "error", "off"] as const;

/** A level of {@link LOG_LEVELS}. */
export type LogLevel = typeof LOG_LEVELS[number];

/** The forms a log line can take. */
export const LOG_FORMATS = ["json", "text"] as const;

/** A form of {@link LOG_FORMATS}. */
export type LogFormat = typeof LOG_FORMATS[number];

/** What a line says beside its message; undefined values are left out. */
export type LogFields = Readonly<
  Record<string, string | number | boolean | undefined>
>;

/** Where finished lines go; each ends with a newline. */
export type LogSink = (line: string, level: LogLevel) => void;

/** How a {@link Logger} writes. */
export interface LoggerOptions {
  /** Lines below it are dropped. */
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly clock: Pick<Clock, "now">;
  readonly sink: LogSink;
}

/**
 * Writes log lines. It knows nothing of secrets: whoever calls it passes none.
 *
 * @example
 * ```ts
 * import { Logger } from "./logger.ts";
 *
 * const logger = new Logger({
 *   level: "info",
 *   format: "text",
 *   clock: { now: () => 0 },
 *   sink: (line) => console.error(line.trimEnd()),
 * });
 * logger.info("Listening", { port: 6443 });
 * // 1970-01-01T00:00:00.000Z INFO Listening port=6443
 * ```
 */
export class Logger {
  readonly #options: LoggerOptions;
  readonly #threshold: number;
  #millisecond = NaN;
  #time = "";

  constructor(options: LoggerOptions) {
    this.#options = options;
    this.#threshold = LOG_LEVELS.indexOf(options.level);
  }

  /** Whether lines of that level are written at all. */
  isEnabled(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) >= this.#threshold;
  }

  debug(message: string, fields: LogFields = {}): void {
    this.#write("debug", message, fields);
  }

  info(message: string, fields: LogFields = {}): void {
    this.#write("info", message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#write("warn", message, fields);
  }

  error(message: string, fields: LogFields = {}): void {
    this.#write("error", message, fields);
  }

  #write(level: LogLevel, message: string, fields: LogFields): void {
    if (!this.isEnabled(level)) return;
    const { format, sink } = this.#options;
    const time = this.#timestamp();
    const line = format === "json"
      ? JSON.stringify({ time, level, message, ...fields })
      : textLine(time, level, message, fields);
    sink(`${line}\n`, level);
  }

  /** Under load many lines share a millisecond, and its text takes longer than the rest. */
  #timestamp(): string {
    const now = this.#options.clock.now();
    if (now !== this.#millisecond) {
      this.#millisecond = now;
      this.#time = new Date(now).toISOString();
    }
    return this.#time;
  }
}

function textLine(
  time: string,
  level: LogLevel,
  message: string,
  fields: LogFields,
): string {
  let line = `${time} ${level.toUpperCase()} ${plain(message)}`;
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) line += ` ${name}=${quoted(String(value))}`;
  }
  return line;
}

/** A control character may not forge a second line. */
function plain(text: string): string {
  return /\p{Cc}/u.test(text) ? JSON.stringify(text) : text;
}

function quoted(text: string): string {
  return /^[^\s"=\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text);
}
