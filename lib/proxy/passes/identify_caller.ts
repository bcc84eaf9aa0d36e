/**
 * The pass that tells the pod's own requests from others.
 *
 * @module
 */

import { allValues, type RequestHead } from "../../wire/message.ts";
import { bearerOfProtocol } from "../bearer_protocol.ts";
import type { Answer, Pass } from "../proxy_request.ts";

const UNAUTHORIZED: Answer = {
  reason: "Unauthorized",
  message:
    "Unauthorized: the token is not the one in this pod's ServiceAccount directory",
};

const AMBIGUOUS: Answer = {
  reason: "BadRequest",
  message: "the request carries more than one Authorization field",
};

const IMPERSONATION: Answer = {
  reason: "Forbidden",
  message:
    "impersonation is not passed on: MCA adds the pod's own credentials, and they speak for the pod alone",
};

/**
 * Identifies the caller by the app's token. A wrong token is refused here,
 * without a trip upstream; no token makes the caller anonymous, for the API
 * server to judge as it would without MCA.
 *
 * @param matches Compares a token with the app's in constant time.
 */
export function identifyCaller(matches: (token: string) => boolean): Pass {
  return {
    name: "identify-caller",
    decide: (request) => {
      const { head } = request;
      for (const name of head.lowerNames) {
        if (name.startsWith("impersonate-")) return IMPERSONATION;
      }
      if (allValues(head, "authorization").length > 1) return AMBIGUOUS;
      const token = bearerToken(head);
      if (token !== undefined && !matches(token)) return UNAUTHORIZED;
      request.caller = token === undefined ? "anonymous" : "pod";
      return undefined;
    },
  };
}

/**
 * The bearer token of the Authorization field (RFC 6750, section 2.1) or of a
 * WebSocket subprotocol. Another scheme is none, as kube-apiserver has it.
 */
function bearerToken(head: RequestHead): string | undefined {
  const [authorization] = allValues(head, "authorization");
  const match = authorization === undefined
    ? null
    : /^bearer +(\S.*)$/i.exec(authorization);
  return match?.[1]?.trim() ?? bearerOfProtocol(head);
}
