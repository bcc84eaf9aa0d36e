/**
 * `mca webhook`: injection at admission.
 *
 * @module
 */

import { stringify } from "yaml";
import { LineBuffer } from "../log/line_buffer.ts";
import { Logger } from "../log/logger.ts";
import type { Platform, Signals } from "../platform.ts";
import { DirectoryCertificates } from "../webhook/directory_certificates.ts";
import { startWebhook } from "../webhook/start_webhook.ts";
import { webhookConfiguration } from "../webhook/webhook_configuration.ts";
import { MUTATE_PATH } from "../webhook/webhook_handler.ts";
import type { Command } from "./command.ts";
import { openCertificates } from "./webhook_certificates.ts";
import {
  readWebhookSettings,
  type WebhookSettings,
} from "./webhook_options.ts";

const HELP = `Usage: mca webhook [OPTIONS]

Serves the admission webhook that puts the sidecar into pods when they are
created: /mutate for the API server, /health and /ready for probes. Runs until
SIGTERM or SIGINT.

A pod that cannot be injected is admitted as it is, with a warning that says
why. A pod with a bad label or annotation of MCA's is not admitted.

Certificate (one of):
  --secret NAME      A Secret in the webhook's namespace (MCA_WEBHOOK_SECRET;
                     default the webhook's name with -certificates). All
                     replicas share it, make and renew what is in it, and keep
                     its CA in every caBundle of the configuration.
  --tls-cert-file FILE, --tls-key-file FILE
                     A certificate that others renew (MCA_TLS_CERT_FILE,
                     MCA_TLS_KEY_FILE). Read again when the files change; the
                     caBundle is others' business too.
  --directory DIR    A CA and certificate of this machine alone, kept in DIR.
                     Prints the MutatingWebhookConfiguration to apply. What
                     develop builds do unless told, under ./tmp/webhook.

Options:
  --port PORT        Port to listen on (MCA_WEBHOOK_PORT; default 8443).
  --webhook-name NAME
                     The MutatingWebhookConfiguration and the Service
                     (MCA_WEBHOOK_NAME; default mca-webhook).
  --namespace NAME   Where Service and Secret are (NAMESPACE; default the
                     namespace of the ServiceAccount).
  --name NAME        One more DNS name or IP address to serve under; the first
                     stands in the printed configuration. May be given several
                     times.
  --settle SECONDS   How long a new CA is in every caBundle before it signs
                     (MCA_SETTLE_SECONDS; default 30).
  --uninjectable WHAT
                     What becomes of pods that cannot be injected: admit, or
                     refuse (MCA_UNINJECTABLE; default admit).
  --log-level LEVEL  debug, info, warn, error or off (MCA_LOG_LEVEL; default
                     info, which writes one line per review).
  --log-format FMT   json or text (MCA_LOG_FORMAT; default json, on a terminal
                     text).
  --drain SECONDS    How long to go on after SIGTERM, while the API server
                     learns of it (MCA_DRAIN_SECONDS; default 5).
  --grace SECONDS    How long running reviews may take after that
                     (MCA_GRACE_SECONDS; default 10).
  -h, --help         Show this text.

Settings of the sidecar are those of \`mca inject\`: flags such as --proxy-image,
variables such as MCA_PROXY_IMAGE, and --config FILE (MCA_CONFIG). Annotations
on pods win.

Examples:
  mca webhook
  mca webhook --tls-cert-file /certs/tls.crt --tls-key-file /certs/tls.key
  mca webhook --directory ./certs --name 192.168.49.1 > webhook.yaml
`;

/** `mca webhook`. */
export const webhookCommand: Command = {
  name: "webhook",
  summary: "Put the sidecar into pods when they are created",
  help: HELP,
  run: async (args, platform, signals) => {
    const settings = await readWebhookSettings(args, platform);
    if (settings.isHelp) {
      await platform.terminal.writeOut(HELP);
      return 0;
    }
    return await serve(settings, platform, signals);
  },
};

async function serve(
  settings: WebhookSettings,
  platform: Platform,
  signals: Signals,
): Promise<number> {
  const { clock, terminal } = platform;
  const lines = new LineBuffer(clock, (text) => terminal.writeError(text));
  const { level, format } = settings;
  const logger = new Logger({ level, format, clock, sink: lines.sink });
  const stop = new AbortController();
  let drain = settings.drain;
  // Before anything else: as the first process of a container it would ignore them.
  const unsubscribe = [
    signals.on("SIGTERM", () => stop.abort()),
    signals.on("SIGINT", () => {
      // Somebody waits at a terminal.
      drain = 0;
      stop.abort();
    }),
  ];
  try {
    await serveUntil(stop.signal, settings, platform, logger, () => drain);
    return 0;
  } finally {
    for (const end of unsubscribe) end();
    lines.flush();
  }
}

async function serveUntil(
  signal: AbortSignal,
  settings: WebhookSettings,
  platform: Platform,
  logger: Logger,
  drain: () => number,
): Promise<void> {
  let certificates: Awaited<ReturnType<typeof openCertificates>>;
  try {
    certificates = await openCertificates({
      settings,
      platform,
      logger,
      signal,
    });
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  const { inject, uninjectable, grace } = settings;
  const webhook = await startWebhook({
    platform,
    certificates,
    listen: { ...platform.webhookListen, port: settings.port },
    settings: { inject, uninjectable },
    logger,
  });
  logger.info("Serving", {
    address: address(webhook.hostname, webhook.port),
    image: inject.proxyImage,
  });
  if (certificates instanceof DirectoryCertificates) {
    await printConfiguration(certificates, webhook.port, settings, platform);
  }
  await aborted(signal);
  logger.info("Stopping", { drain: drain() / 1000, grace: grace / 1000 });
  await webhook.shutdown({ drain: drain(), grace });
}

/** What has to be applied for an API server to call this process. */
async function printConfiguration(
  { caCertificate }: DirectoryCertificates,
  port: number,
  { names, webhookName }: WebhookSettings,
  { terminal }: Platform,
): Promise<void> {
  const [host = "127.0.0.1"] = names;
  const configuration = webhookConfiguration({
    name: webhookName,
    url: `https://${address(host, port)}${MUTATE_PATH}`,
    caCertificates: caCertificate,
  });
  await terminal.writeOut(stringify(configuration, { lineWidth: 0 }));
  terminal.writeError(
    `hint: Apply what is on standard output with \`kubectl apply -f\` to let the API server call this process. If it reaches this machine by another name than ${host}, start again with --name.\n`,
  );
}

function address(hostname: string, port: number): string {
  return hostname.includes(":")
    ? `[${hostname}]:${port}`
    : `${hostname}:${port}`;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true })
  );
}
