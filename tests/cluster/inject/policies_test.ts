/** Injected pods before the API server's policies: Pod Security, quotas, strict fields. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { injectPod } from "../../../lib/inject/inject_pod.ts";
import { DEFAULT_SETTINGS } from "../../../lib/inject/settings.ts";
import { findObjects } from "../../../lib/inject/workloads.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../../lib/kube/json.ts";
import { readPod } from "../../../lib/kube/pod.ts";
import { arbitraryPod } from "../../lib/inject/arbitrary_pod.ts";
import { goldenCases, valuesOf } from "../../lib/inject/golden.ts";
import { apiRequest } from "../api_client.ts";
import { newNamespace } from "../ready_pod.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";

let cluster: TestCluster;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** What a dry run of the pod's creation is answered. */
async function tryPod(
  pod: JsonObject,
  namespace: string,
): Promise<{ readonly accepted: boolean; readonly answer: string }> {
  const { status, text } = await apiRequest(
    cluster.target,
    "POST",
    `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Strict`,
    {
      body: {
        apiVersion: "v1",
        kind: "Pod",
        ...pod,
        metadata: {
          ...readPod(pod).metadata,
          name: "pod",
          namespace,
          generateName: undefined,
          resourceVersion: undefined,
          uid: undefined,
          creationTimestamp: undefined,
          managedFields: undefined,
        },
      },
    },
  );
  return { accepted: status === 201, answer: text };
}

const RESTRICTED: JsonObject = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

const RESOURCES: JsonObject = {
  requests: { cpu: "10m", memory: "16Mi" },
  limits: { cpu: "20m", memory: "32Mi" },
};

/** The pod with fields set in each of its containers, and an image where it has none. */
function withInContainers(pod: JsonObject, fields: JsonObject): JsonObject {
  const { spec, containers } = readPod(pod);
  const lists: Record<string, JsonValue[]> = {};
  for (const { list, object } of containers) {
    (lists[list] ??= []).push({ image: "app:1", ...object, ...fields });
  }
  // Neither ephemeral containers nor other ServiceAccounts are there at creation.
  const { ephemeralContainers: _, serviceAccountName: __, ...rest } = {
    ...spec,
    ...lists,
  };
  return {
    ...pod,
    spec: { ...rest, hostUsers: null, priorityClassName: null },
  };
}

/** The pods and pod templates of all golden inputs that can be injected. */
async function goldenPods(): Promise<Map<string, JsonObject>> {
  const pods = new Map<string, JsonObject>();
  for (const { name, input } of goldenCases()) {
    if (name.startsWith("bad-")) continue;
    for (const value of await valuesOf(input)) {
      for (const { pod } of findObjects(value)) {
        if (pod === undefined) continue;
        const { outcome } = injectPod(pod.object, DEFAULT_SETTINGS);
        // A pod that asks for no limit gets none, and no place under a quota.
        if (/proxy-\w+-limit":"none/.test(JSON.stringify(pod.object))) continue;
        if (outcome === "injected") {
          pods.set(`${name} ${pods.size}`, pod.object);
        }
      }
    }
  }
  return pods;
}

/** For each golden pod with these fields: where the namespace takes it, it takes it injected. */
async function holdsForGoldens(
  t: Deno.TestContext,
  namespace: string,
  fields: JsonObject,
): Promise<void> {
  let count = 0;
  for (const [name, pod] of await goldenPods()) {
    const fitted = withInContainers(pod, fields);
    if (!(await tryPod(fitted, namespace)).accepted) continue;
    count++;
    await t.step(name, async () => {
      const injected = injectPod(fitted, DEFAULT_SETTINGS);
      assert.equal(injected.outcome, "injected");
      const { accepted, answer } = await tryPod(injected.pod, namespace);
      assert.ok(accepted, answer);
    });
  }
  assert.ok(count >= 25, `The namespace takes only ${count} of the originals`);
}

Deno.test("the API server admits pods to a restricted namespace injected where it admits them as they were", async (t) => {
  const namespace = `restricted-${crypto.randomUUID().slice(0, 8)}`;
  await cluster.createNamespace(namespace, {
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
  });
  const lax = { spec: { containers: [{ name: "app", image: "app:1" }] } };
  assert.match(
    (await tryPod(lax, namespace)).answer,
    /violates PodSecurity \\"restricted/,
  );
  await holdsForGoldens(t, namespace, { securityContext: RESTRICTED });
});

Deno.test("the API server admits pods within a quota injected where it admits them as they were", async (t) => {
  const namespace = await newNamespace(cluster);
  const hard = {
    "requests.cpu": "100",
    "requests.memory": "100Gi",
    "limits.cpu": "100",
    "limits.memory": "100Gi",
  };
  const used = Object.fromEntries(Object.keys(hard).map((key) => [key, "0"]));
  const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`;
  const body = { metadata: { name: "quota" }, spec: { hard } };
  await cluster.request("POST", quotas, { body });
  // What the quota controller would write.
  await cluster.request("PATCH", `${quotas}/quota/status`, {
    body: { status: { hard, used } },
    contentType: "application/merge-patch+json",
  });
  const lax = { spec: { containers: [{ name: "app", image: "app:1" }] } };
  assert.match((await tryPod(lax, namespace)).answer, /must specify/);
  await holdsForGoldens(t, namespace, { resources: RESOURCES });
});

/** The pod without what no API server knows. */
function withoutUnknownFields(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutUnknownFields);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "someFieldOfTheFuture")
      .map(([key, item]) => [key, withoutUnknownFields(item)]),
  );
}

Deno.test("the API server's schema takes any pod injected that it takes as it was", async () => {
  const namespace = await newNamespace(cluster);
  let count = 0;
  await fc.assert(
    fc.asyncProperty(arbitraryPod, async (given) => {
      const pod = withoutUnknownFields(given);
      assert.ok(isJsonObject(pod));
      const fitted = withInContainers(pod, {});
      // What the user's own mca-proxy asks for counts beside each init container.
      const { resources, containers } = readPod(fitted);
      const hasBase = containers.some(({ name }) => name === "mca-proxy");
      if (hasBase && resources !== undefined) return;
      if (!(await tryPod(fitted, namespace)).accepted) return;
      count++;
      const injected = injectPod(fitted, DEFAULT_SETTINGS).pod;
      const { accepted, answer } = await tryPod(injected, namespace);
      assert.ok(accepted, answer);
    }),
    { numRuns: 1000 },
  );
  // One in ten is valid: the others mount one path twice, or a volume that is not there.
  assert.ok(count >= 40, `The API server takes only ${count} of the originals`);
});
