import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_SETTINGS } from "../../../lib/inject/settings.ts";
import { isJsonObject } from "../../../lib/kube/json.ts";
import { apply } from "../../../lib/kube/json_patch.ts";
import { BODY_LIMIT, TOTAL_LIMIT } from "../../../lib/webhook/body_limits.ts";
import { VALUE_LIMIT } from "../../../lib/webhook/value_limit.ts";
import {
  callWith,
  readAnswer,
  request,
  reviewBody,
  testHandler,
} from "./admission_call.ts";
import { AUTOMATIC_VOLUME } from "./automatic_token.ts";

const UID = "705ab4f5-6393-11e8-b7cc-42010a800002";
const TOKEN_MOUNT = {
  name: AUTOMATIC_VOLUME,
  readOnly: true,
  mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
};
/** As it arrives: the API server has mounted its token. */
const POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", labels: { "mca.k8s.io/inject": "true" } },
  spec: {
    containers: [{ name: "app", image: "app:1", volumeMounts: [TOKEN_MOUNT] }],
    volumes: [{ name: AUTOMATIC_VOLUME, projected: { sources: [] } }],
  },
};
const HOST_POD = { ...POD, spec: { ...POD.spec, hostNetwork: true } };

for (const version of ["v1", "v1beta1"]) {
  Deno.test(`WebhookHandler.handle() answers AdmissionReview ${version} in its own version`, async () => {
    const answer = await callWith(testHandler().handler, POD, {}, version);
    assert.equal(answer.apiVersion, `admission.k8s.io/${version}`);
    assert.equal(answer.uid, UID);
    assert.equal(answer.allowed, true);
    assert.ok((answer.patch ?? []).length > 0);
    assert.deepEqual(answer.auditAnnotations, { decision: "injected" });
  });
}

Deno.test("WebhookHandler.handle() patches only what changes", async () => {
  const pod = {
    ...POD,
    spec: {
      ...POD.spec,
      futureField: { kept: [1, 2.5, null] },
      containers: [{
        name: "app",
        image: "app:1",
        env: [{ name: "A", value: "1" }],
        volumeMounts: [TOKEN_MOUNT],
        another: true,
      }],
    },
  };
  const { patch = [] } = await callWith(testHandler().handler, pod);
  assert.deepEqual(
    patch.map(({ op, path }) => [op, path]).sort(),
    [
      ["add", "/metadata/annotations"],
      ["add", "/spec/containers/0/env/0"],
      ["add", "/spec/containers/0/env/1"],
      ["add", "/spec/containers/0/env/2"],
      ["add", "/spec/initContainers"],
      ["add", "/spec/volumes/0"],
      ["add", "/spec/volumes/1"],
      ["add", "/spec/volumes/2"],
      ["remove", "/spec/volumes/0"],
      ["replace", "/spec/containers/0/volumeMounts/0/name"],
    ],
  );
});

Deno.test("WebhookHandler.handle() makes no second change when it is called again", async () => {
  const { handler } = testHandler();
  const first = await callWith(handler, POD);
  const injected = apply(first.patch ?? [], POD);
  const second = await callWith(handler, injected);
  assert.equal(second.patch, undefined);
  assert.equal(second.warnings, undefined);
  assert.deepEqual(second.auditAnnotations, {
    decision: "unchanged",
    reason: "up-to-date",
  });
});

Deno.test("WebhookHandler.handle() injects the container that another webhook added", async () => {
  const { handler } = testHandler();
  const first = await callWith(handler, POD);
  const injected = apply(first.patch ?? [], POD);
  assert.ok(isJsonObject(injected) && isJsonObject(injected["spec"]));
  const { containers } = injected["spec"];
  assert.ok(Array.isArray(containers));
  const grown = {
    ...injected,
    spec: {
      ...injected["spec"],
      containers: [...containers, { name: "late", image: "late:1" }],
    },
  };
  const second = await callWith(handler, grown);
  const result = apply(second.patch ?? [], grown);
  const third = await callWith(handler, result);
  assert.equal(third.patch, undefined);
  assert.match(
    JSON.stringify(second.patch),
    /KUBERNETES_SERVICE_HOST/,
  );
});

Deno.test("WebhookHandler.handle() says why a pod is left alone and what to do", async () => {
  const { handler, log } = testHandler();
  const answer = await callWith(handler, HOST_POD);
  assert.equal(answer.allowed, true);
  assert.equal(answer.patch, undefined);
  assert.ok(Array.isArray(answer.warnings));
  assert.equal(answer.warnings.length, 1);
  assert.match(
    String(answer.warnings[0]),
    /^MCA left this pod alone \(host-network at spec\.hostNetwork\): .*\. Set hostNetwork to false/,
  );
  assert.deepEqual(answer.auditAnnotations, {
    decision: "skipped",
    reason: "host-network",
  });
  assert.equal(log()[0]?.["reason"], "host-network");
});

Deno.test("WebhookHandler.handle() gives no token to a pod whose ServiceAccount denies it", async () => {
  const { handler } = testHandler();
  // It says nothing, and yet the API server has mounted nothing.
  const answer = await callWith(handler, {
    ...POD,
    spec: { containers: [{ name: "app", image: "app:1" }] },
  });
  assert.equal(answer.allowed, true);
  assert.equal(answer.patch, undefined);
  assert.match(String(answer.warnings), /\(no-token at /);
  assert.match(String(answer.warnings), /or in its ServiceAccount/);
});

Deno.test("WebhookHandler.handle() refuses what cannot be injected where it is told to", async () => {
  const { handler, log } = testHandler({
    settings: { inject: DEFAULT_SETTINGS, uninjectable: "refuse" },
  });
  const answer = await callWith(handler, HOST_POD);
  assert.equal(answer.allowed, false);
  assert.equal(answer.status.code, 403);
  assert.match(String(answer.status.message), /host-network/);
  assert.equal(log()[0]?.["decision"], "refused");
  // Who opted out did not want it.
  const optedOut = await callWith(handler, {
    ...POD,
    metadata: { labels: { "mca.k8s.io/inject": "false" } },
  });
  assert.equal(optedOut.allowed, true);
});

Deno.test("WebhookHandler.handle() refuses a bad annotation by name", async () => {
  const { handler, log } = testHandler();
  const answer = await callWith(handler, {
    ...POD,
    metadata: { annotations: { "mca.k8s.io/proxy-port": "high" } },
  });
  assert.equal(answer.allowed, false);
  assert.equal(answer.uid, UID);
  assert.equal(answer.status.code, 422);
  assert.match(
    String(answer.status.message),
    /metadata\.annotations\["mca\.k8s\.io\/proxy-port"\]: Bad value "high".*Expected a whole number/,
  );
  assert.equal(log()[0]?.["decision"], "invalid");
});

const FOREIGN: readonly (readonly [string, Parameters<typeof callWith>[2]])[] =
  [
    ["DELETE", { operation: "DELETE", object: null }],
    ["UPDATE", { operation: "UPDATE" }],
    ["CONNECT", { operation: "CONNECT", subResource: "exec" }],
    ["an eviction", { subResource: "eviction" }],
    ["another resource", {
      resource: { group: "apps", version: "v1", resource: "deployments" },
    }],
    ["another group's pods", {
      resource: { group: "metrics.k8s.io", version: "v1", resource: "pods" },
    }],
  ];

for (const [what, more] of FOREIGN) {
  Deno.test(`WebhookHandler.handle() admits ${what} as it is`, async () => {
    const { handler, log } = testHandler();
    const answer = await callWith(handler, POD, more);
    assert.equal(answer.allowed, true);
    assert.equal(answer.patch, undefined);
    assert.match(String(answer.warnings), /asked about/);
    assert.equal(log()[0]?.["decision"], "ignored");
  });
}

Deno.test("WebhookHandler.handle() writes one line for each review", async () => {
  const { handler, log, logText } = testHandler();
  const secret = "hunter2";
  await callWith(handler, {
    ...POD,
    metadata: {
      generateName: "web-5d4f8-",
      labels: { app: secret },
      ownerReferences: [
        { kind: "Other", name: "o" },
        { kind: "ReplicaSet", name: "web-5d4f8", controller: true },
      ],
    },
    spec: {
      containers: [{
        name: "app",
        image: "app:1",
        env: [{ name: "PASSWORD", value: secret }],
        volumeMounts: [TOKEN_MOUNT],
      }],
    },
  }, { dryRun: true });
  const [line, ...rest] = log();
  assert.deepEqual(rest, []);
  assert.deepEqual(line, {
    time: "1970-01-01T00:00:00.000Z",
    level: "info",
    message: "Review",
    namespace: "apps",
    name: "web-5d4f8-*",
    owner: "ReplicaSet/web-5d4f8",
    decision: "injected",
    dryRun: true,
    duration: 0,
    uid: UID,
  });
  assert.ok(!logText().includes(secret));
});

Deno.test("WebhookHandler.handle() logs where a pod is wrong, and nothing of what stands there", async () => {
  const { handler, log, logText } = testHandler();
  const secret = "hunter2".repeat(100_000);
  const name = "mca.k8s.io/proxy-cpu-request";
  const { allowed, status } = await callWith(handler, {
    ...POD,
    metadata: { name: "web", annotations: { [name]: secret } },
  });
  assert.equal(allowed, false);
  // Who made the pod is told all of it that helps.
  assert.match(String(status.message), /^metadata\.annotations.*hunter2/);
  assert.ok(String(status.message).length < 2_000);
  assert.match(String(status.message), /…\. \S/);
  const [line = {}] = log();
  assert.deepEqual(
    [line["decision"], line["reason"], line["field"]],
    ["invalid", "setting", `metadata.annotations["${name}"]`],
  );
  assert.ok(!logText().includes("hunter2"));
});

Deno.test("WebhookHandler.handle() gives a dry run the same answer", async () => {
  const { handler } = testHandler();
  const wet = await callWith(handler, POD);
  const dry = await callWith(handler, POD, { dryRun: true });
  assert.deepEqual(dry, wet);
});

Deno.test("WebhookHandler.handle() turns a defect into an errored review", async () => {
  const { handler, log, logText } = testHandler({
    review: ({ name }) => {
      if (name === "bad") throw new TypeError("secret of the pod");
      return { decision: "unchanged", response: { allowed: true } };
    },
  });
  const answer = await callWith(handler, POD, { name: "bad" });
  assert.equal(answer.allowed, false);
  assert.equal(answer.uid, UID);
  assert.equal(answer.status.code, 500);
  assert.equal(log()[0]?.["level"], "error");
  assert.match(String(log()[0]?.["error"]), /^TypeError at .*\.ts:\d+/);
  assert.ok(!logText().includes("secret of the pod"));
  assert.ok(!JSON.stringify(answer).includes("secret of the pod"));
  assert.equal((await callWith(handler, POD, { name: "good" })).allowed, true);
});

const BAD_BODIES:
  readonly (readonly [string, string | Uint8Array<ArrayBuffer>])[] = [
    ["nothing", ""],
    ["no JSON", "{"],
    ["bytes that are not UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d)],
    ["a list", "[]"],
    ["another kind", `{"apiVersion":"v1","kind":"Pod"}`],
    ["another version", reviewBody(POD, {}, "v2")],
    [
      "no request",
      `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}`,
    ],
    ["no uid", reviewBody(POD, { uid: "" })],
    ["a uid that is a number", reviewBody(POD, { uid: 1 })],
    ["very deep JSON", "[".repeat(150_000)],
  ];

for (const [what, body] of BAD_BODIES) {
  Deno.test(`WebhookHandler.handle() answers ${what} with 400`, async () => {
    const { handler } = testHandler();
    const response = await handler.handle(request("POST", "/mutate", body));
    assert.equal(response.status, 400);
    assert.equal(
      JSON.parse(new TextDecoder().decode(response.body)).kind,
      "Status",
    );
    assert.equal((await callWith(handler, POD)).allowed, true);
  });
}

const BAD_REQUESTS: readonly (readonly [
  string,
  Parameters<typeof callWith>[1],
  Parameters<typeof callWith>[2],
])[] = [
  ["no object", null, {}],
  ["an object that is a list", [], {}],
  ["a resource that is a string", POD, { resource: "pods" }],
  ["an operation that is a number", POD, { operation: 1 }],
  ["a name that is a list", POD, { name: [] }],
];

for (const [what, object, more] of BAD_REQUESTS) {
  Deno.test(`WebhookHandler.handle() answers ${what} with an errored review`, async () => {
    const { handler } = testHandler();
    const answer = await callWith(handler, object, more);
    assert.equal(answer.allowed, false);
    assert.equal(answer.uid, UID);
    assert.equal(answer.status.code, 400);
  });
}

Deno.test("WebhookHandler.handle() keeps an uncommon uid as it is", async () => {
  const uid = 'a"b\n<é>';
  const answer = await callWith(testHandler().handler, POD, { uid });
  assert.equal(answer.uid, uid);
});

Deno.test("WebhookHandler.handle() checks path, method and content type", async () => {
  const { handler } = testHandler();
  const json = { "content-type": "application/json" };
  const body = reviewBody(POD);
  const cases = [
    ["POST", "/mutate", json, 200],
    ["POST", "/mutate?timeout=10s", json, 200],
    [
      "POST",
      "/mutate",
      { "content-type": "application/json; charset=utf-8" },
      200,
    ],
    ["POST", "/mutate", { "content-type": "application/jsonp" }, 415],
    ["POST", "/mutate", { "content-type": "text/plain" }, 415],
    ["POST", "/mutate", {}, 415],
    ["GET", "/mutate", json, 405],
    ["PUT", "/mutate", json, 405],
    ["POST", "/mutate/", json, 404],
    ["POST", "/", json, 404],
    ["GET", "/health", {}, 200],
    ["HEAD", "/health", {}, 200],
    ["POST", "/health", {}, 405],
    ["GET", "/ready", {}, 200],
    ["GET", "/constructor", {}, 404],
  ] as const;
  for (const [method, target, headers, expected] of cases) {
    const { status, fields } = await handler.handle(
      request(method, target, body, headers),
    );
    assert.equal(status, expected, `${method} ${target}`);
    assert.equal(fields.some(([name]) => name === "Allow"), status === 405);
  }
});

Deno.test("WebhookHandler.handle() is ready when it is told so, and not once it drains", async () => {
  let reason: string | undefined = "The CA is not published";
  const { handler } = testHandler({ notReadyReason: () => reason });
  const ready = async () => {
    const { status, body } = await handler.handle(request("GET", "/ready"));
    return [status, new TextDecoder().decode(body)];
  };
  assert.deepEqual(await ready(), [503, "The CA is not published\n"]);
  reason = undefined;
  assert.deepEqual(await ready(), [200, "ok\n"]);
  handler.drain();
  assert.deepEqual(await ready(), [503, "The webhook is stopping\n"]);
  const response = await handler.handle(
    request("POST", "/mutate", reviewBody(POD)),
  );
  assert.equal(readAnswer(response).allowed, true);
  assert.ok(
    response.fields.some(([name, value]) =>
      name === "Connection" && value === "close"
    ),
  );
});

Deno.test("WebhookHandler.handle() takes a body up to its limit and no longer one", async () => {
  const { handler } = testHandler();
  const body = new TextEncoder().encode(reviewBody(POD));
  const padded = (length: number) => {
    const bytes = new Uint8Array(length).fill(0x20);
    bytes.set(body);
    return request("POST", "/mutate", bytes);
  };
  assert.equal((await handler.handle(padded(BODY_LIMIT))).status, 200);
  const tooLong = await handler.handle(padded(BODY_LIMIT + 1));
  assert.equal(tooLong.status, 413);
  assert.ok(tooLong.fields.some(([name]) => name === "Connection"));
  assert.equal((await callWith(handler, POD)).allowed, true);
});

Deno.test("WebhookHandler.handle() holds no more of all bodies than its limit", async () => {
  const { handler } = testHandler();
  const ends: (() => void)[] = [];
  const slow = (octets: number) => {
    const { promise, resolve } = Promise.withResolvers<null>();
    let isTaken = false;
    const response = handler.handle({
      ...request("POST", "/mutate"),
      readBody: (take) => {
        isTaken = take(octets);
        if (!isTaken) return Promise.resolve(null);
        ends.push(() => resolve(null));
        return promise;
      },
    });
    return { response, isTaken: () => isTaken };
  };
  const held = Array.from(
    { length: TOTAL_LIMIT / BODY_LIMIT },
    () => slow(BODY_LIMIT),
  );
  assert.ok(held.every(({ isTaken }) => isTaken()));
  assert.equal((await slow(1).response).status, 503);
  for (const end of ends) end();
  await Promise.all(held.map(({ response }) => response));
  assert.equal((await callWith(handler, POD)).allowed, true);
});

Deno.test("WebhookHandler.handle() waits for a body only as long as the API server does", async () => {
  const { handler, timers } = testHandler();
  const { promise, resolve } = Promise.withResolvers<null>();
  const response = handler.handle({
    ...request("POST", "/mutate?timeout=5s"),
    readBody: () => promise,
  });
  assert.deepEqual(timers.delays, [4000]);
  timers.runOut();
  assert.equal((await response).status, 504);
  resolve(null);
  await callWith(handler, POD);
  assert.deepEqual(timers.delays, []);
});

Deno.test("WebhookHandler.handle() answers whatever a review holds", async () => {
  const { handler } = testHandler();
  const json = fc.jsonValue({ maxDepth: 4 });
  const word = fc.constantFrom(
    "metadata",
    "spec",
    "containers",
    "initContainers",
    "volumes",
    "name",
    "env",
    "volumeMounts",
    "mountPath",
    "labels",
    "annotations",
    "mca.k8s.io/status",
    "mca.k8s.io/inject",
    "hostNetwork",
    "resources",
    "ports",
    "containerPort",
    "securityContext",
    "__proto__",
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6 },
      json,
      fc.dictionary(word, tie("tree"), { maxKeys: 6 }),
      fc.array(tie("tree"), { maxLength: 3 }),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(
      tree,
      fc.dictionary(
        fc.constantFrom(
          "resource",
          "operation",
          "name",
          "namespace",
          "dryRun",
          "subResource",
        ),
        json,
        { maxKeys: 2 },
      ),
      async (object, more) => {
        const text = JSON.stringify({
          apiVersion: "admission.k8s.io/v1",
          kind: "AdmissionReview",
          request: { ...JSON.parse(reviewBody(null)).request, object, ...more },
        });
        const answer = readAnswer(
          await handler.handle(request("POST", "/mutate", text)),
        );
        assert.equal(answer.uid, UID);
        assert.notEqual(answer.status.code, 500);
        if (answer.patch !== undefined) {
          apply(answer.patch, JSON.parse(text).request.object);
        }
      },
    ),
    { numRuns: 2000 },
  );
  assert.equal((await callWith(handler, POD)).allowed, true);
});

Deno.test("WebhookHandler.handle() answers a pod that is nested very deep", async () => {
  const { handler } = testHandler();
  const depth = 150_000;
  const nested = `{"a":`.repeat(depth) + "1" + "}".repeat(depth);
  const text = reviewBody({ ...POD, spec: { ...POD.spec, x: "DEEP" } })
    .replace('"DEEP"', nested);
  const answer = readAnswer(
    await handler.handle(request("POST", "/mutate", text)),
  );
  assert.equal(answer.uid, UID);
});

Deno.test("WebhookHandler.handle() makes nothing of more values than a pod can have", async () => {
  const { handler } = testHandler();
  const empty = `[${Array(VALUE_LIMIT).fill("[]").join()}]`;
  for (
    const text of [
      empty,
      reviewBody({ ...POD, spec: { ...POD.spec, x: "MANY" } })
        .replace('"MANY"', empty),
      "[".repeat(VALUE_LIMIT + 1),
    ]
  ) {
    const { status } = await handler.handle(request("POST", "/mutate", text));
    assert.equal(status, 413);
  }
  assert.equal((await callWith(handler, POD)).allowed, true);
});
