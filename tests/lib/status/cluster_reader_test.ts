import assert from "node:assert/strict";
import { McaError } from "../../../lib/errors.ts";
import {
  ApiError,
  type ApiRequest,
  type ApiTransport,
} from "../../../lib/kube/api_client.ts";
import type { ClusterTarget } from "../../../lib/kube/cluster_target.ts";
import { ClusterReader } from "../../../lib/status/cluster_reader.ts";

const target: ClusterTarget = {
  name: "test",
  connect: { hostname: "a", port: 1 },
  basePath: "/base",
  host: "a:1",
  caCertificates: [],
  credentials: {
    headers: () => [["Authorization", "Bearer abc"]],
    refresh: () => Promise.resolve(false),
  },
  namespace: "default",
};

async function* bodyOf(value: unknown): AsyncGenerator<Uint8Array> {
  // In pieces, which may end within a character.
  const octets = new TextEncoder().encode(
    typeof value === "string" ? value : JSON.stringify(value),
  );
  for (let at = 0; at < octets.length; at += 7) {
    yield await Promise.resolve(octets.subarray(at, at + 7));
  }
}

/** A reader whose API server answers as told, and the requests that it got. */
function reading(
  answer: (request: ApiRequest) => { status: number; value: unknown },
) {
  const requests: ApiRequest[] = [];
  const transport: ApiTransport = (request) => {
    requests.push(request);
    const { status, value } = answer(request);
    return Promise.resolve({ status, body: bodyOf(value) });
  };
  const clock = { after: () => () => {} };
  return { reader: new ClusterReader({ target, transport, clock }), requests };
}

const reference = { collection: "/api/v1/namespaces/a/secrets", name: "b" };

Deno.test("ClusterReader.list() reads page by page", async () => {
  const { reader, requests } = reading(({ target }) => {
    const next = new URL(target, "http://a").searchParams.get("continue");
    return {
      status: 200,
      value: next === null
        ? {
          metadata: { continue: "a/b=" },
          items: [{ n: "ü1" }, { n: "2" }],
        }
        : { metadata: {}, items: [{ n: "3" }] },
    };
  });
  const items = await Array.fromAsync(reader.list("/api/v1/pods"));
  assert.deepEqual(items, [{ n: "ü1" }, { n: "2" }, { n: "3" }]);
  assert.deepEqual(requests.map((request) => request.target), [
    "/base/api/v1/pods?limit=250",
    "/base/api/v1/pods?limit=250&continue=a%2Fb%3D",
  ]);
  assert.ok(
    requests.every(({ fields }) =>
      fields.some(([name, value]) =>
        name === "Authorization" && value === "Bearer abc"
      )
    ),
  );
});

Deno.test("ClusterReader.list() rejects with what the API server says", async () => {
  for (
    const [value, message] of [
      [{ message: "pods is forbidden" }, /pods is forbidden/],
      ["<html>", /status 403/],
    ] as const
  ) {
    const { reader } = reading(() => ({ status: 403, value }));
    await assert.rejects(
      Array.fromAsync(reader.list("/api/v1/pods")),
      (error) =>
        error instanceof ApiError && error.status === 403 &&
        message.test(error.message),
    );
  }
});

Deno.test("ClusterReader.see() tells what is there, what is not, and what may not be read", async () => {
  const seen = async (status: number, value: unknown) =>
    await reading(() => ({ status, value })).reader.see(reference);
  const list = (items: unknown[]) => ({ metadata: {}, items });
  assert.deepEqual(await seen(200, list([{ a: 1 }])), {
    kind: "present",
    value: { a: 1 },
  });
  assert.deepEqual(await seen(200, list([])), { kind: "absent" });
  assert.deepEqual(await seen(404, {}), { kind: "absent" });
  assert.deepEqual(await seen(403, { message: "no" }), {
    kind: "unreadable",
    why: "The API server answered: no",
  });
  await assert.rejects(
    seen(500, { message: "broken" }),
    (error) => error instanceof McaError && error.code === "upstream",
  );
});

Deno.test("ClusterReader.tryCreate() asks for a dry run", async () => {
  const { reader, requests } = reading(() => ({
    status: 201,
    value: { kind: "Pod" },
  }));
  assert.deepEqual(await reader.tryCreate("/api/v1/namespaces/a/pods", {}), {
    status: 201,
    value: { kind: "Pod" },
  });
  assert.deepEqual(
    requests.map(({ method, target }) => `${method} ${target}`),
    ["POST /base/api/v1/namespaces/a/pods?dryRun=All"],
  );
});

Deno.test("ClusterReader.list() says what to do about a refusal", async () => {
  const hints = { 401: /^Log in/, 403: /^Ask for the right/, 404: /address/ };
  for (const [status, hint] of Object.entries(hints)) {
    const { reader } = reading(() => ({ status: Number(status), value: "" }));
    await assert.rejects(
      Array.fromAsync(reader.list("/api/v1/pods")),
      { name: "McaError", hint },
    );
  }
});
