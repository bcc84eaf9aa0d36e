/** kube-apiserver: its flags, and waiting until it is ready. */

import { join } from "node:path";
import { apiRequest, type ApiTarget } from "./api_client.ts";
import { Component } from "./component.ts";
import type { CredentialFiles } from "./credentials.ts";
import { etcdUrl } from "./etcd.ts";
import { startFailure } from "./start_failure.ts";
import { waitUntil } from "./wait_until.ts";

const readyDeadline = 120_000;

/** What the API server is started with. */
export interface ApiServerOptions {
  readonly program: string;
  readonly directory: string;
  readonly files: CredentialFiles;
  readonly target: ApiTarget;
  /** Flags after ours; for most flags the last one wins. */
  readonly extraFlags: readonly string[];
  /** The audit policy file and the log, when requests are to be recorded. */
  readonly audit: { readonly policy: string; readonly log: string } | undefined;
}

function flags(options: ApiServerOptions): readonly string[] {
  const { files, target, audit } = options;
  return [
    `--etcd-servers=${etcdUrl}`,
    `--bind-address=${target.host}`,
    `--secure-port=${target.port}`,
    // TEST-NET-1 (RFC 5737): loopback is refused here, and a machine may have no other address
    "--advertise-address=192.0.2.1",
    `--tls-cert-file=${files.apiServerCert}`,
    `--tls-private-key-file=${files.apiServerKey}`,
    `--client-ca-file=${files.ca}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${files.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    `--token-auth-file=${files.tokens}`,
    "--authorization-mode=RBAC",
    "--service-cluster-ip-range=10.0.0.0/24",
    "--allow-privileged=true",
    `--kubelet-certificate-authority=${files.ca}`,
    `--kubelet-client-certificate=${files.kubeletClientCert}`,
    `--kubelet-client-key=${files.kubeletClientKey}`,
    "--kubelet-preferred-address-types=InternalIP",
    ...(audit === undefined ? [] : [
      `--audit-policy-file=${audit.policy}`,
      `--audit-log-path=${audit.log}`,
      // an entry is there when the response is
      "--audit-log-mode=blocking",
    ]),
    ...options.extraFlags,
  ];
}

/**
 * Starts the API server and waits until it says it is ready.
 *
 * @throws {PortTakenError} When another process has the port.
 * @throws {ClusterError} When it ends, or is not ready in time; with the end of its log.
 */
export async function startApiServer(
  options: ApiServerOptions,
  etcd: Component,
  signal?: AbortSignal,
): Promise<Component> {
  const { target, directory } = options;
  const component = Component.start({
    name: "kube-apiserver",
    program: options.program,
    directory,
    args: flags(options),
  });
  const isReady = async () => {
    // without its store it waits for long, and then blames the connection
    etcd.requireRunning();
    component.requireRunning();
    try {
      return (await apiRequest(target, "GET", "/readyz", { signal })).status ===
        200;
    } catch {
      signal?.throwIfAborted();
      return false;
    }
  };
  try {
    await waitUntil("kube-apiserver to be ready", isReady, {
      signal,
      deadlineMilliseconds: readyDeadline,
    });
  } catch (error) {
    await component.kill();
    throw await startFailure(etcd.isRunning ? component : etcd, error);
  }
  return component;
}

const defaultPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [{ level: "Metadata" }],
};

/** Writes the audit policy, and says where policy and log are. */
export async function prepareAudit(
  directory: string,
  policy: true | Readonly<Record<string, unknown>>,
): Promise<{ readonly policy: string; readonly log: string }> {
  const file = join(directory, "audit-policy.json");
  await Deno.writeTextFile(
    file,
    JSON.stringify(policy === true ? defaultPolicy : policy),
  );
  return { policy: file, log: join(directory, "logs", "audit.log") };
}
