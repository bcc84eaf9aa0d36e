/**
 * The pass that tells the pod's own requests from others.
 *
 * @module
 */

import { allValues, type RequestHead } from "../../wire/message.ts";
import { bearersOfProtocol } from "../bearer_protocol.ts";
import type { Answer, Pass } from "../proxy_request.ts";
import { withoutQueryToken } from "../query_token.ts";

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
 * server to judge as it would without MCA. The app's token goes no further,
 * wherever a client may have put it.
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
      const [token, ...more] = bearerTokens(head);
      if (more.length > 0 || (token !== undefined && !matches(token))) {
        return UNAUTHORIZED;
      }
      const target = withoutQueryToken(head.target, matches);
      if (target !== undefined) request.target = target;
      request.caller = token === undefined && target === undefined
        ? "anonymous"
        : "pod";
      return undefined;
    },
  };
}

/**
 * The bearer token of the Authorization field (RFC 6750, section 2.1), or those
 * of the WebSocket subprotocols. Another scheme is none, as kube-apiserver has it.
 */
function bearerTokens(head: RequestHead): readonly string[] {
  const [authorization] = allValues(head, "authorization");
  const match = authorization === undefined
    ? null
    : /^bearer +(\S.*)$/i.exec(authorization);
  const token = match?.[1]?.trim();
  return token === undefined ? bearersOfProtocol(head) : [token];
}
