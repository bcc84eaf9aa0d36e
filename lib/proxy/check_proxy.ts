/**
 * Whether a running proxy is ready: what the startup probe asks.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import type { FileStore, Network } from "../platform.ts";
import { checkAppServiceAccount } from "./app_service_account.ts";

/** What {@link checkProxy} needs. */
export interface CheckOptions {
  readonly files: FileStore;
  readonly network: Network;
  /** The app-facing ServiceAccount directory. */
  readonly directory: string;
  readonly port: number;
}

/**
 * Looks at the app-facing directory, then shakes hands with the listener as an
 * app would, trusting the directory's CA alone.
 *
 * @throws {McaError} `not-ready`, with what is missing.
 */
export async function checkProxy(options: CheckOptions): Promise<void> {
  const { files, network, directory, port } = options;
  const [first] = await checkAppServiceAccount(files, directory);
  if (first !== undefined) {
    throw new McaError("not-ready", `${first.file} is ${first.fault}`, {
      hint: "The proxy writes it when it starts: look at the proxy's log.",
    });
  }
  const caCertificate = await files.readText(`${directory}/ca.crt`);
  try {
    const connection = await network.connect({
      hostname: "127.0.0.1",
      port,
      tls: { caCertificates: [caCertificate] },
    });
    connection.close();
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause))
      // Whoever connects is used to API servers.
      .replace(/^The API server/, "the listener");
    throw new McaError("not-ready", `The proxy does not answer: ${reason}`, {
      hint: "Look at the proxy's log.",
      cause,
    });
  }
}
