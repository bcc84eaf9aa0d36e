/**
 * Whether the API server trusts a certificate that others manage.
 *
 * @module
 */

import { parseCertificate, readCertificates } from "../certs/certificate.ts";
import { isIssuedBy } from "../certs/verification.ts";
import { McaError } from "../errors.ts";
import type { ApiClient, ObjectReference } from "../kube/api_client.ts";
import { ObjectWatch } from "../kube/object_watch.ts";
import type { Logger } from "../log/logger.ts";
import type { Clock } from "../platform.ts";
import type { Authority } from "./authority.ts";
import type { WebhookEntry } from "./trust_view.ts";
import { readEntries } from "./webhook_objects.ts";

/** What {@link ConfigurationTrust} needs. */
export interface ConfigurationTrustOptions {
  readonly client: Pick<ApiClient, "read" | "watch">;
  readonly configuration: ObjectReference;
  readonly crypto: Crypto;
  readonly clock: Pick<Clock, "after">;
  readonly logger: Logger;
}

/** Watches the caBundles of a configuration and holds a certificate chain against them. */
export class ConfigurationTrust {
  readonly #options: ConfigurationTrustOptions;
  readonly #watch: ObjectWatch;
  #entries: readonly WebhookEntry[] | undefined;
  #chain = "";
  #reason: string | undefined =
    "The MutatingWebhookConfiguration could not be read yet";
  #judging: Promise<void> = Promise.resolve();

  constructor(options: ConfigurationTrustOptions) {
    this.#options = options;
    const { client, configuration, clock, logger } = options;
    this.#watch = new ObjectWatch({
      client,
      reference: configuration,
      clock,
      onObject: (object) => {
        this.#entries = object === undefined ? [] : readEntries(object);
        this.#judge();
      },
      onFault: (error) => {
        if (error === undefined) return;
        const { message: reason, hint } = error;
        logger.warn("The API server cannot be read", { reason, hint });
      },
    });
  }

  /** From now on this chain, in PEM, is held against the bundles. */
  expect(chain: string): void {
    this.#chain = chain;
    this.#judge();
  }

  /** Why the API server would not trust the chain; undefined where it does. */
  notReadyReason(): string | undefined {
    return this.#reason;
  }

  async close(): Promise<void> {
    await this.#watch.stop();
    await this.#judging;
  }

  #judge(): void {
    this.#judging = this.#judging.then(async () => {
      const entries = this.#entries;
      if (entries === undefined || this.#chain === "") return;
      const reason = await judge(this.#chain, entries, this.#options.crypto);
      if (reason === this.#reason) return;
      this.#reason = reason;
      const { logger } = this.#options;
      if (reason === undefined) logger.info("Ready");
      else logger.warn("Not ready", { reason });
    });
  }
}

async function judge(
  chain: string,
  entries: readonly WebhookEntry[],
  crypto: Crypto,
): Promise<string | undefined> {
  if (entries.length === 0) return "There is no MutatingWebhookConfiguration";
  for (const { name, authorities } of entries) {
    // Without a caBundle the API server goes by its system's roots.
    if (authorities.length === 0) continue;
    if (!await isTrusted(chain, authorities, crypto)) {
      return `The caBundle of ${name} does not hold the CA of the certificate`;
    }
  }
  return undefined;
}

/** Whether a certificate of the chain is in the bundle, or signed by one that is. */
async function isTrusted(
  chain: string,
  bundle: readonly Authority[],
  crypto: Crypto,
): Promise<boolean> {
  for (const certificate of readCertificates(chain)) {
    for (const { id } of bundle) {
      if (certificate.der.toBase64() === id) return true;
      const issuer = parseCertificate(Uint8Array.fromBase64(id));
      try {
        if (await isIssuedBy(certificate, issuer, crypto)) return true;
      } catch (error) {
        // Of an algorithm that MCA does not know.
        if (!(error instanceof McaError)) throw error;
      }
    }
  }
  return false;
}
