/**
 * One API server and how to be somebody there. Types only.
 *
 * @module
 */

import type { ConnectOptions } from "../platform.ts";
import type { HeaderField } from "../wire/message.ts";

export type { HeaderField };

/** The real credentials of one cluster. */
export interface Credentials {
  /**
   * The header fields that carry them, ready for a request that goes out now.
   * Cheap to call per request: implementations cache, and look at their source
   * again when it may have changed.
   *
   * @throws {McaError} `service-account` or `kubeconfig` where there are none to be had.
   */
  headers(): Promise<readonly HeaderField[]> | readonly HeaderField[];
  /**
   * Looks at the source once more, past any cache: the API server answered 401.
   * True where the credentials differ from the ones given before.
   */
  refresh(): Promise<boolean>;
}

/** One API server. */
export interface ClusterTarget {
  /** For logs and metrics: `in-cluster`, or the kubeconfig context's name. */
  readonly name: string;
  /** Where to connect. TLS is absent for `http://` servers. */
  readonly connect: ConnectOptions;
  /** What goes in front of each request's path: empty, or `/k8s/clusters/c-1` without a final slash. */
  readonly basePath: string;
  /** The Host header's value (RFC 9110, section 7.2). */
  readonly host: string;
  /** The root certificates of the API server, in PEM, for whoever needs them again. */
  readonly caCertificates: readonly string[];
  /**
   * Looks at the source of the roots once more: the API server showed a
   * certificate that they do not vouch for. Absent where they never change.
   */
  readonly refreshRoots?: () => Promise<void>;
  readonly credentials: Credentials;
  /** The namespace of the ServiceAccount or of the context. */
  readonly namespace: string;
}
