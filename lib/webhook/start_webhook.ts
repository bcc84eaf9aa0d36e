/**
 * The whole webhook: certificate, server and handler.
 *
 * @module
 */

import type { Logger } from "../log/logger.ts";
import type { Platform } from "../platform.ts";
import { CALL_TIMEOUT } from "./call_timeout.ts";
import type { CertificateSource } from "./certificate_source.ts";
import type { ReviewSettings } from "./review_pod.ts";
import { WebhookHandler } from "./webhook_handler.ts";

/**
 * How long clients may take, in milliseconds. The API server closes idle
 * connections after 90 seconds; the webhook waits longer, so that it never
 * closes one on which a review has just been sent.
 */
export const SERVER_TIMEOUTS = {
  handshake: 5_000,
  head: 5_000,
  request: CALL_TIMEOUT + 1_000,
  idle: 180_000,
} as const;

/** What a webhook is started with. */
export interface WebhookOptions {
  readonly platform: Pick<Platform, "clock" | "serveHttps">;
  /** Closed by {@link RunningWebhook.shutdown}, and where the start fails. */
  readonly certificates: CertificateSource;
  readonly listen: { readonly hostname: string; readonly port: number };
  readonly settings: ReviewSettings;
  readonly logger: Logger;
}

/** A webhook that serves. */
export interface RunningWebhook {
  readonly hostname: string;
  readonly port: number;
  /**
   * Tells clients to go elsewhere for `drain` milliseconds, then accepts no
   * more, and closes what is left after `grace` milliseconds.
   */
  shutdown(
    times: { readonly drain: number; readonly grace: number },
  ): Promise<void>;
}

/**
 * Starts the webhook.
 *
 * @throws {McaError} `listen` or `certificate`, with a hint.
 */
export async function startWebhook(
  { platform, certificates, listen, settings, logger }: WebhookOptions,
): Promise<RunningWebhook> {
  const { clock } = platform;
  const handler = new WebhookHandler({
    settings,
    clock,
    logger,
    notReadyReason: () => certificates.notReadyReason(),
  });
  try {
    const server = await platform.serveHttps({
      ...listen,
      ...certificates.first,
      timeouts: SERVER_TIMEOUTS,
      handle: handler.handle,
    });
    certificates.onChange((pair) => server.setCertificate(pair));
    return {
      hostname: server.hostname,
      port: server.port,
      shutdown: async ({ drain, grace }) => {
        handler.drain();
        if (drain > 0) {
          await new Promise<void>((resolve) => clock.after(drain, resolve));
        }
        await server.shutdown(grace);
        await certificates.close();
      },
    };
  } catch (error) {
    await certificates.close();
    throw error;
  }
}
