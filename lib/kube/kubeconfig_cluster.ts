/**
 * The server of a kubeconfig context.
 *
 * @module
 */

import type { FileStore } from "../platform.ts";
import { bundledCertificates } from "./ca_bundle.ts";
import {
  fault,
  type KubeconfigEntry,
  readPem,
  text,
} from "./kubeconfig_entry.ts";

/** Where the API server of a context is, and whom to trust. */
export interface KubeconfigServer {
  readonly hostname: string;
  readonly port: number;
  /** The Host header's value. */
  readonly host: string;
  /** Without a final slash. */
  readonly basePath: string;
  /** Absent for `http://` servers. */
  readonly tls?: {
    readonly caCertificates: readonly string[];
    readonly serverName?: string;
  };
}

/** Settings that cannot be honoured, so that ignoring them would mislead. */
const REFUSED = [
  {
    field: "insecure-skip-tls-verify",
    message: "The server's certificate is always verified",
    hint:
      "Take the field away, and give the server's CA as certificate-authority-data: kubectl config set-cluster NAME --certificate-authority=FILE --embed-certs",
  },
  {
    field: "proxy-url",
    message: "Proxies are not supported",
    hint: "Use a context whose server can be reached directly.",
  },
] as const;

/**
 * Reads a `cluster` entry. Relative paths count from the kubeconfig's
 * directory.
 *
 * @throws {McaError} `kubeconfig`, with a hint.
 *
 * @example
 * ```ts
 * import { readServer } from "./kubeconfig_cluster.ts";
 *
 * const cluster = {
 *   name: "a",
 *   file: "config",
 *   field: "clusters[0].cluster",
 *   value: { server: "https://10.0.0.1/k8s" },
 * };
 * const files = { readText: () => Promise.reject(new Error("Not needed")) };
 * const server = await readServer(cluster, files);
 * console.log(server.port, server.basePath); // 443 /k8s
 * ```
 */
export async function readServer(
  cluster: KubeconfigEntry,
  files: Pick<FileStore, "readText">,
): Promise<KubeconfigServer> {
  for (const { field, message, hint } of REFUSED) {
    const value = cluster.value[field];
    if (
      value !== undefined && value !== null && value !== false && value !== ""
    ) {
      throw fault(cluster, message, { field, hint });
    }
  }
  const url = serverUrl(cluster);
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const isTls = url.protocol === "https:";
  const server = {
    hostname,
    port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port),
    host: url.host,
    basePath: url.pathname.replace(/\/+$/, ""),
  };
  if (!isTls) return server;
  const serverName = text(cluster, "tls-server-name");
  return {
    ...server,
    tls: {
      caCertificates: await readCa(cluster, files),
      ...(serverName === undefined ? {} : { serverName }),
    },
  };
}

/** Without a scheme the server speaks TLS where the entry says how to verify it, as in kubectl. */
function serverUrl(cluster: KubeconfigEntry): URL {
  const server = text(cluster, "server");
  const hint = "Write it as https://HOST:PORT.";
  if (server === undefined) {
    throw fault(cluster, `The cluster ${cluster.name} has no server`, {
      field: "server",
      hint,
    });
  }
  const hasCa = cluster.value["certificate-authority"] !== undefined ||
    cluster.value["certificate-authority-data"] !== undefined;
  const scheme = server.includes("://") ? "" : hasCa ? "https://" : "http://";
  const url = URL.parse(`${scheme}${server}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    throw fault(cluster, "The server is not an http or https address", {
      field: "server",
      hint,
    });
  }
  return url;
}

async function readCa(
  cluster: KubeconfigEntry,
  files: Pick<FileStore, "readText">,
): Promise<readonly string[]> {
  const pem = await readPem(cluster, "certificate-authority", files);
  if (pem === undefined) return [];
  const certificates = bundledCertificates(pem.text);
  if (certificates.length > 0) return certificates;
  throw fault(cluster, "There is no certificate in PEM", {
    field: pem.field,
    hint: "Give the CA of the API server.",
  });
}
