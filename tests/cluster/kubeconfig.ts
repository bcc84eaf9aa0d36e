/** Kubeconfig files for the clients that tests run. */

import { stringify } from "yaml";

/** Whom a kubeconfig speaks to, and as whom. */
export interface KubeconfigOptions {
  readonly server: string;
  readonly caPem: string;
  readonly token: string;
  /** The namespace of requests that name none. */
  readonly namespace?: string;
  /** The name of its one cluster, user and context. */
  readonly name?: string;
}

/** A kubeconfig with one context. */
export function formatKubeconfig(options: KubeconfigOptions): string {
  const { server, caPem, token, namespace = "default", name = "mca" } = options;
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{
      name,
      cluster: {
        server,
        "certificate-authority-data": new TextEncoder().encode(caPem)
          .toBase64(),
      },
    }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
  }, { lineWidth: 0 });
}
