/**
 * A small Kubernetes API server in memory, for tests and the demo: enough of
 * one that kubectl and client libraries work against it. It runs no pods.
 *
 * @module
 */

import { issueCertificateAuthority, issueLeaf } from "../../lib/certs/issue.ts";
import type {
  ClusterTarget,
  HeaderField,
} from "../../lib/kube/cluster_target.ts";
import type { Clock } from "../../lib/platform.ts";
import { denoClock } from "../deno_clock.ts";
import {
  type AccountAccess,
  ADMINISTRATOR,
  serviceAccount,
} from "./accounts.ts";
import type { ApiContext } from "./api_context.ts";
import { createFirstObjects, ensureServiceAccount } from "./first_objects.ts";
import { handleRequest } from "./handle_request.ts";
import { startHttpsServer } from "./https_server.ts";
import { ObjectStore } from "./object_store.ts";
import { type RecordedRequest, RequestRecorder } from "./request_recorder.ts";
import { TokenRegistry } from "./tokens.ts";

/** How to run an embedded API. Everything has a default. */
export interface EmbeddedApiOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** The system's unless given. */
  readonly clock?: Pick<Clock, "now" | "after">;
  /** How many writes a watch can go back: 10,000 unless given. */
  readonly historyLength?: number;
  /** Whose credentials {@link EmbeddedApi.target} has: `default` in `default` unless given. */
  readonly serviceAccount?: {
    readonly namespace: string;
    readonly name: string;
  };
  /** What ServiceAccounts may do: everything unless given. */
  readonly serviceAccountAccess?: AccountAccess;
}

/** A running embedded API. */
export interface EmbeddedApi extends AsyncDisposable {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** The CA of its certificate, in PEM. */
  readonly caCertificate: string;
  /** A token of the group system:masters. */
  readonly adminToken: string;
  /** This API with a ServiceAccount's credentials. */
  readonly target: ClusterTarget;
  /** What arrived, oldest first: the last thousand requests. */
  readonly requests: readonly RecordedRequest[];
  /**
   * Replaces the ServiceAccount's token, as a kubelet does, and makes the old
   * one unknown. {@link target} has the new one after `credentials.refresh()`.
   */
  rotateToken(): void;
  /** Stops listening and ends all connections, watches included. */
  close(): Promise<void>;
}

const HOSTNAME = "127.0.0.1";

/** The names that the certificate of a real API server has, and the loopback's. */
const CERTIFICATE_NAMES = [
  "localhost",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
  HOSTNAME,
  "::1",
  "10.0.0.1",
];

/**
 * Starts an embedded API on the loopback address.
 *
 * @throws {Error} The system's own where the port cannot be had (`EADDRINUSE`).
 * @example
 * ```ts
 * import { startEmbeddedApi } from "./embedded_api.ts";
 *
 * await using api = await startEmbeddedApi();
 * const client = Deno.createHttpClient({ caCerts: [api.caCertificate] });
 * const response = await fetch(`${api.url}/api/v1/namespaces`, {
 *   client,
 *   headers: { authorization: `Bearer ${api.adminToken}` },
 * });
 * console.log(await response.json());
 * client.close();
 * ```
 */
export async function startEmbeddedApi(
  options: EmbeddedApiOptions = {},
): Promise<EmbeddedApi> {
  const clock = options.clock ?? denoClock;
  const engine = { crypto, now: clock.now() };
  const authority = await issueCertificateAuthority(
    { commonName: "embedded-kubernetes-ca" },
    engine,
  );
  const leaf = await issueLeaf(authority, {
    commonName: "kube-apiserver",
    names: CERTIFICATE_NAMES,
  }, engine);
  const context: ApiContext = {
    store: new ObjectStore({ historyLength: options.historyLength ?? 10_000 }),
    tokens: new TokenRegistry({ crypto, clock }),
    serviceAccountAccess: options.serviceAccountAccess ?? "all",
    clock,
    crypto,
  };
  createFirstObjects(context, authority.certificate);
  const recorder = new RequestRecorder();
  const server = await startHttpsServer({
    hostname: HOSTNAME,
    port: options.port ?? 0,
    certificate: leaf.certificate,
    privateKey: leaf.privateKey,
    auditId: () => crypto.randomUUID(),
    receive: (head) => {
      const finish = recorder.begin(head);
      return async (body) => {
        const handled = await handleRequest(context, { ...head, body });
        finish(handled);
        return handled.answer;
      };
    },
  });
  const identity = openIdentity(context, options);
  return {
    url: `https://${HOSTNAME}:${server.port}`,
    port: server.port,
    caCertificate: authority.certificate,
    adminToken: context.tokens.issue(ADMINISTRATOR),
    target: {
      name: "embedded",
      connect: {
        hostname: HOSTNAME,
        port: server.port,
        tls: { caCertificates: [authority.certificate] },
      },
      basePath: "",
      host: `${HOSTNAME}:${server.port}`,
      caCertificates: [authority.certificate],
      credentials: identity.credentials,
      namespace: identity.namespace,
    },
    requests: recorder.requests,
    rotateToken: identity.rotate,
    close: server.close,
    [Symbol.asyncDispose]: server.close,
  };
}

/** The ServiceAccount whose credentials the target has. */
function openIdentity(context: ApiContext, options: EmbeddedApiOptions) {
  const { namespace, name } = options.serviceAccount ??
    { namespace: "default", name: "default" };
  const account = serviceAccount(
    namespace,
    name,
    ensureServiceAccount(context, namespace, name),
    context.serviceAccountAccess,
  );
  let current = context.tokens.issue(account);
  let given = current;
  return {
    namespace,
    rotate: () => {
      context.tokens.revoke(current);
      current = context.tokens.issue(account);
    },
    credentials: {
      headers: (): readonly HeaderField[] => [
        ["Authorization", `Bearer ${given}`],
      ],
      refresh: () => {
        const isNew = given !== current;
        given = current;
        return Promise.resolve(isNew);
      },
    },
  };
}
