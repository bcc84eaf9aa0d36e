import assert from "node:assert/strict";
import { DEFAULT_SETTINGS } from "../../../lib/inject/settings.ts";
import { McaError } from "../../../lib/errors.ts";
import type { ApiTransport } from "../../../lib/kube/api_client.ts";
import type { ConnectOptions } from "../../../lib/platform.ts";
import { callDirectly } from "../../../lib/status/direct_call.ts";
import { readConfiguration } from "../../../lib/status/registered_webhook.ts";
import {
  addressOf,
  readTrialAnswer,
} from "../../../lib/status/webhook_call.ts";
import {
  formatReview,
  parseReview,
} from "../../../lib/webhook/admission_review.ts";
import { reviewPod } from "../../../lib/webhook/review_pod.ts";
import { configurationWith, makeCertificates } from "./certificates.ts";

function registered(more = {}) {
  const [webhook] = readConfiguration(configurationWith("", more)).webhooks;
  assert.ok(webhook);
  return webhook;
}

Deno.test("addressOf() is where the API server calls", () => {
  const address = (more = {}) => addressOf(registered(more))?.href;
  assert.equal(address(), "https://mca-webhook.mca-system.svc/mutate");
  assert.equal(
    address({
      clientConfig: { service: { name: "a", namespace: "b", port: 8443 } },
    }),
    "https://a.b.svc:8443/",
  );
  assert.equal(
    address({ clientConfig: { url: "https://127.0.0.1:9443/mutate" } }),
    "https://127.0.0.1:9443/mutate",
  );
  for (const url of ["http://a/mutate", "nowhere"]) {
    assert.equal(address({ clientConfig: { url } }), undefined);
  }
});

Deno.test("readTrialAnswer() tells what came of the trial", () => {
  const read = (response: Record<string, string | boolean>) =>
    readTrialAnswer({ response: { uid: "1", ...response } }, "1", "here").kind;
  assert.equal(read({ allowed: true }), "not-injected");
  assert.equal(read({ allowed: true, patch: "!" }), "not-injected");
  assert.equal(
    read({ allowed: true, patch: btoa('[{"name":"mca-proxy"}]') }),
    "injected",
  );
  assert.equal(read({ allowed: false }), "failed");
  assert.equal(read({ uid: "2", allowed: true }), "failed");
  assert.equal(readTrialAnswer(undefined, "1", "here").kind, "failed");
});

/** What MCA's own webhook answers. */
function ownAnswer(body: Uint8Array): Uint8Array {
  const parsed = parseReview(body);
  assert.ok(parsed.kind === "review");
  const { version, request } = parsed.review;
  const { response } = reviewPod(request, {
    inject: DEFAULT_SETTINGS,
    uninjectable: "admit",
  });
  return formatReview({ version, uid: request.uid }, response);
}

Deno.test("callDirectly() calls with the CA that the API server trusts, and is understood", async () => {
  const { authority } = await makeCertificates();
  const [webhook] = readConfiguration(
    configurationWith(authority.certificate),
  ).webhooks;
  assert.ok(webhook);
  const connections: ConnectOptions[] = [];
  const targets: string[] = [];
  const outcome = await callDirectly(webhook, {
    transportTo: (connect) => {
      connections.push(connect);
      return ({ target, body }) => {
        targets.push(target);
        assert.ok(body);
        return Promise.resolve({
          status: 200,
          body: ReadableStream.from([ownAnswer(body)]),
        });
      };
    },
    crypto,
    signal: new AbortController().signal,
  });
  assert.deepEqual(outcome, {
    kind: "injected",
    where: "in a call to mca-webhook.mca-system.svc",
  });
  assert.deepEqual(targets, ["/mutate?timeout=10s"]);
  assert.deepEqual(connections, [{
    hostname: "mca-webhook.mca-system.svc",
    port: 443,
    tls: { caCertificates: [authority.certificate] },
  }]);
});

Deno.test("callDirectly() tells what the connection or the answer lacks", async () => {
  const call = (transport: ApiTransport) =>
    callDirectly(registered(), {
      transportTo: () => transport,
      crypto,
      signal: new AbortController().signal,
    });
  const answer = (status: number, text: string): ApiTransport => () =>
    Promise.resolve({
      status,
      body: ReadableStream.from([new TextEncoder().encode(text)]),
    });
  assert.deepEqual(
    await call(() =>
      Promise.reject(new McaError("upstream", "a:443 refused the connection"))
    ),
    { kind: "failed", message: "a:443 refused the connection" },
  );
  assert.deepEqual(await call(answer(503, "")), {
    kind: "failed",
    message: "It answered with status 503",
  });
  assert.deepEqual(await call(answer(200, "<html>")), {
    kind: "failed",
    message: "The answer is no AdmissionReview",
  });
});
