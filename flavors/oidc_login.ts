/**
 * Logins by OpenID Connect: a token from an identity provider, and another one
 * when it ends (OpenID Connect Core 1.0, section 12).
 *
 * The renewed tokens stay in memory; the kubeconfig is not written.
 *
 * @module
 */

import type { KubeConfig } from "@kubernetes/client-node";
import { isJsonObject, type JsonObject } from "../lib/kube/json.ts";
import {
  fault,
  type KubeconfigEntry,
  object,
  resolvePath,
} from "../lib/kube/kubeconfig_entry.ts";
import type { Login, LoginSource } from "../lib/kube/kubeconfig_target.ts";
import {
  askLogin,
  type LoginOptions,
  openSession,
} from "./client_node_session.ts";

/**
 * The source of logins of a user with the auth-provider `oidc`.
 *
 * client-node takes the lifetime of a renewed token for its end, and would
 * renew it with each request: so it is asked only when the token itself says
 * that it ends.
 *
 * @throws {McaError} `kubeconfig`, from each call, with a hint.
 */
export function oidcLogin(
  user: KubeconfigEntry,
  options: LoginOptions,
): LoginSource {
  const authProvider = structuredClone(object(user, "auth-provider"));
  resolveIdpCa(user, authProvider);
  let session: KubeConfig | undefined;
  let login: Login | undefined;
  let renewAt = 0;
  return async (afresh) => {
    if (login !== undefined && !afresh && options.clock.now() < renewAt) {
      return login;
    }
    session ??= await openSession({ name: user.name, authProvider });
    login = await askLogin(session, options).catch((cause: unknown) => {
      throw fault(
        user,
        `The login could not be renewed (${reason(cause)})`,
        { field: "auth-provider", hint: HINT },
      );
    });
    if (login?.token === undefined) {
      throw fault(user, "The login has ended and cannot be renewed", {
        field: "auth-provider",
        hint: HINT,
      });
    }
    renewAt = expiry(login.token) - RENEW_BEFORE;
    return login;
  };
}

const HINT = "Log in once more with the tool that wrote this kubeconfig.";

/** Milliseconds before its end at which a token is renewed. */
const RENEW_BEFORE = 10_000;

/** The path of the identity provider's CA counts from the kubeconfig's directory. */
function resolveIdpCa(
  user: KubeconfigEntry,
  authProvider: JsonObject | undefined,
): void {
  const config = authProvider?.["config"];
  if (!isJsonObject(config)) return;
  const path = config["idp-certificate-authority"];
  if (typeof path === "string" && path !== "") {
    config["idp-certificate-authority"] = resolvePath(user, path);
  }
}

/** The OAuth error code (RFC 6749, section 5.2), or what went wrong before there was one. */
function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown error";
  return "error" in cause && typeof cause.error === "string"
    ? cause.error
    : cause.message;
}

/** The end of a JSON web token (RFC 7519, section 4.1.4) in milliseconds; 0 where it tells none. */
function expiry(token: string): number {
  try {
    const payload = Uint8Array.fromBase64(token.split(".")[1] ?? "", {
      alphabet: "base64url",
    });
    const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
    const end = isJsonObject(claims) ? claims["exp"] : undefined;
    return typeof end === "number" ? end * 1000 : 0;
  } catch {
    return 0;
  }
}
