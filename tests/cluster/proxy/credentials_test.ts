/** What becomes of credentials on their way through the proxy. */

import assert from "node:assert/strict";
import { newNamespace } from "../ready_pod.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";
import { waitUntil } from "../wait_until.ts";
import { adminPod } from "./admin_pod.ts";
import { PodProxy } from "./pod_proxy.ts";
import { rawExchange } from "./raw_exchange.ts";

let cluster: TestCluster;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

const WHO_AM_I = JSON.stringify({
  apiVersion: "authentication.k8s.io/v1",
  kind: "SelfSubjectReview",
});

/** The request for `kubectl auth whoami`, with those header fields. */
function whoAmI(fields: readonly string[]): string {
  return [
    "POST /apis/authentication.k8s.io/v1/selfsubjectreviews HTTP/1.1",
    "Host: kubernetes.default.svc",
    "Content-Type: application/json",
    `Content-Length: ${WHO_AM_I.length}`,
    "Connection: close",
    ...fields,
    "",
    WHO_AM_I,
  ].join("\r\n");
}

Deno.test("`mca proxy` gives the pod's identity to who shows the app's token, and to nobody else", async (t) => {
  const namespace = await newNamespace(cluster);
  await using proxy = await PodProxy.start(cluster, { namespace });
  const exchange = (fields: readonly string[]) =>
    rawExchange(proxy, whoAmI(fields));
  const appToken = await proxy.appToken();

  await t.step("the app's token", async () => {
    const answer = await exchange([`Authorization: Bearer ${appToken}`]);
    assert.match(answer, /^HTTP\/1\.1 201 /);
    assert.ok(answer.includes(`system:serviceaccount:${namespace}:default`));
  });
  await t.step("another token", async () => {
    const answer = await exchange(["Authorization: Bearer another"]);
    assert.match(answer, /^HTTP\/1\.1 401 /);
    assert.match(answer, /"kind":"Status".*"reason":"Unauthorized"/);
  });
  await t.step("the real token itself", async () => {
    const answer = await exchange([
      `Authorization: Bearer ${await proxy.realToken()}`,
    ]);
    assert.match(answer, /^HTTP\/1\.1 401 /);
  });
  await t.step("no token", async () => {
    const answer = await exchange([]);
    assert.match(answer, /system:anonymous/);
  });
  await t.step("impersonation", async () => {
    const answer = await exchange([
      `Authorization: Bearer ${appToken}`,
      "Impersonate-User: admin",
    ]);
    assert.match(answer, /^HTTP\/1\.1 403 /);
    assert.match(answer, /impersonation is not passed on/);
  });
  await t.step("headers of a front proxy", async () => {
    const answer = await exchange([
      "X-Remote-User: admin",
      "X-Remote-Group: system:masters",
    ]);
    assert.match(answer, /system:anonymous/);
  });
});

/** Requests that try to make the proxy say more than it should; TOKEN is the app's. */
const ATTEMPTS: readonly (readonly string[])[] = [
  ["GET /version HTTP/1.1", "Host: a", "Authorization: Bearer TOKEN"],
  ["TRACE / HTTP/1.1", "Host: a", "Authorization: Bearer TOKEN"],
  ["OPTIONS * HTTP/1.1", "Host: a", "Authorization: Bearer TOKEN"],
  ["CONNECT a:443 HTTP/1.1", "Host: a:443", "Authorization: Bearer TOKEN"],
  ["HEAD /version HTTP/1.1", "Host: a", "Authorization: Bearer TOKEN"],
  ["GET /no/such/path HTTP/1.1", "Host: a", "Authorization: Bearer TOKEN"],
  ["GET /api/v1/secrets HTTP/1.1", "Host: a", "Authorization: Bearer TOKEN"],
  ["GET //%2e%2e/ HTTP/1.1", "Host: a", "Authorization: Bearer TOKEN"],
  ["GET /version HTTP/1.1", "Host: a", "Authorization: Bearer wrong"],
  ["GET /version HTTP/1.1", "Host: a", "Authorization: Basic TOKEN"],
  [
    "GET /version HTTP/1.1",
    "Host: a",
    "Authorization: Bearer TOKEN",
    "Authorization: Bearer TOKEN",
  ],
  [
    "GET /version HTTP/1.1",
    "Host: a",
    "Authorization: Bearer TOKEN",
    "Connection: authorization, host",
  ],
  [
    "GET /version HTTP/1.1",
    "Host: a",
    "Authorization: Bearer TOKEN",
    "Content-Length: 5",
    "Transfer-Encoding: chunked",
  ],
  [
    "GET /api/v1/pods?watch=1&timeoutSeconds=1 HTTP/1.1",
    "Host: a",
    "Authorization: Bearer TOKEN",
  ],
  [
    "GET /api/v1/namespaces/default/pods/none/exec?command=id HTTP/1.1",
    "Host: a",
    "Authorization: Bearer TOKEN",
    "Connection: Upgrade",
    "Upgrade: SPDY/3.1",
  ],
  [
    "GET /api/v1/namespaces/default/pods/none/exec?command=id HTTP/1.1",
    "Host: a",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Protocol: v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.TOKEN64",
  ],
  [
    "POST /api/v1/namespaces/default/configmaps HTTP/1.1",
    "Host: a",
    "Authorization: Bearer TOKEN",
    "Content-Type: application/json",
    "Content-Length: 1",
    "Expect: 100-continue",
  ],
];

Deno.test("`mca proxy` shows the real token in no octet that an app receives, and in no log", async () => {
  await using proxy = await adminPod(cluster, {
    env: { MCA_LOG_LEVEL: "debug" },
  });
  const appToken = await proxy.appToken();
  const realToken = await proxy.realToken();
  const encoded = btoa(appToken).replaceAll("+", "-").replaceAll("/", "_")
    .replaceAll("=", "");
  let received = "";
  for (const attempt of ATTEMPTS) {
    const request = [...attempt, "Connection: close", "", "{"].join("\r\n")
      .replaceAll("TOKEN64", encoded).replaceAll("TOKEN", appToken);
    received += await rawExchange(proxy, request);
  }
  for (const file of ["token", "ca.crt", "namespace"]) {
    received += await Deno.readTextFile(`${proxy.appDirectory}/${file}`);
  }
  const log = await proxy.log();
  assert.match(log, /"path":"\/no\/such\/path"/);
  for (const secret of [realToken, ...realToken.split(".")]) {
    assert.ok(!received.includes(secret), "the app received the real token");
    assert.ok(!log.includes(secret), "the log holds the real token");
  }
  // The app's own token is a secret too.
  assert.ok(!log.includes(appToken), "the log holds the app's token");
});

Deno.test("`mca proxy` uses a new token as soon as the file changes", async () => {
  const namespace = await newNamespace(cluster);
  await using proxy = await PodProxy.start(cluster, { namespace });
  const authorization = `Authorization: Bearer ${await proxy.appToken()}`;
  const credential = async (): Promise<string | undefined> => {
    const answer = await rawExchange(proxy, whoAmI([authorization]));
    return /"JTI=([0-9a-f-]+)"/.exec(answer)?.[1];
  };
  const first = await credential();
  assert.ok(first !== undefined);
  await proxy.rotateToken();
  await waitUntil("the new token to be used", async () => {
    const next = await credential();
    return next !== undefined && next !== first;
  });
});
