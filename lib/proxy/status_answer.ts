/**
 * Answers that MCA gives by itself.
 *
 * @module
 */

import type { McaError, McaErrorCode } from "../errors.ts";
import {
  STATUS_CODES,
  statusBody,
  statusCode,
  type StatusReason,
} from "../kube/status.ts";
import { responseHeadText } from "../wire/head_writer.ts";
import type { HeaderField } from "../wire/message.ts";
import { writeText } from "../wire/octets.ts";
import { ProtocolError } from "../wire/protocol_error.ts";
import type { Answer } from "./proxy_request.ts";

/** Reason phrases of RFC 9110, section 15, for the codes that MCA answers with. */
const PHRASES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Content Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

const REASON_OF_PROTOCOL_STATUS = {
  400: "BadRequest",
  405: "MethodNotAllowed",
  413: "RequestEntityTooLarge",
  502: "BadGateway",
  504: "Timeout",
} as const satisfies Readonly<Record<number, StatusReason>>;

/** What connecting to an API server can fail with. */
const UPSTREAM_FAULTS: ReadonlySet<McaErrorCode> = new Set([
  "upstream",
  "certificate",
  "protocol",
]);

/** The answer for an error on the way to a response. */
export function answerFor(error: McaError): Answer {
  if (error instanceof ProtocolError) {
    return {
      reason: REASON_OF_PROTOCOL_STATUS[error.status],
      message: error.message,
    };
  }
  if (error.code === "not-ready") {
    return {
      reason: "ServiceUnavailable",
      message: error.message,
      retryAfterSeconds: 1,
    };
  }
  const reason = UPSTREAM_FAULTS.has(error.code)
    ? "BadGateway"
    : "InternalError";
  return { reason, message: error.message };
}

/** The HTTP status code of an answer. */
export function answerCode(answer: Answer): number {
  return statusCode(answer.reason);
}

/** A whole response as it goes to the client. */
export interface AnswerOctets {
  readonly octets: Uint8Array;
  /** How many of the octets are body. */
  readonly bodyLength: number;
}

/** The response for an answer, head and body in one piece. */
export function answerOctets(
  answer: Answer,
  options: { readonly isHead: boolean; readonly closes: boolean },
): AnswerOctets {
  const body = statusBody(answer);
  const code = STATUS_CODES[answer.reason];
  const fields: HeaderField[] = [
    ["Content-Type", "application/json"],
    ["Cache-Control", "no-cache, private"],
    ["Content-Length", String(body.length)],
  ];
  if (answer.retryAfterSeconds !== undefined) {
    fields.push(["Retry-After", String(answer.retryAfterSeconds)]);
  }
  if (options.closes) fields.push(["Connection", "close"]);
  const headText = responseHeadText(code, PHRASES[code] ?? "", fields);
  const bodyLength = options.isHead ? 0 : body.length;
  const octets = new Uint8Array(headText.length + bodyLength);
  writeText(headText, octets, 0);
  if (!options.isHead) octets.set(body, headText.length);
  return { octets, bodyLength };
}
