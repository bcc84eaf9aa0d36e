/**
 * The head that goes upstream in place of the client's.
 *
 * @module
 */

import {
  forwardedFields,
  framingFields,
  requestedProtocols,
} from "../wire/framing.ts";
import { requestHeadText } from "../wire/head_writer.ts";
import type { HeaderField } from "../wire/message.ts";
import { withoutBearerProtocol } from "./bearer_protocol.ts";
import type { ProxyRequest, UpstreamCluster } from "./proxy_request.ts";

/** Fields that never go upstream, and beginnings of such names; in lower case. */
const DROPPED: ReadonlySet<string> = new Set([
  // Replaced by the cluster's own.
  "host",
  // Replaced by the real credentials, or by none.
  "authorization",
  // Who the request came from is for MCA to say, and it says nothing.
  "forwarded",
  "x-real-ip",
]);
const DROPPED_PREFIXES = ["impersonate-", "x-remote-", "x-forwarded-"] as const;

/** Whether a field from the client, header or trailer, stays behind. */
export function isDropped(lowerName: string): boolean {
  if (DROPPED.has(lowerName)) return true;
  const first = lowerName.charCodeAt(0);
  // Nearly all names begin with neither "i" nor "x".
  if (first !== 0x69 && first !== 0x78) return false;
  return DROPPED_PREFIXES.some((prefix) => lowerName.startsWith(prefix));
}

/** Trailer fields that would mean something in a head are refused behind a body (RFC 9110, section 6.5.1). */
const REFUSED_TRAILERS: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Whether a trailer field breaks the request. */
export function isRefusedTrailer(lowerName: string): boolean {
  return isDropped(lowerName) || REFUSED_TRAILERS.has(lowerName);
}

/**
 * The request's head for the API server: the cluster's Host and base path, the
 * client's end-to-end fields, the real credentials, the framing said anew.
 */
export function upstreamHead(
  request: ProxyRequest,
  cluster: UpstreamCluster,
  credentials: readonly HeaderField[],
): string {
  const { head, framing } = request;
  const fields: HeaderField[] = [["Host", cluster.target.host]];
  for (const field of forwardedFields(head, isDropped)) {
    const kept = withoutBearerProtocol(field);
    if (kept !== undefined) fields.push(kept);
  }
  fields.push(...credentials, ...framingFields(framing));
  const protocols = requestedProtocols(head);
  if (protocols.length > 0) {
    fields.push(["Upgrade", protocols.join(", ")], ["Connection", "Upgrade"]);
  }
  const target = request.target === "*"
    ? request.target
    : cluster.target.basePath + request.target;
  return requestHeadText(head.method, target, head.minorVersion, fields);
}
