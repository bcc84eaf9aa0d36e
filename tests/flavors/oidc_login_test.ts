import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { createServer, type Server } from "node:https";
import { denoFiles } from "../../flavors/deno_files.ts";
import { oidcLogin } from "../../flavors/oidc_login.ts";
import { McaError } from "../../lib/errors.ts";
import type { LoginSource } from "../../lib/kube/kubeconfig_target.ts";
import { ManualClock } from "../lib/kube/manual_clock.ts";
import { tlsMaterial } from "./tls_material.ts";

const SECOND = 1000;

/** A token with these claims. Nobody here checks its signature. */
function jsonWebToken(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    });
  return `${part({ alg: "RS256" })}.${part(claims)}.c2ln`;
}

/** A token that ends then, in seconds since the Unix epoch. */
function idToken(exp: number): string {
  return jsonWebToken({ exp });
}

interface Provider {
  readonly login: (idToken: string, refreshToken?: string) => LoginSource;
  /** The bodies of the token requests. */
  readonly requests: URLSearchParams[];
  readonly clock: ManualClock;
}

/** An identity provider on real TLS, with a CA of its own. */
async function withProvider(
  answer: (request: URLSearchParams, issuer: string) => [number, unknown],
  use: (provider: Provider) => Promise<void>,
): Promise<void> {
  const { ca, server } = await tlsMaterial();
  const requests: URLSearchParams[] = [];
  let issuer = "";
  const http = createServer({
    key: server.privateKey,
    cert: server.certificate,
  }, (request, response) => {
    let body = "";
    request.on("data", (chunk) => body += String(chunk));
    request.on("end", () => {
      const form = new URLSearchParams(body);
      if (request.method === "POST") requests.push(form);
      const [status, json] = request.url === "/token"
        ? answer(form, issuer)
        : [200, { issuer, token_endpoint: `${issuer}/token` }];
      response.writeHead(status, {
        "content-type": "application/json",
        connection: "close",
      });
      response.end(JSON.stringify(json));
    });
  });
  issuer = `https://127.0.0.1:${await listen(http)}`;
  const root = await Deno.makeTempDir();
  await Deno.writeTextFile(`${root}/idp.crt`, ca.certificate);
  const clock = new ManualClock();
  clock.advance(Date.now() - clock.now());
  try {
    await use({
      requests,
      clock,
      login: (idToken, refreshToken) =>
        oidcLogin({
          name: "u",
          file: `${root}/config`,
          field: "users[0].user",
          value: {
            "auth-provider": {
              name: "oidc",
              config: {
                "client-id": "kubernetes",
                "client-secret": "s3cret",
                "id-token": idToken,
                "idp-issuer-url": issuer,
                "idp-certificate-authority": "idp.crt",
                ...(refreshToken === undefined
                  ? {}
                  : { "refresh-token": refreshToken }),
              },
            },
          },
        }, { files: denoFiles, clock }),
    });
  } finally {
    const { promise, resolve } = Promise.withResolvers<void>();
    http.close(() => resolve());
    http.closeAllConnections();
    await promise;
    await Deno.remove(root, { recursive: true });
  }
}

function listen(server: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    ok(typeof address === "object" && address !== null);
    resolve(address.port);
  });
  return promise;
}

async function fault(login: LoginSource): Promise<McaError> {
  try {
    await login(false);
  } catch (error) {
    if (error instanceof McaError) return error;
    throw error;
  }
  throw new Error("Expected the login to fail");
}

Deno.test("oidcLogin() uses the token that is there for as long as it is good", async () => {
  await withProvider(() => [500, {}], async ({ login, requests }) => {
    const token = idToken(Date.now() / SECOND + 3600);
    const source = login(token, "r1");
    deepStrictEqual(await source(false), { token });
    deepStrictEqual(await source(true), { token });
    strictEqual(requests.length, 0);
  });
});

Deno.test("oidcLogin() renews a token that has ended, once for each end", async () => {
  const now = Math.floor(Date.now() / SECOND);
  let count = 0;
  await withProvider((form, issuer) => {
    count++;
    return [200, {
      token_type: "Bearer",
      access_token: "unused",
      expires_in: 3600,
      id_token: renewed(form, issuer, now + 3600 * count, count),
      refresh_token: `r${count + 1}`,
    }];
  }, async ({ login, requests, clock }) => {
    const source = login(idToken(1), "r1");
    const first = await source(false);
    deepStrictEqual(await source(false), first);
    deepStrictEqual(await source(false), first);
    strictEqual(requests.length, 1);
    strictEqual(requests[0]?.get("grant_type"), "refresh_token");
    strictEqual(requests[0].get("refresh_token"), "r1");
    strictEqual(requests[0].get("client_secret"), "s3cret");
    // Ten seconds before its end a token is as good as ended.
    clock.advance(3589 * SECOND);
    deepStrictEqual(await source(false), first);
    clock.advance(2 * SECOND);
    const second = await source(false);
    ok(first.token !== second.token);
    strictEqual(requests[1]?.get("refresh_token"), "r2");
  });
});

function renewed(
  form: URLSearchParams,
  issuer: string,
  exp: number,
  count: number,
): string {
  return jsonWebToken({
    iss: issuer,
    sub: "jane",
    aud: form.get("client_id"),
    iat: Math.floor(Date.now() / SECOND),
    exp,
    jti: String(count),
  });
}

Deno.test("oidcLogin() tells a login that has ended and cannot be renewed", async () => {
  await withProvider(
    () => [400, { error: "invalid_grant", error_description: "secret" }],
    async ({ login }) => {
      const without = await fault(login(idToken(1)));
      strictEqual(
        without.message,
        "The login has ended and cannot be renewed",
      );
      const refused = await fault(login(idToken(1), "used"));
      match(
        refused.message,
        /^The login could not be renewed \(invalid_grant\)$/,
      );
      for (const error of [without, refused]) {
        strictEqual(error.code, "kubeconfig");
        strictEqual(
          error.place.field,
          "users[0].user.auth-provider.config",
        );
        match(error.hint ?? "", /Log in once more/);
      }
    },
  );
});

Deno.test("oidcLogin() tells a provider that gives no id-token", async () => {
  await withProvider(
    () => [200, { token_type: "Bearer", access_token: "secret" }],
    async ({ login }) => {
      const error = await fault(login(idToken(1), "r1"));
      strictEqual(error.message, "The identity provider gave no id-token");
      match(error.hint ?? "", /scope openid/);
    },
  );
});

Deno.test("oidcLogin() tells what it lacks to renew a login", async () => {
  const source = oidcLogin({
    name: "u",
    file: "config",
    field: "users[0].user",
    value: {
      "auth-provider": { name: "oidc", config: { "refresh-token": "r1" } },
    },
  }, { files: denoFiles, clock: new ManualClock() });
  const error = await fault(source);
  strictEqual(error.message, "The field is needed to renew the login");
  strictEqual(
    error.place.field,
    "users[0].user.auth-provider.config.idp-issuer-url",
  );
});
