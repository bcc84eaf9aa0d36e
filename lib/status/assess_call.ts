/**
 * What a trial of the webhook says.
 *
 * @module
 */

import type { Finding } from "./finding.ts";
import type { CallOutcome } from "./webhook_call.ts";

/** What a message tells of, and what to do then. The first that fits counts. */
const CAUSES: readonly {
  readonly fits: RegExp;
  readonly message: string;
  readonly remedy: string;
}[] = [
  {
    fits: /unknown authority|UnknownIssuer|CA did not issue/i,
    message: "The API server does not trust the webhook's certificate",
    remedy:
      "Look at the webhook's log: it publishes its CA in the caBundle, unless certificates are others' business.",
  },
  {
    fits: /expired|not yet valid|not valid yet|NotValidYet/i,
    message: "The webhook's certificate is not valid now",
    remedy:
      "Compare the clocks; delete the webhook's Secret to have new certificates made.",
  },
  {
    fits: /valid for .* not |NotValidForName|another name|IP SANs/i,
    message: "The webhook's certificate is for another name",
    remedy: "Compare the names of Service and webhook (MCA_WEBHOOK_NAME).",
  },
  {
    fits: /no endpoints available/i,
    message: "No replica of the webhook is ready",
    remedy: "Look at the webhook's pods and their log.",
  },
  {
    fits: /service "?[^"]*"? not found/i,
    message: "The webhook's Service is not there",
    remedy: "Install the chart again.",
  },
  {
    fits:
      /refused|no route|unreachable|reset|EOF|cannot be reached|closed the connection|resolved/i,
    message: "The webhook cannot be connected to",
    remedy:
      "Check that the Service leads to ready pods, and that nothing between keeps the API server from the webhook's port.",
  },
  {
    fits: /deadline exceeded|timeout|timed out|in time|did not answer/i,
    message: "The webhook does not answer in time",
    remedy:
      "Check firewalls and network policies: the API server has to reach the webhook's port in its pods, 8443 unless set.",
  },
];

/** The finding that a trial leads to. */
export function assessCall(outcome: CallOutcome): Finding {
  switch (outcome.kind) {
    case "injected":
      return {
        check: "call",
        level: "ok",
        message: `A trial pod got the sidecar ${outcome.where}`,
      };
    case "not-injected":
      return {
        check: "call",
        level: "wrong",
        message:
          `A trial pod was admitted without the sidecar ${outcome.where}`,
        remedy:
          "Look at failurePolicy and matchConditions of the MutatingWebhookConfiguration, and at the webhook's log.",
      };
    case "not-tried":
      return {
        check: "call",
        level: "unknown",
        message: `The webhook was not tried: ${outcome.why}`,
      };
    case "failed":
      return failed(outcome.message);
  }
}

/** The API server's message without what it says before the fault itself. */
function faultIn(message: string): string {
  return message.replace(/^.*?failed to call webhook: (Post "[^"]*": )?/s, "");
}

function failed(told: string): Finding {
  const message = faultIn(told);
  const cause = CAUSES.find(({ fits }) => fits.test(message));
  return {
    check: "call",
    level: "wrong",
    message: cause === undefined
      ? `A trial pod was not admitted: ${message}`
      : `${cause.message}: ${message}`,
    remedy: cause?.remedy ?? "Look at the webhook's log.",
  };
}
