/**
 * The pass that writes one line per request.
 *
 * @module
 */

import type { Logger } from "../../log/logger.ts";
import type { Pass } from "../proxy_request.ts";

/**
 * Writes one line when a request is over: never its query, which may hold
 * secrets, its header fields or its body.
 */
export function accessLog(logger: Logger): Pass {
  return {
    name: "access-log",
    observe: (request, outcome) => {
      const level = outcome.failure === undefined ? "info" : "warn";
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
        failure: outcome.failure,
      });
    },
  };
}
