/**
 * The pass that writes one line per request.
 *
 * @module
 */

import type { Logger } from "../../log/logger.ts";
import type { Pass } from "../proxy_request.ts";

/**
 * Writes one line when a request is over: never its query, which may hold
 * secrets, its header fields or its body. Requests that failed are always
 * logged.
 *
 * @param one Of the others one in so many is logged; 0: none.
 */
export function accessLog(logger: Logger, one = 1): Pass {
  let count = 0;
  return {
    name: "access-log",
    observe: (request, outcome) => {
      const hasFailed = outcome.failure !== undefined;
      if (!hasFailed && (one === 0 || count++ % one !== 0)) return;
      const level = hasFailed ? "warn" : "info";
      if (!logger.isEnabled(level)) return;
      logger[level]("request", {
        method: request.head.method,
        path: request.path,
        status: outcome.status ?? 0,
        bytes: outcome.octetsSent,
        duration: Math.round(outcome.duration * 1000) / 1000,
        received: outcome.octetsReceived === 0
          ? undefined
          : outcome.octetsReceived,
        caller: request.caller,
        cluster: request.cluster?.target.name,
        end: outcome.end === "complete" ? undefined : outcome.end,
        endedBy: outcome.tunnel?.endedBy,
        reset: outcome.tunnel?.wasReset ? true : undefined,
        oneIn: hasFailed || one === 1 ? undefined : one,
        failure: outcome.failure,
      });
    },
  };
}
