/**
 * Calling the webhook as the API server does, from where this program runs.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { type ApiTransport, readObject } from "../kube/api_client.ts";
import { bundledCertificates } from "../kube/ca_bundle.ts";
import type { ConnectOptions } from "../platform.ts";
import type { RegisteredWebhook } from "./registered_webhook.ts";
import {
  addressOf,
  type CallOutcome,
  readTrialAnswer,
  trialReview,
} from "./webhook_call.ts";

/** What a call takes. */
export interface DirectCallOptions {
  /** Sends requests over connections of that kind. */
  readonly transportTo: (connect: ConnectOptions) => ApiTransport;
  readonly crypto: Pick<Crypto, "randomUUID">;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/** Calls the webhook at the address and with the CA that the API server uses. */
export async function callDirectly(
  webhook: RegisteredWebhook,
  options: DirectCallOptions,
): Promise<CallOutcome> {
  const address = addressOf(webhook);
  if (address === undefined) {
    return { kind: "failed", message: "The webhook has no https:// address" };
  }
  const hostname = address.hostname.replace(/^\[(.*)\]$/, "$1");
  const transport = options.transportTo({
    hostname,
    port: Number(address.port || 443),
    tls: { caCertificates: bundledCertificates(webhook.caBundle) },
  });
  const uid = options.crypto.randomUUID();
  try {
    const { status, body } = await transport({
      method: "POST",
      target: `${address.pathname}?timeout=${webhook.timeoutSeconds}s`,
      fields: [
        ["Host", address.host],
        ["Accept", "application/json"],
        ["Content-Type", "application/json"],
      ],
      body: new TextEncoder().encode(JSON.stringify(trialReview(uid))),
    }, options.signal);
    const answer = await readObject(body);
    return status === 200
      ? readTrialAnswer(answer, uid, `in a call to ${address.host}`)
      : { kind: "failed", message: `It answered with status ${status}` };
  } catch (error) {
    if (!(error instanceof McaError)) throw error;
    return { kind: "failed", message: error.message };
  }
}
