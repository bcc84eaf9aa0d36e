/**
 * Logins by OpenID Connect: a token from an identity provider, and another one
 * when it ends (OpenID Connect Core 1.0, section 12).
 *
 * openid-client does it, which @kubernetes/client-node uses too; but that one
 * drops the client's secret, and hands over the issuer in a form that is
 * refused. The renewed tokens stay in memory: the kubeconfig is not written.
 *
 * @module
 */

import { tokenIn } from "../lib/kube/bearer_token.ts";
import { isJsonObject } from "../lib/kube/json.ts";
import {
  fault,
  type KubeconfigEntry,
  object,
  readPem,
  text,
} from "../lib/kube/kubeconfig_entry.ts";
import type { LoginSource } from "../lib/kube/kubeconfig_target.ts";
import type { Clock, FileStore } from "../lib/platform.ts";

/** What {@link oidcLogin} needs of the world. */
export interface OidcOptions {
  readonly files: Pick<FileStore, "readText">;
  readonly clock: Pick<Clock, "now">;
}

/** Milliseconds before its end at which a token is renewed. */
const RENEW_BEFORE = 10_000;

const HINT = "Log in once more with the tool that wrote this kubeconfig.";

/**
 * The source of logins of a user with the auth-provider `oidc`. As in kubectl a
 * token is renewed when it ends, not when it is refused.
 *
 * @throws {McaError} `kubeconfig`, from each call, with a hint.
 *
 * @example
 * ```ts
 * import { denoClock } from "./deno_clock.ts";
 * import { denoFiles } from "./deno_files.ts";
 * import { oidcLogin } from "./oidc_login.ts";
 *
 * const user = {
 *   name: "a",
 *   file: "config",
 *   field: "users[0].user",
 *   value: { "auth-provider": { name: "oidc", config: {} } },
 * };
 * const login = oidcLogin(user, { files: denoFiles, clock: denoClock });
 * const { token } = await login(false);
 * console.log(token !== undefined);
 * ```
 */
export function oidcLogin(
  user: KubeconfigEntry,
  options: OidcOptions,
): LoginSource {
  const config = configOf(user);
  let token = text(config, "id-token");
  let refreshToken = text(config, "refresh-token");
  return async () => {
    if (
      token === undefined || options.clock.now() >= expiry(token) - RENEW_BEFORE
    ) {
      if (refreshToken === undefined) {
        throw fault(config, "The login has ended and cannot be renewed", {
          hint: HINT,
        });
      }
      const renewed = await renew(config, refreshToken, options);
      token = renewed.token;
      refreshToken = renewed.refreshToken ?? refreshToken;
    }
    const usable = tokenIn(token);
    if (usable !== undefined) return { token: usable };
    throw fault(config, "The token holds characters that no token has", {
      field: "id-token",
    });
  };
}

/** `auth-provider.config` as an entry of its own, so that faults name its fields. */
function configOf(user: KubeconfigEntry): KubeconfigEntry {
  const config = object(user, "auth-provider")?.["config"];
  return {
    ...user,
    field: `${user.field}.auth-provider.config`,
    value: isJsonObject(config) ? config : {},
  };
}

interface Renewed {
  readonly token: string;
  /** Only where the provider replaces it. */
  readonly refreshToken: string | undefined;
}

async function renew(
  config: KubeconfigEntry,
  refreshToken: string,
  { files }: OidcOptions,
): Promise<Renewed> {
  const issuer = required(config, "idp-issuer-url");
  const clientId = required(config, "client-id");
  const ca = await readPem(config, "idp-certificate-authority", files);
  const openid = await import("openid-client");
  using client = Deno.createHttpClient(
    ca === undefined ? {} : { caCerts: [ca.text] },
  );
  try {
    const provider = await openid.discovery(
      new URL(issuer),
      clientId,
      text(config, "client-secret"),
      undefined,
      {
        [openid.customFetch]: (url, { body, signal, ...rest }) =>
          fetch(url, {
            ...rest,
            body: body instanceof Uint8Array ? body.slice() : body ?? null,
            signal: signal ?? null,
            client,
          }),
      },
    );
    const answer = await openid.refreshTokenGrant(provider, refreshToken);
    if (answer.id_token !== undefined) {
      return { token: answer.id_token, refreshToken: answer.refresh_token };
    }
  } catch (cause) {
    throw fault(config, `The login could not be renewed (${reason(cause)})`, {
      hint: HINT,
    });
  }
  throw fault(config, "The identity provider gave no id-token", {
    hint: "Log in once more with the scope openid.",
  });
}

function required(config: KubeconfigEntry, field: string): string {
  const value = text(config, field);
  if (value !== undefined) return value;
  throw fault(config, "The field is needed to renew the login", {
    field,
    hint: HINT,
  });
}

/**
 * The OAuth error code (RFC 6749, section 5.2), or what went wrong before there
 * was one. The cause is not kept: it holds the provider's answer.
 */
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
