import assert from "node:assert/strict";
import {
  type Account,
  type AccountAccess,
  ANONYMOUS,
  isAllowed,
  serviceAccount,
} from "../../../flavors/embedded_api/accounts.ts";
import { ADMINISTRATOR } from "../../../flavors/embedded_api/accounts.ts";
import { TokenRegistry } from "../../../flavors/embedded_api/tokens.ts";
import { requestInfo } from "../../../lib/kube/request_info.ts";

/** What each level may do is what it gains, and what the levels before it may. */
const GAINS: readonly {
  readonly access: AccountAccess;
  readonly requests: readonly (readonly [string, string])[];
}[] = [
  {
    access: "public",
    requests: [["GET", "/healthz"], ["GET", "/livez/ping"], [
      "GET",
      "/version",
    ]],
  },
  {
    access: "discovery",
    requests: [
      ["GET", "/api"],
      ["GET", "/apis/apps/v1"],
      ["GET", "/openapi/v3"],
      ["POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews"],
    ],
  },
  {
    access: "read",
    requests: [
      ["GET", "/api/v1/pods"],
      ["GET", "/api/v1/pods?watch=1"],
      ["GET", "/apis/apps/v1/namespaces/a/deployments/b"],
    ],
  },
  {
    access: "all",
    requests: [
      ["GET", "/api/v1/namespaces/a/secrets"],
      ["POST", "/api/v1/namespaces/a/pods"],
      ["DELETE", "/api/v1/namespaces/a/pods/b"],
      ["POST", "/healthz"],
      ["GET", "/metrics"],
      ["POST", "/apis/authentication.k8s.io/v1/tokenreviews"],
    ],
  },
];

Deno.test("isAllowed() gives each level what it gains and no more", () => {
  for (const [level, { access }] of GAINS.entries()) {
    const account: Account = { username: "u", uid: "", groups: [], access };
    for (const [needed, { requests }] of GAINS.entries()) {
      for (const [method, target] of requests) {
        assert.equal(
          isAllowed(account, requestInfo(method, target)),
          needed <= level,
          `${access}: ${method} ${target}`,
        );
      }
    }
  }
});

Deno.test("isAllowed() tells the built-in accounts apart", () => {
  const list = requestInfo("GET", "/api/v1/pods");
  assert.equal(isAllowed(ADMINISTRATOR, list), true);
  assert.equal(isAllowed(ANONYMOUS, list), false);
});

Deno.test("TokenRegistry.find() knows tokens until they expire or are revoked", () => {
  let now = 1000;
  const tokens = new TokenRegistry({ crypto, clock: { now: () => now } });
  const account = serviceAccount("ns", "name", "uid", "all");
  const token = tokens.issue(account, 2000);
  assert.notEqual(token, tokens.issue(account));
  assert.equal(tokens.find(token), account);
  assert.equal(tokens.find(`${token}x`), undefined);
  now = 2000;
  assert.equal(tokens.find(token), undefined);
  const lasting = tokens.issue(account);
  tokens.revoke(lasting);
  assert.equal(tokens.find(lasting), undefined);
  assert.equal(account.username, "system:serviceaccount:ns:name");
});
