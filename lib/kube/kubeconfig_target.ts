/**
 * The API server and the user of a kubeconfig context.
 *
 * @module
 */

import { systemErrorCode } from "../errors.ts";
import type { Clock, ConnectOptions, FileStore } from "../platform.ts";
import { bearerField, tokenIn } from "./bearer_token.ts";
import type { ClusterTarget, HeaderField } from "./cluster_target.ts";
import type { KubeconfigContext } from "./kubeconfig.ts";
import { type KubeconfigServer, readServer } from "./kubeconfig_cluster.ts";
import { fault, type KubeconfigEntry } from "./kubeconfig_entry.ts";
import {
  type ClientCertificate,
  type KubeconfigUser,
  readUser,
} from "./kubeconfig_user.ts";
import { type CredentialsLog, RenewedValue } from "./renewed_value.ts";

/** Milliseconds between two looks at a token file or a login, as in a cluster. */
const LOOK_EVERY = 10_000;

/** What an exec plugin or an identity provider gave; one of the two at least. */
export interface Login {
  readonly token?: string;
  readonly clientCertificate?: ClientCertificate;
}

/**
 * Asks for a login. It keeps what it got for as long as that is good, unless
 * it is asked `afresh`.
 */
export type LoginSource = (afresh: boolean) => Promise<Login>;

/** What {@link kubeconfigTarget} needs. */
export interface KubeconfigTargetOptions {
  readonly context: KubeconfigContext;
  readonly files: Pick<FileStore, "readText">;
  readonly clock: Pick<Clock, "monotonic">;
  /** Makes the source for a user that needs one. */
  readonly openLogin: (
    user: KubeconfigEntry,
    cluster: KubeconfigEntry,
  ) => LoginSource;
  readonly log?: CredentialsLog | undefined;
}

/** Header fields and certificate at one moment. */
interface Identity {
  readonly fields: readonly HeaderField[];
  readonly clientCertificate?: ClientCertificate;
}

/**
 * The API server of a context, with its user's credentials.
 *
 * Token files, plugins and identity providers are asked again while they are
 * used; a client certificate they give is in the target's `connect`, which has
 * to be asked for anew with every connection.
 *
 * @throws {McaError} `kubeconfig`, with a hint and the place in the file.
 *
 * @example
 * ```ts
 * import { selectContext } from "./kubeconfig.ts";
 * import { kubeconfigTarget } from "./kubeconfig_target.ts";
 *
 * const content = {
 *   "current-context": "a",
 *   contexts: [{ name: "a", context: { cluster: "b" } }],
 *   clusters: [{ name: "b", cluster: { server: "https://10.0.0.1" } }],
 * };
 * const target = await kubeconfigTarget({
 *   context: selectContext([{ path: "config", content }]),
 *   files: { readText: () => Promise.reject(new Error("Not needed")) },
 *   clock: { monotonic: () => 0 },
 *   openLogin: () => () => Promise.resolve({ token: "abc" }),
 * });
 * console.log(target.host); // 10.0.0.1
 * ```
 */
export async function kubeconfigTarget(
  options: KubeconfigTargetOptions,
): Promise<ClusterTarget> {
  const { context, files } = options;
  const server = await readServer(context.cluster, files);
  const user = context.user === undefined
    ? undefined
    : await readUser(context.user, files);
  const identity = await openIdentity(options, server, user);
  let connect = connectOptions(server, identity.value);
  let connectsAs = identity.value;
  return {
    name: context.name,
    get connect() {
      if (connectsAs !== identity.value) {
        connectsAs = identity.value;
        connect = connectOptions(server, connectsAs);
      }
      return connect;
    },
    basePath: server.basePath,
    host: server.host,
    caCertificates: server.tls?.caCertificates ?? [],
    namespace: context.namespace,
    credentials: {
      headers() {
        const look = identity.lookWhenDue();
        return look === undefined
          ? identity.value.fields
          : look.then(() => identity.value.fields);
      },
      refresh: () => identity.look(),
    },
  };
}

function connectOptions(
  { hostname, port, tls }: KubeconfigServer,
  { clientCertificate }: Identity,
): ConnectOptions {
  if (tls === undefined) return { hostname, port };
  return {
    hostname,
    port,
    tls: {
      ...tls,
      ...(clientCertificate === undefined ? {} : { clientCertificate }),
    },
  };
}

/** The user's identity, from whichever source can change. */
function openIdentity(
  options: KubeconfigTargetOptions,
  server: KubeconfigServer,
  user: KubeconfigUser | undefined,
): Promise<RenewedValue<Identity>> {
  const { clock, log } = options;
  const load = identityLoader(options, user);
  return RenewedValue.open({
    source: user === undefined
      ? "No user"
      : `The user ${user.entry.name} of the kubeconfig`,
    load: async (afresh) => {
      const identity = await load(afresh);
      refuseUnverifiable(user, server, identity);
      return identity;
    },
    isSame: (left, right) => JSON.stringify(left) === JSON.stringify(right),
    clock,
    lookEvery: LOOK_EVERY,
    log,
  });
}

function identityLoader(
  { context, files, openLogin }: KubeconfigTargetOptions,
  user: KubeconfigUser | undefined,
): (afresh: boolean) => Promise<Identity> {
  if (user === undefined) return () => Promise.resolve({ fields: [] });
  const { clientCertificate, fields, tokenFile } = user;
  const constant: Identity = {
    fields,
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
  };
  if (tokenFile !== undefined) {
    return async () => ({
      ...constant,
      fields: [await readToken(user.entry, tokenFile, files), ...fields],
    });
  }
  if (!user.needsLogin) return () => Promise.resolve(constant);
  const login = openLogin(user.entry, context.cluster);
  return async (afresh) => {
    const given = await login(afresh);
    return {
      ...constant,
      ...(given.clientCertificate === undefined
        ? {}
        : { clientCertificate: given.clientCertificate }),
      fields: given.token === undefined
        ? fields
        : [bearerField(given.token), ...fields],
    };
  };
}

async function readToken(
  user: KubeconfigEntry,
  path: string,
  files: Pick<FileStore, "readText">,
): Promise<HeaderField> {
  let text: string;
  try {
    text = await files.readText(path);
  } catch (cause) {
    throw fault(
      user,
      `The file ${path} cannot be read (${
        systemErrorCode(cause) ?? "unknown error"
      })`,
      {
        field: "tokenFile",
        hint: "Check the path and its permissions.",
        cause,
      },
    );
  }
  const token = tokenIn(text);
  if (token !== undefined) return bearerField(token);
  throw fault(user, `The file ${path} holds no token`, { field: "tokenFile" });
}

/** What no connection could be made with is refused before the first one. */
function refuseUnverifiable(
  user: KubeconfigUser | undefined,
  { hostname, tls }: KubeconfigServer,
  { clientCertificate, fields }: Identity,
): void {
  if (user === undefined) return;
  if (tls === undefined && (fields.length > 0 || clientCertificate)) {
    throw fault(user.entry, "Credentials are not sent over plain HTTP", {
      hint: "Use an https:// server, or a context without a user.",
    });
  }
  const { serverName } = tls ?? {};
  if (
    clientCertificate !== undefined && serverName !== undefined &&
    serverName !== hostname
  ) {
    throw fault(
      user.entry,
      "A client certificate cannot be used together with tls-server-name",
      {
        hint:
          "Use a server address that its certificate names, or a token in place of the certificate.",
      },
    );
  }
}
