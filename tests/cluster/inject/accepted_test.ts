/** What `mca inject` prints, sent to a real API server with its ServiceAccount admission. */

import assert from "node:assert/strict";
import { findObjects } from "../../../lib/inject/workloads.ts";
import { parseDocument } from "../../../lib/inject/manifest/manifest_document.ts";
import { splitDocuments } from "../../../lib/inject/manifest/split_documents.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../../lib/kube/json.ts";
import { newNamespace } from "../ready_pod.ts";
import { type TestCluster, testCluster } from "../test_cluster.ts";

let cluster: TestCluster;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

const FOLDER = new URL("../../testdata/inject/", import.meta.url);

/** Where objects of a kind are created; the namespace goes between. */
const PATHS: ReadonlyMap<string, readonly [api: string, resource: string]> =
  new Map([
    ["Pod", ["/api/v1", "pods"]],
    ["PodTemplate", ["/api/v1", "podtemplates"]],
    ["ReplicationController", ["/api/v1", "replicationcontrollers"]],
    ["Deployment", ["/apis/apps/v1", "deployments"]],
    ["StatefulSet", ["/apis/apps/v1", "statefulsets"]],
    ["DaemonSet", ["/apis/apps/v1", "daemonsets"]],
    ["ReplicaSet", ["/apis/apps/v1", "replicasets"]],
    ["Job", ["/apis/batch/v1", "jobs"]],
    ["CronJob", ["/apis/batch/v1", "cronjobs"]],
  ]);

/** Goldens that today's API server takes neither injected nor as they were, and what it says. */
const REFUSED: ReadonlyMap<string, RegExp> = new Map([
  ["ephemeral-containers.injected.yaml", /cannot be set on create/],
  ["json-trailing-comma.injected.json", /name or generateName is required/],
  // An extensions/v1beta1 object: the selector was optional there.
  ["replicaset.injected.yaml", /spec\.selector: Required value/],
]);

interface Workload {
  readonly kind: string;
  readonly object: JsonObject;
  /** From the object to its pod. */
  readonly podPath: readonly (string | number)[];
}

/** The injected workloads of one golden file. */
async function workloadsOf(file: string): Promise<Workload[]> {
  const bytes = await Deno.readFile(new URL(file, FOLDER));
  const chunks = ReadableStream.from([bytes]);
  const workloads: Workload[] = [];
  for await (const source of splitDocuments(chunks, { file })) {
    const { value } = parseDocument(source);
    if (value === undefined) continue;
    for (const { kind, value: object, pod } of findObjects(value)) {
      if (pod === undefined || !PATHS.has(kind)) continue;
      const podPath = relativePath(object, pod.object);
      if (isInjected(pod.object)) workloads.push({ kind, object, podPath });
    }
  }
  return workloads;
}

function relativePath(
  from: JsonValue,
  to: JsonObject,
): readonly (string | number)[] {
  const search = (
    value: JsonValue | undefined,
    path: readonly string[],
  ): readonly string[] | undefined => {
    if (value === to) return path;
    if (!isJsonObject(value)) return undefined;
    for (const [key, child] of Object.entries(value)) {
      const found = search(child, [...path, key]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(from, []) ?? assert.fail("The pod is not in its object");
}

function isInjected(pod: JsonObject): boolean {
  const metadata = field(pod, "metadata");
  return field(field(metadata, "annotations"), "mca.k8s.io/status") !==
    undefined;
}

function field(value: JsonValue | undefined, name: string | number) {
  if (Array.isArray(value)) return value[Number(name)];
  return isJsonObject(value) ? value[name] : undefined;
}

function at(
  value: JsonValue | undefined,
  path: readonly (string | number)[],
): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(field, value);
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** Volumes' names, and each container's mounts, in their order. */
function storageOf(pod: JsonValue | undefined): unknown {
  const spec = field(pod, "spec");
  const containers = ["initContainers", "containers"].flatMap((name) =>
    list(field(spec, name)).map((container) => [
      field(container, "name"),
      list(field(container, "volumeMounts")).map((mount) => [
        field(mount, "name"),
        field(mount, "mountPath"),
        field(mount, "readOnly") ?? false,
      ]),
    ])
  );
  const volumes = list(field(spec, "volumes")).map((volume) =>
    field(volume, "name")
  );
  return { volumes, containers };
}

/** Sends it as a dry run; the object as the API server would store it. */
async function dryRun(
  kind: string,
  object: JsonObject,
  namespace: string,
): Promise<JsonValue | undefined> {
  const [api, resource] = PATHS.get(kind) ?? assert.fail(`No path for ${kind}`);
  const metadata = field(object, "metadata");
  const response = await cluster.request(
    "POST",
    `${api}/namespaces/${namespace}/${resource}?dryRun=All`,
    {
      body: {
        ...object,
        apiVersion: api.replace(/^\/apis?\//, ""),
        metadata: {
          ...(isJsonObject(metadata) ? metadata : {}),
          namespace,
        },
      },
    },
  );
  return isJsonObject(response) ? response : undefined;
}

/** What the workload's controller would create: a StatefulSet's puts its claims' volumes first. */
function podOfController(
  object: JsonObject,
  template: JsonValue | undefined,
): JsonObject {
  const claims = list(at(object, ["spec", "volumeClaimTemplates"]))
    .flatMap((claim) => {
      const name = at(claim, ["metadata", "name"]);
      const claimName = `${name}-made-0`;
      return typeof name === "string"
        ? [{ name, persistentVolumeClaim: { claimName } }]
        : [];
    });
  const spec = field(template, "spec");
  return {
    kind: "Pod",
    metadata: { name: "made" },
    spec: {
      ...(isJsonObject(spec) ? spec : {}),
      volumes: [...claims, ...list(field(spec, "volumes"))],
    },
  };
}

async function ensureServiceAccount(
  pod: JsonValue | undefined,
  namespace: string,
): Promise<void> {
  const name = at(pod, ["spec", "serviceAccountName"]) ??
    at(pod, ["spec", "serviceAccount"]);
  if (typeof name !== "string") return;
  await cluster.request(
    "POST",
    `/api/v1/namespaces/${namespace}/serviceaccounts`,
    { body: { metadata: { name } }, accept: [409] },
  );
}

const files = [...Deno.readDirSync(FOLDER)].map(({ name }) => name)
  .filter((name) => /\.injected\.(yaml|json)$/.test(name)).sort();

Deno.test("`mca inject` makes workloads that the API server takes, volumes and mounts as they are", async (t) => {
  const namespace = await newNamespace(cluster);
  const kinds = new Set<string>();
  for (const file of files) {
    const workloads = await workloadsOf(file);
    if (workloads.length === 0 || REFUSED.has(file)) continue;
    await t.step(file, async () => {
      for (const { kind, object, podPath } of workloads) {
        kinds.add(kind);
        const pod = at(object, podPath);
        await ensureServiceAccount(pod, namespace);
        const stored = await dryRun(kind, object, namespace);
        assert.deepEqual(storageOf(at(stored, podPath)), storageOf(pod));
        if (kind === "Pod") continue;
        const made = podOfController(object, pod);
        const storedPod = await dryRun("Pod", made, namespace);
        assert.deepEqual(storageOf(storedPod), storageOf(made));
      }
    });
  }
  assert.deepEqual([...PATHS.keys()].filter((kind) => !kinds.has(kind)), []);
});

for (const [file, message] of REFUSED) {
  Deno.test(`\`mca inject\` makes ${file}, which the API server refuses for what the original lacks`, async () => {
    const namespace = await newNamespace(cluster);
    const [workload] = await workloadsOf(file);
    assert.ok(workload !== undefined);
    await assert.rejects(
      dryRun(workload.kind, workload.object, namespace),
      message,
    );
  });
}
