/**
 * Opening the source of the webhook's certificate.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { ApiClient } from "../kube/api_client.ts";
import type { ClusterTarget } from "../kube/cluster_target.ts";
import type { Logger } from "../log/logger.ts";
import type { Platform } from "../platform.ts";
import type { CertificateSource } from "../webhook/certificate_source.ts";
import { ConfigurationTrust } from "../webhook/configuration_trust.ts";
import { DirectoryCertificates } from "../webhook/directory_certificates.ts";
import { FileCertificates } from "../webhook/file_certificates.ts";
import { SecretCertificates } from "../webhook/secret_certificates.ts";
import {
  configurationReference,
  secretReference,
} from "../webhook/webhook_objects.ts";
import { apiTransport } from "../wire/api_transport.ts";
import type { CertificateChoice, WebhookSettings } from "./webhook_options.ts";

/** What opening takes. */
export interface OpeningOptions {
  readonly settings: WebhookSettings;
  readonly platform: Platform;
  readonly logger: Logger;
  /** Ends the wait for an API server. */
  readonly signal: AbortSignal;
}

/** The names by which a cluster reaches the Service. */
export function serviceNames(name: string, namespace: string): string[] {
  const own = `${name}.${namespace}`;
  return [name, own, `${own}.svc`, `${own}.svc.cluster.local`];
}

/** The names by which a cluster on the same machine, or in a virtual one, reaches it. */
export const LOCAL_NAMES: readonly string[] = [
  "localhost",
  "127.0.0.1",
  "::1",
  "host.docker.internal",
  "host.minikube.internal",
];

/**
 * Opens what the settings choose.
 *
 * @throws {McaError} `service-account`, `kubeconfig`, `file` or `certificate`, with a hint.
 * @throws The signal's reason, once it is aborted.
 */
export async function openCertificates(
  options: OpeningOptions,
): Promise<CertificateSource> {
  const { certificates } = options.settings;
  if (certificates.source === "secret") {
    return await openSecret(certificates, options);
  }
  return certificates.source === "files"
    ? await openFiles(certificates, options)
    : await openDirectory(certificates, options);
}

async function openSecret(
  { name }: Extract<CertificateChoice, { source: "secret" }>,
  options: OpeningOptions,
): Promise<CertificateSource> {
  const { settings, platform, logger, signal } = options;
  const { clock, crypto } = platform;
  const target = await clusterTarget(options);
  const namespace = settings.namespace ?? target.namespace;
  return await SecretCertificates.open({
    client: apiClient(target, platform),
    secret: secretReference(namespace, name),
    configuration: configurationReference(settings.webhookName),
    names: [
      ...serviceNames(settings.webhookName, namespace),
      ...settings.names,
    ],
    settle: settings.settle,
    clock,
    crypto,
    logger,
  }, signal);
}

async function openDirectory(
  { directory }: Extract<CertificateChoice, { source: "directory" }>,
  { settings, platform, logger }: OpeningOptions,
): Promise<DirectoryCertificates> {
  const { files, crypto, clock } = platform;
  const names = [...LOCAL_NAMES, ...settings.names];
  return await DirectoryCertificates.open({
    files,
    directory,
    names,
    crypto,
    clock,
    logger,
  });
}

async function openFiles(
  { certificate, key }: Extract<CertificateChoice, { source: "files" }>,
  options: OpeningOptions,
): Promise<FileCertificates> {
  const { files, crypto, clock } = options.platform;
  const trust = await openTrust(options);
  try {
    return await FileCertificates.open({
      files,
      certificateFile: certificate,
      keyFile: key,
      crypto,
      clock,
      logger: options.logger,
      trust,
    });
  } catch (error) {
    await trust?.close();
    throw error;
  }
}

/** What the API server trusts; undefined where the webhook has no ServiceAccount to ask with. */
async function openTrust(
  options: OpeningOptions,
): Promise<ConfigurationTrust | undefined> {
  const { settings, platform, logger } = options;
  try {
    const target = await clusterTarget(options);
    return new ConfigurationTrust({
      client: apiClient(target, platform),
      configuration: configurationReference(settings.webhookName),
      crypto: platform.crypto,
      clock: platform.clock,
      logger,
    });
  } catch (error) {
    if (!(error instanceof McaError)) throw error;
    logger.info(
      "Ready as soon as the files can be served, whatever the API server trusts",
      {
        reason: error.message,
      },
    );
    return undefined;
  }
}

async function clusterTarget(
  { platform, logger }: OpeningOptions,
): Promise<ClusterTarget> {
  return await platform.clusterTarget((level, message) =>
    logger[level](message)
  );
}

function apiClient(
  target: ClusterTarget,
  { network, clock }: Platform,
): ApiClient {
  const transport = apiTransport(network, target);
  return new ApiClient({ target, transport, clock });
}
