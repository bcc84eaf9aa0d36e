/**
 * What every part of MCA throws for a fault that its caller can act on.
 *
 * Misuse of a function by the programmer stays a built-in error (`TypeError`,
 * `RangeError`); everything that input, environment or a peer can cause is an
 * {@link McaError} with a stable code.
 *
 * @module
 */

/** The stable codes of {@link McaError}: what kind of thing went wrong. */
export type McaErrorCode =
  /** The command line or a call's options cannot be understood. */
  | "usage"
  /** A manifest, review or other document is not what it has to be. */
  | "manifest"
  /** A setting (flag, environment, file or annotation) has an unknown name or a bad value. */
  | "setting"
  /** A file cannot be read or written. */
  | "file"
  /** The ServiceAccount directory is missing, unreadable or incomplete. */
  | "service-account"
  /** The kubeconfig, or the context asked for in it, cannot be used. */
  | "kubeconfig"
  /** A certificate or key cannot be read, made or trusted. */
  | "certificate"
  /** The address to listen on cannot be had. */
  | "listen"
  /** The API server cannot be reached, or is not one. */
  | "upstream"
  /** A peer broke its protocol (RFC 9110, RFC 9112). */
  | "protocol"
  /** A running proxy or webhook is not ready to serve. */
  | "not-ready";

/** Where in the input the fault is; each part is given only where it is known. */
export interface McaErrorPlace {
  /** The file as the user named it; `-` is standard input. */
  readonly file?: string;
  /** The document in a stream, counted from 1. */
  readonly document?: number;
  /** The field, in the notation of Kubernetes' own messages: `spec.containers[0].name`. */
  readonly field?: string;
  /** The line in the file, counted from 1. */
  readonly line?: number;
  /** The column in the line, counted from 1. */
  readonly column?: number;
}

/** What may accompany an {@link McaError}. */
export interface McaErrorOptions {
  /** One sentence that tells the user what to do. */
  readonly hint?: string;
  /** Where in the input the fault is. */
  readonly place?: McaErrorPlace;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * A fault that input, environment or a peer caused.
 *
 * The message is in sentence case, without a final period, and never holds a
 * token, key or Authorization header.
 *
 * @example
 * ```ts
 * import { McaError } from "./errors.ts";
 *
 * const error = new McaError("manifest", "Expected a list of containers", {
 *   place: { file: "pod.yaml", document: 2, field: "spec.containers" },
 *   hint: "Write spec.containers as a list.",
 * });
 * console.log(error.code, error.exitCode); // manifest 1
 * ```
 */
export class McaError extends Error {
  /** Tells it from other errors, across copies of this library too. */
  override readonly name = "McaError";
  /** What kind of thing went wrong. */
  readonly code: McaErrorCode;
  /** What the user can do about it. */
  readonly hint: string | undefined;
  /** Where in the input the fault is. */
  readonly place: McaErrorPlace;

  /** An error of that kind; the message has no final period. */
  constructor(
    code: McaErrorCode,
    message: string,
    options: McaErrorOptions = {},
  ) {
    super(
      message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.hint = options.hint;
    this.place = options.place ?? {};
  }

  /** The exit code of a command that ends with this error: 2 for bad usage, else 1. */
  get exitCode(): 1 | 2 {
    return this.code === "usage" ? 2 : 1;
  }

  /** The same error with more of its place known. */
  at(place: McaErrorPlace): McaError {
    return new McaError(this.code, this.message, {
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      place: { ...place, ...this.place },
      cause: this.cause,
    });
  }
}

/**
 * Text of others as a terminal may show it: with control characters, and those
 * that turn the direction of writing, as escapes. What a manifest or a file is
 * named may neither look like a line of MCA's own nor talk to the terminal.
 *
 * @example
 * ```ts
 * import { visibleText } from "./errors.ts";
 *
 * console.log(visibleText("a\nb")); // a\u000ab
 * ```
 */
export function visibleText(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (character) =>
      `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The same, with its lines as they are. */
function visibleLines(text: string): string {
  return text.split("\n").map(visibleText).join("\n");
}

/** The place as a prefix for a message: `pod.yaml, document 2, line 4:7, spec.containers`. */
export function formatPlace(place: McaErrorPlace): string {
  const parts: string[] = [];
  if (place.file !== undefined) {
    parts.push(place.file === "-" ? "standard input" : place.file);
  }
  if (place.document !== undefined) parts.push(`document ${place.document}`);
  if (place.line !== undefined) {
    parts.push(
      `line ${place.line}${
        place.column === undefined ? "" : `:${place.column}`
      }`,
    );
  }
  if (place.field !== undefined) parts.push(place.field);
  return visibleText(parts.join(", "));
}

/** The error as the lines a command prints on stderr, without a trailing newline. */
export function formatError(program: string, error: McaError): string {
  const place = formatPlace(error.place);
  const line = `${program}: ${place === "" ? "" : `${place}: `}${
    visibleLines(error.message)
  }`;
  return error.hint === undefined
    ? line
    : `${line}\nhint: ${visibleLines(error.hint)}`;
}

/**
 * The operating system's error code (`ENOENT`, `EACCES`, `EADDRINUSE` …) of a
 * caught value; `ENOTCAPABLE` where the runtime did not let it come to that.
 */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  if ("name" in error && error.name === "NotCapable") return "ENOTCAPABLE";
  if (!("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
