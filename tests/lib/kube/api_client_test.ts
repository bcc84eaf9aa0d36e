import assert from "node:assert/strict";
import { McaError } from "../../../lib/errors.ts";
import {
  ApiClient,
  ApiError,
  type ApiRequest,
  type ApiTransport,
} from "../../../lib/kube/api_client.ts";
import type { ClusterTarget } from "../../../lib/kube/cluster_target.ts";

const SECRET = { collection: "/api/v1/namespaces/a/secrets", name: "b" };

/** A target with a token that is another after a refresh. */
function target(): ClusterTarget {
  let token = "first";
  return {
    name: "test",
    connect: { hostname: "api.example", port: 443 },
    basePath: "/base",
    host: "api.example",
    caCertificates: [],
    namespace: "a",
    credentials: {
      headers: () => [["Authorization", `Bearer ${token}`]],
      refresh: () => {
        const changed = token === "first";
        token = "second";
        return Promise.resolve(changed);
      },
    },
  };
}

/** A client whose API server answers with these, one after the other; and what it was asked. */
function clientOf(
  ...answers: readonly (readonly [status: number, body: unknown])[]
) {
  const requests: ApiRequest[] = [];
  const left = [...answers];
  const timers: (() => void)[] = [];
  const transport: ApiTransport = (request, signal) => {
    signal.throwIfAborted();
    requests.push(request);
    const next = left.shift();
    if (next === undefined) {
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      );
    }
    const [status, body] = next;
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return Promise.resolve({
      status,
      body: ReadableStream.from([new TextEncoder().encode(text)]),
    });
  };
  const client = new ApiClient({
    target: target(),
    transport,
    clock: {
      after: (_delay, action) => {
        timers.push(action);
        return () => timers.splice(timers.indexOf(action), 1);
      },
    },
  });
  return { client, requests, timers };
}

function list(items: unknown[], resourceVersion = "7") {
  return { kind: "SecretList", metadata: { resourceVersion }, items };
}

Deno.test("ApiClient.read() asks for one name and gives the object with the list's version", async () => {
  const object = { metadata: { name: "b", resourceVersion: "5" } };
  const { client, requests, timers } = clientOf([200, list([object])]);
  assert.deepEqual(await client.read(SECRET), { object, resourceVersion: "7" });
  const [request] = requests;
  assert.equal(request?.method, "GET");
  assert.equal(
    request?.target,
    "/base/api/v1/namespaces/a/secrets?fieldSelector=metadata.name%3Db",
  );
  const fields = new Map(request?.fields);
  assert.equal(fields.get("Host"), "api.example");
  assert.equal(fields.get("Authorization"), "Bearer first");
  assert.deepEqual(timers, []);
});

Deno.test("ApiClient.read() gives undefined where there is no such object", async () => {
  const { client } = clientOf([200, list([])]);
  assert.equal((await client.read(SECRET)).object, undefined);
});

Deno.test("ApiClient.patch() sends the patch by its media type", async () => {
  const { client, requests } = clientOf([200, { kind: "Secret" }]);
  const patched = await client.patch(SECRET, "merge", { data: null }, "mca");
  assert.deepEqual(patched, { kind: "Secret" });
  const [request] = requests;
  assert.equal(request?.method, "PATCH");
  assert.equal(
    request?.target,
    "/base/api/v1/namespaces/a/secrets/b?fieldManager=mca",
  );
  const fields = new Map(request?.fields);
  assert.equal(fields.get("Content-Type"), "application/merge-patch+json");
  assert.equal(new TextDecoder().decode(request?.body), `{"data":null}`);
});

Deno.test("ApiClient.read() looks at its credentials again after 401, once", async () => {
  const { client, requests } = clientOf(
    [401, { message: "who?" }],
    [200, list([])],
  );
  await client.read(SECRET);
  assert.deepEqual(
    requests.map(({ fields }) => new Map(fields).get("Authorization")),
    ["Bearer first", "Bearer second"],
  );
  const again = clientOf([401, {}], [401, { message: "Unauthorized" }]);
  await assert.rejects(
    again.client.read(SECRET),
    (error) => error instanceof ApiError && error.status === 401,
  );
});

const ERRORS: readonly (readonly [number, unknown, RegExp])[] = [
  [403, { message: "secrets is forbidden" }, /secrets is forbidden/],
  [409, { message: "modified" }, /modified/],
  [500, "<html>oops</html>", /status 500/],
  [404, {}, /status 404/],
];

for (const [status, body, message] of ERRORS) {
  Deno.test(`ApiClient.patch() rejects with what the API server says with ${status}`, async () => {
    const { client } = clientOf([status, body]);
    await assert.rejects(
      client.patch(SECRET, "merge", {}, "mca"),
      (error) =>
        error instanceof ApiError && error.status === status &&
        error.code === "upstream" && message.test(error.message),
    );
  });
}

Deno.test("ApiClient.read() rejects what is no JSON, and quotes none of it", async () => {
  const { client } = clientOf([200, "secret stuff"]);
  await assert.rejects(
    client.read(SECRET),
    (error) =>
      error instanceof McaError && !String(error.message).includes("secret") &&
      error.cause === undefined,
  );
});

Deno.test("ApiClient.read() gives up when no answer comes in time", async () => {
  const { client, timers } = clientOf();
  const answer = client.read(SECRET);
  await Promise.resolve();
  await Promise.resolve();
  timers[0]?.();
  await assert.rejects(answer, /did not come in time/);
});

Deno.test("ApiClient.watch() gives the events of a stream, however it is cut up", async () => {
  const events = [
    { type: "ADDED", object: { metadata: { name: "é" } } },
    { type: "BOOKMARK", object: { metadata: { resourceVersion: "9" } } },
  ];
  const bytes = new TextEncoder().encode(
    events.map((event) => `${JSON.stringify(event)}\n`).join(""),
  );
  for (const size of [1, 3, bytes.length]) {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      pieces.push(bytes.slice(at, at + size));
    }
    const requests: ApiRequest[] = [];
    const client = new ApiClient({
      target: target(),
      transport: (request) => {
        requests.push(request);
        return Promise.resolve({
          status: 200,
          body: ReadableStream.from(pieces),
        });
      },
      clock: { after: () => () => {} },
    });
    const signal = new AbortController().signal;
    const seen = await Array.fromAsync(client.watch(SECRET, "7", signal));
    assert.deepEqual(seen, events);
    assert.match(requests[0]?.target ?? "", /watch=1&.*resourceVersion=7/);
  }
});

Deno.test("ApiClient.watch() rejects with what an ERROR event says", async () => {
  const { client, timers } = clientOf([
    200,
    `{"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old"}}\n`,
  ]);
  await assert.rejects(
    Array.fromAsync(client.watch(SECRET, "1", new AbortController().signal)),
    (error) => error instanceof ApiError && error.status === 410,
  );
  assert.deepEqual(timers, []);
});

Deno.test("ApiClient.list() reads page by page", async () => {
  const { client, requests } = clientOf(
    [200, { metadata: { continue: "a/b=" }, items: [{ n: "ü1" }, { n: "2" }] }],
    [200, { metadata: {}, items: [{ n: "3" }] }],
  );
  assert.deepEqual(await Array.fromAsync(client.list("/api/v1/pods")), [
    { n: "ü1" },
    { n: "2" },
    { n: "3" },
  ]);
  assert.deepEqual(requests.map((request) => request.target), [
    "/base/api/v1/pods?limit=250",
    "/base/api/v1/pods?limit=250&continue=a%2Fb%3D",
  ]);
});

Deno.test("ApiClient.list() finds nothing in a list of none", async () => {
  const { client } = clientOf([200, { metadata: null, items: null }]);
  assert.deepEqual(await Array.fromAsync(client.list("/api/v1/pods")), []);
});

Deno.test("ApiClient.list() takes a page longer than an object can be", async () => {
  const items = Array.from(
    { length: 17 },
    () => ({ text: "x".repeat(1024 * 1024) }),
  );
  const { client } = clientOf([200, { items }], [200, { items }]);
  assert.equal((await Array.fromAsync(client.list("/api/v1/pods"))).length, 17);
  await assert.rejects(client.read(SECRET), /too long/);
});

Deno.test("ApiClient.list() rejects with what the API server says", async () => {
  for (
    const [body, message] of [
      [{ message: "pods is forbidden" }, /pods is forbidden/],
      ["<html>", /status 403/],
    ] as const
  ) {
    const { client } = clientOf([403, body]);
    await assert.rejects(
      Array.fromAsync(client.list("/api/v1/pods")),
      (error) =>
        error instanceof ApiError && error.status === 403 &&
        message.test(error.message),
    );
  }
});

Deno.test("ApiClient.tryCreate() asks for a dry run, and tells a refusal as an answer", async () => {
  const { client, requests } = clientOf(
    [201, { kind: "Pod" }],
    [403, { message: "no" }],
    [502, "<html>"],
  );
  const path = "/api/v1/namespaces/a/pods";
  assert.deepEqual(
    [
      await client.tryCreate(path, { a: 1 }),
      await client.tryCreate(path, {}),
      await client.tryCreate(path, {}),
    ],
    [
      { status: 201, object: { kind: "Pod" } },
      { status: 403, object: { message: "no" } },
      { status: 502, object: {} },
    ],
  );
  const [first] = requests;
  assert.equal(first?.method, "POST");
  assert.equal(first.target, `/base${path}?dryRun=All`);
  assert.equal(new TextDecoder().decode(first.body), '{"a":1}');
});
