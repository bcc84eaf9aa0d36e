/**
 * What the demo needs of the cluster it runs against. Types only.
 *
 * @module
 */

import type { ClusterTarget } from "../lib/kube/cluster_target.ts";
import type { Narrator } from "./narrator.ts";
import type { ApiClient } from "./api_client.ts";
import type { AppFiles } from "./app_files.ts";

/** The namespace and ServiceAccount of demo/app.yaml. */
export const APP = { namespace: "demo", serviceAccount: "report" } as const;

/** What the API server saw of a request. */
export interface Arrival {
  /** The Authorization header with its token shortened, or what is known of it. */
  readonly authorization: string;
  /** Whom the API server took the sender for. */
  readonly username: string;
}

/** A cluster, with the app's ServiceAccount in it. */
export interface DemoCluster extends AsyncDisposable {
  /** Sentences that say what it is. */
  readonly introduction: string;
  /** `https://HOST:PORT`. */
  readonly url: string;
  readonly caCertificate: string;
  /** Somebody who may do everything. */
  readonly administrator: ApiClient;
  /** The API server with the real credentials of the app's ServiceAccount. */
  target(): Promise<ClusterTarget>;
  /** What the API server saw of the latest request for this path by the ServiceAccount. */
  arrival(target: string): Promise<Arrival>;
  /** Shows the pod, and what can be done with it through the proxy. */
  showPod(
    pod: string,
    files: AppFiles,
    narrator: Narrator,
    signal: AbortSignal,
  ): Promise<void>;
}
