/**
 * Asking @kubernetes/client-node for credentials. It is loaded with the first
 * question and by nothing else, since it takes a third of a second and 75 MB.
 *
 * @module
 */

import type { RequestOptions } from "node:https";
import type { KubeConfig, User } from "@kubernetes/client-node";
import { tokenIn } from "../lib/kube/bearer_token.ts";
import type { Login } from "../lib/kube/kubeconfig_target.ts";
import type { Clock, FileStore } from "../lib/platform.ts";

/** What a login needs of the world. */
export interface LoginOptions {
  readonly files: Pick<FileStore, "readText">;
  readonly clock: Pick<Clock, "now" | "after">;
}

/** Milliseconds that a plugin or identity provider may take; a person may be asked meanwhile. */
const LOGIN_DEADLINE = 120_000;

/** What client-node fills in. */
interface Asked {
  headers?: RequestOptions["headers"];
  cert?: RequestOptions["cert"];
  key?: RequestOptions["key"];
}

/**
 * A client-node configuration with that user, and a server that nobody calls.
 *
 * @example
 * ```ts
 * import { openSession } from "./client_node_session.ts";
 *
 * const session = await openSession({ name: "a", token: "abc" });
 * console.log(session.getCurrentUser()?.name); // a
 * ```
 */
export async function openSession(user: User): Promise<KubeConfig> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const session = new KubeConfig();
  const server = "https://login.invalid";
  session.loadFromClusterAndUser(
    { name: "login", server, skipTLSVerify: false },
    user,
  );
  return session;
}

/**
 * What client-node has, or gets, for the session's user; undefined where that
 * is neither token nor certificate.
 *
 * @throws What client-node throws, and an error of its own after two minutes.
 *
 * @example
 * ```ts
 * import { askLogin, openSession } from "./client_node_session.ts";
 * import { denoClock } from "./deno_clock.ts";
 * import { denoFiles } from "./deno_files.ts";
 *
 * const session = await openSession({ name: "a", token: "abc" });
 * const options = { files: denoFiles, clock: denoClock };
 * console.log(await askLogin(session, options)); // { token: "abc" }
 * ```
 */
export async function askLogin(
  session: Pick<KubeConfig, "applyToHTTPSOptions">,
  { clock }: LoginOptions,
): Promise<Login | undefined> {
  const asked: Asked = {};
  const { promise: late, reject } = Promise.withResolvers<never>();
  const callOff = clock.after(
    LOGIN_DEADLINE,
    () => reject(new Error(`No answer in ${LOGIN_DEADLINE / 1000} seconds`)),
  );
  try {
    await Promise.race([session.applyToHTTPSOptions(asked), late]);
  } finally {
    callOff();
  }
  return readLogin(asked);
}

function readLogin({ headers, cert, key }: Asked): Login | undefined {
  const authorization = headers === undefined || Array.isArray(headers)
    ? undefined
    : Object.entries(headers).find(([name]) => name === "Authorization")?.[1];
  const token = tokenIn(String(authorization ?? "").replace(/^Bearer /, ""));
  const clientCertificate = typeof cert === "string" && typeof key === "string"
    ? { certificate: cert, privateKey: key }
    : undefined;
  if (token === undefined && clientCertificate === undefined) return undefined;
  return {
    ...(token === undefined ? {} : { token }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
  };
}
