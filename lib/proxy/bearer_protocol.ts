/**
 * Bearer tokens that browsers hide in a WebSocket subprotocol, since they cannot
 * set header fields (k8s.io/apiserver, authentication/request/websocket).
 *
 * @module
 */

import {
  allValues,
  type HeaderField,
  type RequestHead,
} from "../wire/message.ts";

const FIELD = "sec-websocket-protocol";
const PREFIX = "base64url.bearer.authorization.k8s.io.";

/** The tokens in the request's WebSocket subprotocols. */
export function bearersOfProtocol(head: RequestHead): readonly string[] {
  if (!head.lowerNames.includes(FIELD)) return [];
  return allValues(head, FIELD).flatMap((value) => value.split(","))
    .map((member) => member.trim())
    .filter((protocol) => protocol.startsWith(PREFIX))
    .map((protocol) => decoded(protocol.slice(PREFIX.length)));
}

/** The field without the subprotocol that carries a token; undefined where nothing is left. */
export function withoutBearerProtocol(
  field: HeaderField,
): HeaderField | undefined {
  const [name, value] = field;
  if (name.toLowerCase() !== FIELD || !value.includes(PREFIX)) return field;
  const rest = value.split(",").map((member) => member.trim())
    .filter((member) => !member.startsWith(PREFIX));
  return rest.length === 0 ? undefined : [name, rest.join(", ")];
}

/** What is not base64url is some token too, and matches none. */
function decoded(text: string): string {
  try {
    return atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return "";
  }
}
