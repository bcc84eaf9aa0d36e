/** A fault that the person at the keyboard can act on. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
  /** What to try. */
  readonly hint: string | undefined;

  constructor(
    message: string,
    options: { readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(
      message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.hint = options.hint;
  }
}
