/** Bodies that no API server sends, and those of an older one, to the webhook as it runs in its pod. */

import assert from "node:assert/strict";
import { Agent, request } from "node:https";
import fc from "fast-check";
import { isJsonObject, type JsonObject } from "../../../lib/kube/json.ts";
import { readAnswer, reviewBody } from "../../lib/webhook/admission_call.ts";
import { addAutomaticToken } from "../../lib/webhook/automatic_token.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";
import { newWebhookPlace } from "./registration.ts";
import { WebhookProcess } from "./webhook_process.ts";

const UID = "705ab4f5-6393-11e8-b7cc-42010a800002";
const POD = addAutomaticToken({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", labels: { "mca.k8s.io/inject": "true" } },
  spec: { containers: [{ name: "app", image: "app:1" }] },
});

let cluster: TestCluster;
let webhook: WebhookProcess;
let agent: Agent;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
  const place = await newWebhookPlace(cluster);
  webhook = await WebhookProcess.start(cluster, {
    ...place,
    args: [`--webhook-name=${place.webhookName}`],
  });
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
});
Deno.test.afterAll(async () => {
  agent.destroy();
  await webhook[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
});

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends this much of the body and then nothing. */
  readonly stopsAt?: number;
}

interface Reply {
  readonly status: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

function call(
  {
    method = "POST",
    path = "/mutate?timeout=10s",
    body = "",
    headers,
    stopsAt,
  }: Call,
): Promise<Reply> {
  const octets = typeof body === "string"
    ? new TextEncoder().encode(body)
    : body;
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const outgoing = request({
    host: "127.0.0.1",
    port: webhook.port,
    method,
    path,
    agent: stopsAt === undefined ? agent : false,
    rejectUnauthorized: false,
    headers: {
      "content-type": "application/json",
      "content-length": octets.length,
      ...headers,
    },
  }, (incoming) => {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    incoming.on("data", (chunk: Uint8Array<ArrayBuffer>) => chunks.push(chunk));
    incoming.on("error", reject);
    incoming.on("end", () => {
      const status = incoming.statusCode ?? 0;
      new Blob(chunks).bytes().then((body) => resolve({ status, body }), reject)
        .finally(() => outgoing.destroy());
    });
  });
  outgoing.on("error", reject);
  if (stopsAt === undefined) outgoing.end(octets);
  else outgoing.write(octets.subarray(0, stopsAt));
  return promise;
}

/** What an answer says; each is asked for as the API server does. */
async function review(body: string) {
  const { status, body: answer } = await call({ body });
  return readAnswer({ status, fields: [], body: answer });
}

async function assertWorks(): Promise<void> {
  const { uid, allowed, patch } = await review(reviewBody(POD));
  assert.deepEqual([uid, allowed], [UID, true]);
  assert.ok(JSON.stringify(patch).includes('"mca-proxy"'));
}

Deno.test("the webhook answers v1beta1 as v1, in its own version", async () => {
  const older = await review(reviewBody(POD, {}, "v1beta1"));
  const newer = await review(reviewBody(POD));
  assert.equal(older.apiVersion, "admission.k8s.io/v1beta1");
  assert.deepEqual({ ...older, apiVersion: newer.apiVersion }, newer);
  assert.ok(JSON.stringify(older.patch).includes('"mca-proxy"'));
});

function spec(more: JsonObject): JsonObject {
  const { spec } = POD;
  return { ...POD, spec: { ...(isJsonObject(spec) ? spec : {}), ...more } };
}

/** Answered as a review, with the UID. */
const REVIEWS: Readonly<Record<string, string>> = {
  "no object": reviewBody(null),
  "an object that is a list": reviewBody([POD]),
  "an object of strings": reviewBody({ metadata: "a", spec: "b" }),
  "containers that are an object": reviewBody(spec({ containers: { a: POD } })),
  "containers that are none": reviewBody(spec({ containers: [null, 1, "a"] })),
  "DELETE": reviewBody(null, { operation: "DELETE", oldObject: POD }),
  "CONNECT": reviewBody({ kind: "PodExecOptions" }, {
    operation: "CONNECT",
    subResource: "exec",
  }),
  "another kind": reviewBody({ kind: "Deployment" }, {
    resource: { group: "apps", version: "v1", resource: "deployments" },
  }),
  "a number too large for any computer": reviewBody(spec({ x: "BIG" }))
    .replace('"BIG"', "1e400"),
  "a very deep pod": reviewBody(spec({ x: "DEEP" }))
    .replace('"DEEP"', "[".repeat(100_000) + "]".repeat(100_000)),
  "thirty thousand containers": reviewBody(
    spec({
      containers: Array.from(
        { length: 30_000 },
        (_, at) => ({ name: `c${at}`, image: "a" }),
      ),
    }),
  ),
};

for (const [what, body] of Object.entries(REVIEWS)) {
  Deno.test(`the webhook answers a review with ${what}, and the next one`, async () => {
    const { uid, allowed } = await review(body);
    assert.equal(uid, UID);
    assert.equal(typeof allowed, "boolean");
    await assertWorks();
  });
}

const good = new TextEncoder().encode(reviewBody(POD));

/** Refused for what the request is. */
const REQUESTS: Readonly<Record<string, Call & { readonly status: number }>> = {
  "no body": { status: 400 },
  "no JSON": { body: "{", status: 400 },
  "no UTF-8": { body: good.with(20, 0xff), status: 400 },
  "JSON that is cut off": { body: good.subarray(0, -1), status: 400 },
  "two reviews": { body: `${reviewBody(POD)}${reviewBody(POD)}`, status: 400 },
  "a review that is an answer": {
    body: JSON.stringify({
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      response: { uid: UID, allowed: true },
    }),
    status: 400,
  },
  "another content type": {
    body: good,
    headers: { "content-type": "application/yaml" },
    status: 415,
  },
  "another method": { method: "PUT", body: good, status: 405 },
  "another path": { path: "/mutate/x", body: good, status: 404 },
  "eight megabytes": {
    body: new Uint8Array(8 * 1024 * 1024).fill(0x20),
    status: 413,
  },
  "seven megabytes of empty lists": {
    body: reviewBody(spec({ x: "MANY" }))
      .replace('"MANY"', `[${Array(2_400_000).fill("[]").join()}]`),
    status: 413,
  },
  "a body that does not come": {
    path: "/mutate?timeout=2s",
    body: good,
    stopsAt: 100,
    status: 504,
  },
  "no body at all": {
    path: "/mutate?timeout=2s",
    body: good,
    stopsAt: 0,
    status: 504,
  },
};

for (const [what, { status, ...sent }] of Object.entries(REQUESTS)) {
  Deno.test(`the webhook answers ${what} with ${status}, and the next review`, async () => {
    const { status: answered, body } = await call(sent);
    const answer: unknown = JSON.parse(new TextDecoder().decode(body));
    assert.equal(answered, status);
    assert.ok(isJsonObject(answer) && answer["kind"] === "Status");
    assert.equal(answer["code"], status);
    await assertWorks();
  });
}

Deno.test("the webhook answers a review with some octets changed: as a review, or with a 4xx", async () => {
  const change = fc.tuple(
    fc.nat(good.length - 1),
    fc.integer({ min: 0, max: 255 }),
  );
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 4 }),
      async (changes) => {
        const octets = good.slice();
        for (const [at, octet] of changes) octets[at] = octet;
        const { status, body } = await call({ body: octets });
        seen.add(status);
        const answer: unknown = JSON.parse(new TextDecoder().decode(body));
        assert.ok(isJsonObject(answer));
        if (status !== 200) {
          assert.ok(status >= 400 && status < 500, `${status}`);
          return;
        }
        const { response } = answer;
        assert.ok(isJsonObject(response));
        assert.equal(typeof response["uid"], "string");
        assert.equal(typeof response["allowed"], "boolean");
        const { status: details } = response;
        if (isJsonObject(details)) assert.notEqual(details["code"], 500);
      },
    ),
    { numRuns: 500 },
  );
  assert.deepEqual([...seen].sort(), [200, 400]);
  await assertWorks();
});
