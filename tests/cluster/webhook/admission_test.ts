/** Pods that are created while the webhook is registered with a real API server. */

import assert from "node:assert/strict";
import { injectPod } from "../../../lib/inject/inject_pod.ts";
import { DEFAULT_SETTINGS } from "../../../lib/inject/settings.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../../lib/kube/json.ts";
import { findObjects } from "../../../lib/inject/workloads.ts";
import {
  goldenCases,
  readGolden,
  settingsOf,
  valuesOf,
} from "../../lib/inject/golden.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";
import {
  configurationOf,
  newWebhookPlace,
  register,
  unregister,
  type WebhookPlace,
} from "./registration.ts";
import { waitUntil } from "../wait_until.ts";
import { WebhookProcess } from "./webhook_process.ts";

let cluster: TestCluster;
let place: WebhookPlace;
let webhook: WebhookProcess;

Deno.test.beforeAll(async () => {
  cluster = await testCluster();
  place = await newWebhookPlace(cluster);
  webhook = await WebhookProcess.start(cluster, {
    ...place,
    args: [`--webhook-name=${place.webhookName}`],
  });
  await register(cluster, place, webhook.port);
  await webhook.ready();
});
Deno.test.afterAll(async () => {
  await webhook[Symbol.asyncDispose]();
  await unregister(cluster, place);
  await cluster[Symbol.asyncDispose]();
});

function podManifest(
  name: string,
  more: { metadata?: JsonObject; spec?: JsonObject } = {},
): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      labels: { "mca.k8s.io/inject": "true" },
      ...more.metadata,
    },
    spec: {
      containers: [{ name: "app", image: "registry.example/app:1" }],
      ...more.spec,
    },
  });
}

async function kubectlCreate(manifest: string, ...args: string[]) {
  return await cluster.kubectl(
    ["create", "-f", "-", "-n", place.apps, ...args],
    { stdin: manifest },
  );
}

async function storedPod(name: string): Promise<JsonObject> {
  const pod = await cluster.request(
    "GET",
    `/api/v1/namespaces/${place.apps}/pods/${name}`,
  );
  assert.ok(isJsonObject(pod));
  return pod;
}

function field(value: JsonValue | undefined, ...path: (string | number)[]) {
  return path.reduce<JsonValue | undefined>(
    (at, key) =>
      Array.isArray(at)
        ? at[Number(key)]
        : isJsonObject(at)
        ? at[key]
        : undefined,
    value,
  );
}

function names(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value)
    ? value.map((item) => field(item, "name") ?? null)
    : [];
}

/** The line that the webhook logged about the pod of that name; lines come a moment late. */
async function reviewOf(name: string): Promise<Record<string, unknown>> {
  let found: Record<string, unknown> | undefined;
  await waitUntil(`the review of ${name}`, async () => {
    const lines = await webhook.logLines();
    found = lines.findLast((line) =>
      line["message"] === "Review" && line["name"] === name
    );
    return found !== undefined;
  });
  return found ?? assert.fail();
}

Deno.test("kubectl create makes an injected pod with the designed volumes alone", async () => {
  const { code, stderr } = await kubectlCreate(podManifest("plain"));
  assert.equal(code, 0, stderr);
  const pod = await storedPod("plain");
  assert.deepEqual(names(field(pod, "spec", "initContainers")), ["mca-proxy"]);
  assert.deepEqual(names(field(pod, "spec", "volumes")), [
    "kube-api-access-sa",
    "kube-api-access-mca-sa",
    "mca-proxy-state",
  ]);
  assert.deepEqual(
    names(field(pod, "spec", "containers", 0, "volumeMounts")),
    ["kube-api-access-mca-sa"],
  );
  assert.deepEqual(
    names(field(pod, "spec", "initContainers", 0, "volumeMounts")),
    ["kube-api-access-sa", "kube-api-access-mca-sa", "mca-proxy-state"],
  );
  const review = await reviewOf("plain");
  assert.equal(review["decision"], "injected");
  assert.equal(review["namespace"], place.apps);
});

Deno.test("kubectl create gives no token to a pod whose ServiceAccount denies it", async () => {
  await cluster.request(
    "POST",
    `/api/v1/namespaces/${place.apps}/serviceaccounts`,
    {
      body: {
        metadata: { name: "silent" },
        automountServiceAccountToken: false,
      },
    },
  );
  const spec = { serviceAccountName: "silent" };
  const silent = await kubectlCreate(podManifest("silent", { spec }));
  assert.equal(silent.code, 0, silent.stderr);
  assert.match(silent.stderr, /MCA left this pod alone \(no-token at /);
  assert.doesNotMatch(
    JSON.stringify((await storedPod("silent"))["spec"]),
    /kube-api-access|mca-proxy/,
  );
  // The pod's own word counts for more, as it does without MCA.
  const loud = await kubectlCreate(podManifest("loud", {
    spec: { ...spec, automountServiceAccountToken: true },
  }));
  assert.equal(loud.stderr, "");
  assert.deepEqual(
    names(field(await storedPod("loud"), "spec", "initContainers")),
    ["mca-proxy"],
  );
});

Deno.test("kubectl create stores the pod that the command line makes of the same", async () => {
  const manifest = podManifest("compared", {
    spec: {
      initContainers: [{ name: "setup", image: "registry.example/setup:1" }],
      volumes: [{ name: "data", emptyDir: {} }],
      containers: [{
        name: "app",
        image: "registry.example/app:1",
        env: [{ name: "HOST", value: "$(KUBERNETES_SERVICE_HOST)" }],
        volumeMounts: [{ name: "data", mountPath: "/data" }],
      }],
    },
  });
  const { code, stderr } = await kubectlCreate(manifest);
  assert.equal(code, 0, stderr);
  const byWebhook = await storedPod("compared");
  const { pod } = injectPod(JSON.parse(manifest), DEFAULT_SETTINGS);
  await unlabelled("by-cli", pod);
  const byCli = await storedPod("by-cli");
  assert.deepEqual(specOf(byWebhook), specOf(byCli));
});

/** Creates the pod past the webhook: without the label that it is selected by. */
async function unlabelled(name: string, pod: JsonObject): Promise<void> {
  const metadata = isJsonObject(pod["metadata"]) ? pod["metadata"] : {};
  await cluster.request("POST", `/api/v1/namespaces/${place.apps}/pods`, {
    body: { ...pod, metadata: { ...metadata, name, labels: {} } },
  });
}

/** The spec but for where the pod was put. */
function specOf(pod: JsonValue | undefined): JsonObject {
  const spec = field(pod, "spec");
  assert.ok(isJsonObject(spec));
  const { nodeName: _, ...rest } = spec;
  // The API server makes up the end of the automatic volume's name.
  return JSON.parse(
    JSON.stringify(rest).replaceAll(
      /"kube-api-access-[a-z0-9]{5}"/g,
      '"kube-api-access-*"',
    ),
  );
}

Deno.test("kubectl prints why a pod is left alone", async () => {
  const { code, stderr } = await kubectlCreate(
    podManifest("host", { spec: { hostNetwork: true } }),
  );
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /Warning: MCA left this pod alone \(host-network at spec\.hostNetwork\): .* Set hostNetwork to false/,
  );
  const pod = await storedPod("host");
  assert.equal(field(pod, "spec", "initContainers"), undefined);
});

Deno.test("kubectl prints what is wrong with an annotation, and makes no pod", async () => {
  const { code, stderr } = await kubectlCreate(
    podManifest("wrong", {
      metadata: {
        name: "wrong",
        labels: { "mca.k8s.io/inject": "true" },
        annotations: { "mca.k8s.io/proxy-prot": "7443" },
      },
    }),
  );
  assert.equal(code, 1);
  assert.match(
    stderr,
    /admission webhook "webhook\.mca\.k8s\.io" denied the request: metadata\.annotations.*Did you mean mca\.k8s\.io\/proxy-port\?/,
  );
});

Deno.test("kubectl create with generateName shows in the log as the name to be", async () => {
  const { name: _, ...metadata } = JSON.parse(podManifest("x")).metadata;
  const { code, stderr } = await kubectlCreate(
    JSON.stringify({
      ...JSON.parse(podManifest("x")),
      metadata: { ...metadata, generateName: "made-" },
    }),
  );
  assert.equal(code, 0, stderr);
  assert.equal((await reviewOf("made-*"))["decision"], "injected");
});

Deno.test("kubectl create with --dry-run=server shows the injected pod and stores none", async () => {
  const { code, stdout, stderr } = await kubectlCreate(
    podManifest("dry"),
    "--dry-run=server",
    "-o",
    "json",
  );
  assert.equal(code, 0, stderr);
  const pod: unknown = JSON.parse(stdout);
  assert.ok(isJsonObject(pod));
  assert.deepEqual(names(field(pod, "spec", "initContainers")), ["mca-proxy"]);
  assert.equal((await reviewOf("dry"))["dryRun"], true);
  const { code: found } = await cluster.kubectl(
    ["get", "pod", "dry", "-n", place.apps],
  );
  assert.equal(found, 1);
});

Deno.test("the webhook is asked about no pod without the label", async () => {
  await cluster.request("POST", `/api/v1/namespaces/${place.apps}/pods`, {
    body: {
      metadata: { name: "unlabelled" },
      spec: { containers: [{ name: "app", image: "app" }] },
    },
  });
  const pod = await storedPod("unlabelled");
  assert.equal(field(pod, "spec", "initContainers"), undefined);
  // What is asked about later is logged later.
  await kubectlCreate(podManifest("after-unlabelled"));
  await reviewOf("after-unlabelled");
  assert.doesNotMatch(await webhook.log(), /"name":"unlabelled"/);
});

Deno.test("the API server writes into its audit log what the webhook decided", async () => {
  const { auditLog } = cluster.state;
  assert.ok(auditLog !== undefined);
  const { code, stderr } = await kubectlCreate(podManifest("audited"));
  assert.equal(code, 0, stderr);
  const lines = (await Deno.readTextFile(auditLog)).split("\n")
    .filter((line) => line.includes(place.apps) && line.includes("audited"));
  assert.ok(
    lines.some((line) =>
      JSON.parse(line).annotations?.["webhook.mca.k8s.io/decision"] ===
        "injected"
    ),
    lines.join("\n"),
  );
});

Deno.test("the API server stores of every golden pod what the command line makes of it", async (t) => {
  let compared = 0;
  for (const golden of goldenCases()) {
    const { name, ending, input, flags } = golden;
    if (flags.length > 0) continue;
    const isBad = readGolden(`${name}.injected.${ending}`) === undefined;
    if (isBad) continue;
    const inject = await settingsOf(golden);
    const pods = (await valuesOf(input)).flatMap((value) =>
      findObjects(value).flatMap(({ pod }) =>
        pod === undefined ? [] : [pod.object]
      )
    );
    await t.step(name, async () => {
      for (const template of pods) {
        const direct = injectPod(template, inject);
        const given = await dryRun(labelled(template));
        const expected = await dryRun(bare(direct.pod));
        // What the API server takes in neither form is no question for a webhook.
        if (expected.error !== undefined && given.error !== undefined) continue;
        assert.equal(given.error, undefined);
        assert.equal(expected.error, undefined);
        const isOptedOut = direct.outcome === "skipped" &&
          direct.reason.code === "opted-out";
        if (isOptedOut) continue;
        assert.deepEqual(specOf(given.pod), specOf(expected.pod));
        compared++;
      }
    });
  }
  assert.ok(compared >= 50, `${compared} pods compared`);
});

/** Asked about by the webhook. */
function labelled(template: JsonObject): JsonObject {
  return withLabels(template, { "mca.k8s.io/inject": "true" });
}

/** Not asked about. */
function bare(template: JsonObject): JsonObject {
  return withLabels(template, {});
}

function withLabels(template: JsonObject, labels: JsonObject): JsonObject {
  const metadata = isJsonObject(template["metadata"])
    ? template["metadata"]
    : {};
  return {
    ...template,
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...(metadata["annotations"] === undefined
        ? {}
        : { annotations: metadata["annotations"] }),
      name: "golden",
      labels,
    },
  };
}

async function dryRun(
  pod: JsonObject,
): Promise<{ readonly pod?: JsonObject; readonly error?: string }> {
  const spec = isJsonObject(pod["spec"]) ? pod["spec"] : {};
  for (const key of ["serviceAccountName", "serviceAccount"]) {
    const name = spec[key];
    if (typeof name !== "string") continue;
    await cluster.request(
      "POST",
      `/api/v1/namespaces/${place.apps}/serviceaccounts`,
      { body: { metadata: { name } }, accept: [409] },
    );
  }
  const answer = await cluster.request(
    "POST",
    `/api/v1/namespaces/${place.apps}/pods?dryRun=All`,
    { body: pod, accept: [400, 403, 404, 422, 500] },
  );
  assert.ok(isJsonObject(answer));
  return answer["kind"] === "Status"
    ? { error: String(answer["message"]) }
    : { pod: answer };
}

Deno.test("the webhook keeps its CA in the caBundle and itself ready", async () => {
  const configuration = await configurationOf(cluster, place);
  assert.ok(field(configuration, "webhooks", 0, "clientConfig", "caBundle"));
  assert.equal((await webhook.probe("/health")).status, 200);
  assert.equal((await webhook.probe("/ready")).status, 200);
});
