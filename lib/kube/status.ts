/**
 * Errors in the form that Kubernetes clients read: `metav1.Status`
 * (Kubernetes API conventions, "Response Status Kind").
 *
 * @module
 */

/**
 * The HTTP status code of each reason, as k8s.io/apimachinery pairs them.
 *
 * `BadGateway` is MCA's own: apimachinery has no reason for 502. Clients treat
 * a reason they do not know by its code, and kubectl prints it as it is.
 */
export const STATUS_CODES = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServerTimeout: 500,
  StorageReadError: 500,
  BadGateway: 502,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const satisfies Readonly<Record<string, number>>;

/** Why a request failed, for programs. */
export type StatusReason = keyof typeof STATUS_CODES;

/** One of several causes of a failure. */
export interface StatusCause {
  /** For programs: `UnexpectedServerResponse`, `FieldValueInvalid` … */
  readonly reason?: string;
  /** For people. */
  readonly message?: string;
  /** The field at fault, as in `items[0].name`. */
  readonly field?: string;
}

/** What the failed request was about. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  /** The resource in the plural, as kube-apiserver fills it in: `pods`. */
  readonly kind?: string;
}

/** What a {@link statusBody} says. */
export interface StatusOptions {
  readonly reason: StatusReason;
  /** For people: kubectl prints it behind `Error from server (REASON): `. */
  readonly message: string;
  readonly details?: StatusDetails;
  readonly causes?: readonly StatusCause[];
  /** Whole seconds until the request may be tried again. */
  readonly retryAfterSeconds?: number;
}

const utf8 = new TextEncoder();

/**
 * The HTTP status code that goes with a reason.
 *
 * @example
 * ```ts
 * import { statusCode } from "./status.ts";
 *
 * console.log(statusCode("TooManyRequests")); // 429
 * ```
 */
export function statusCode(reason: StatusReason): number {
  return STATUS_CODES[reason];
}

/**
 * The bytes of a failed `metav1.Status` in JSON, with the fields in
 * kube-apiserver's order and a newline at the end as kube-apiserver writes it.
 * It goes out as `application/json` with {@link statusCode}'s code, and with a
 * `Retry-After` header where `retryAfterSeconds` is given.
 *
 * @throws {RangeError} Where `retryAfterSeconds` is no whole number of at least 1.
 *
 * @example
 * ```ts
 * import { statusBody } from "./status.ts";
 *
 * const body = statusBody({
 *   reason: "Forbidden",
 *   message: "impersonation is not allowed through this proxy",
 * });
 * console.log(new TextDecoder().decode(body));
 * ```
 */
export function statusBody(options: StatusOptions): Uint8Array<ArrayBuffer> {
  const { reason, message, causes, retryAfterSeconds } = options;
  if (
    retryAfterSeconds !== undefined &&
    (!Number.isInteger(retryAfterSeconds) || retryAfterSeconds < 1)
  ) {
    throw new RangeError("Expected retryAfterSeconds to be a positive integer");
  }
  const details = {
    ...options.details,
    ...(causes === undefined || causes.length === 0 ? {} : { causes }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
  const status = {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    ...(Object.keys(details).length === 0 ? {} : { details }),
    code: STATUS_CODES[reason],
  };
  return utf8.encode(`${JSON.stringify(status)}\n`);
}
