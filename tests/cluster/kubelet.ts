/**
 * Nodes and kubelets without machines: our stand-in, which plays pods and
 * serves their logs, exec, attach and port-forward.
 */

import { join } from "node:path";
import { apiJson, apiRequest, type ApiTarget } from "./api_client.ts";
import { Component } from "./component.ts";
import type { CredentialFiles } from "./credentials.ts";
import { startFailure } from "./start_failure.ts";
import { waitUntil } from "./wait_until.ts";

/** What the stand-in is started with. */
export interface KubeletOptions {
  readonly program: string;
  readonly directory: string;
  readonly kubeconfig: string;
  readonly files: CredentialFiles;
  readonly target: ApiTarget;
  readonly port: number;
  readonly nodes: readonly string[];
}

/** The folder with a folder of logs and files for each pod. */
export function podsFolder(directory: string): string {
  return join(directory, "pods");
}

function nodeStatus(name: string, port: number): unknown {
  const lastTransitionTime = new Date().toISOString();
  const resources = {
    cpu: "32",
    memory: "64Gi",
    pods: "1000",
    "ephemeral-storage": "256Gi",
  };
  return {
    addresses: [
      { type: "InternalIP", address: "127.0.0.1" },
      { type: "Hostname", address: name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    capacity: resources,
    allocatable: resources,
    conditions: [{
      type: "Ready",
      status: "True",
      reason: "KubeletReady",
      message: "The stand-in plays this node",
      lastTransitionTime,
      lastHeartbeatTime: lastTransitionTime,
    }],
  };
}

/** Makes a node, or points the one that is there to the port. */
async function registerNode(
  options: KubeletOptions,
  name: string,
): Promise<void> {
  const { target, port } = options;
  const labels = {
    "kubernetes.io/hostname": name,
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
  };
  await apiJson(target, "POST", "/api/v1/nodes", {
    body: { metadata: { name, labels } },
    accept: [409],
  });
  await apiJson(target, "PATCH", `/api/v1/nodes/${name}/status`, {
    contentType: "application/merge-patch+json",
    body: { status: nodeStatus(name, port) },
  });
}

/**
 * Makes the nodes, starts the stand-in and waits until it serves.
 *
 * @throws {ClusterError} When it ends, or does not serve in time; with the end of its log.
 */
export async function startKubelet(
  options: KubeletOptions,
  signal?: AbortSignal,
): Promise<Component> {
  const { directory, files, target, port, nodes } = options;
  for (const name of nodes) await registerNode(options, name);
  const component = Component.start({
    name: "kubelet-stand-in",
    program: options.program,
    directory,
    args: [
      `--kubeconfig=${options.kubeconfig}`,
      `--nodes=${nodes.join(",")}`,
      `--directory=${podsFolder(directory)}`,
      `--listen=127.0.0.1:${port}`,
      `--cert=${files.kubeletCert}`,
      `--key=${files.kubeletKey}`,
      `--client-ca=${files.ca}`,
    ],
  });
  const kubelet: ApiTarget = { ...target, port, token: "" };
  const serves = async () => {
    component.requireRunning();
    try {
      const path = "/healthz";
      return (await apiRequest(kubelet, "GET", path, { signal })).status ===
        200;
    } catch {
      signal?.throwIfAborted();
      return false;
    }
  };
  try {
    await waitUntil("the kubelets' stand-in to serve", serves, { signal });
  } catch (error) {
    throw await startFailure(component, error);
  }
  return component;
}
