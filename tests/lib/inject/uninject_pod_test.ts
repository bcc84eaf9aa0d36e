import assert from "node:assert/strict";
import { injectPod } from "../../../lib/inject/inject_pod.ts";
import { DEFAULT_SETTINGS } from "../../../lib/inject/settings.ts";
import { uninjectPod } from "../../../lib/inject/uninject_pod.ts";
import { isJsonObject, type JsonObject } from "../../../lib/kube/json.ts";
import { apply, type JsonPatch } from "../../../lib/kube/json_patch.ts";

const POD: JsonObject = {
  metadata: { name: "pod", annotations: { note: "kept" } },
  spec: {
    initContainers: [{ name: "init" }],
    containers: [
      {
        name: "app",
        env: [
          { name: "KUBERNETES_SERVICE_PORT", value: "443" },
          { name: "A", value: "1" },
        ],
      },
      { name: "other" },
    ],
  },
};

/** The pod injected, edited as people edit, and undone. */
function undoEdited(edits: JsonPatch): JsonObject {
  const injected = injectPod(POD, DEFAULT_SETTINGS).pod;
  const edited = apply(edits, injected);
  assert.ok(isJsonObject(edited));
  const result = uninjectPod(edited);
  assert.equal(result.outcome, "uninjected");
  return result.pod;
}

interface EditCase {
  readonly what: string;
  /** What is done to the injected pod. */
  readonly edits: JsonPatch;
  /** What the same is to the original. */
  readonly expected: JsonPatch;
}

const later = { name: "KUBERNETES_SERVICE_HOST", value: "mine" };
const fresh = { name: "new", env: [{ name: "B", value: "2" }] };
const data = { name: "data", mountPath: "/data" };

const EDITS: readonly EditCase[] = [
  {
    what: "a variable of the same name that came later",
    edits: [{ op: "add", path: "/spec/containers/0/env/-", value: later }],
    expected: [{ op: "add", path: "/spec/containers/0/env/-", value: later }],
  },
  {
    what: "a container that came later",
    edits: [{ op: "add", path: "/spec/containers/0", value: fresh }],
    expected: [{ op: "add", path: "/spec/containers/0", value: fresh }],
  },
  {
    what: "a mount and a volume that came later",
    edits: [
      { op: "add", path: "/spec/containers/1/volumeMounts/0", value: data },
      { op: "add", path: "/spec/volumes/-", value: { name: "data" } },
    ],
    expected: [
      { op: "add", path: "/spec/containers/1/volumeMounts", value: [data] },
      { op: "add", path: "/spec/volumes", value: [{ name: "data" }] },
    ],
  },
  {
    what: "a container taken out whose variables were remembered",
    edits: [{ op: "remove", path: "/spec/containers/0" }],
    expected: [{ op: "remove", path: "/spec/containers/0" }],
  },
  {
    what: "annotations taken out but for the status",
    edits: [{ op: "remove", path: "/metadata/annotations/note" }],
    expected: [{ op: "remove", path: "/metadata/annotations" }],
  },
];

for (const { what, edits, expected } of EDITS) {
  Deno.test(`uninjectPod() keeps ${what}`, () => {
    assert.deepEqual(undoEdited(edits), apply(expected, POD));
  });
}

Deno.test("uninjectPod() leaves a pod that is not injected", () => {
  assert.deepEqual(uninjectPod(POD), {
    outcome: "skipped",
    pod: POD,
    reason: { code: "not-injected" },
  });
});

Deno.test("uninjectPod() leaves the user's own container named mca-proxy", () => {
  const pod = {
    spec: {
      initContainers: [{ name: "mca-proxy" }],
      containers: [{ name: "a" }],
    },
  };
  assert.equal(uninjectPod(pod).pod, pod);
});

/** What the reference implementation makes of a pod, as its source says. */
function referencePod(volumes: JsonObject[]): JsonObject {
  return {
    spec: {
      initContainers: [
        { name: "mca-proxy", image: "mca", args: ["--proxy"] },
        { name: "init" },
      ],
      containers: [{
        name: "app",
        env: [
          { name: "KUBERNETES_SERVICE_HOST", value: "127.0.0.1" },
          { name: "KUBERNETES_SERVICE_PORT", value: "6443" },
        ],
        volumeMounts: [{
          name: "kube-api-access-mca-sa",
          mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
          readOnly: true,
        }],
      }],
      volumes: [...volumes, { name: "kube-api-access-mca-sa", emptyDir: {} }],
    },
  };
}

Deno.test("uninjectPod() undoes what the reference implementation made", () => {
  assert.deepEqual(uninjectPod(referencePod([])).pod, {
    spec: { initContainers: [{ name: "init" }], containers: [{ name: "app" }] },
  });
});

const TOKEN = {
  projected: { sources: [{ serviceAccountToken: { path: "token" } }] },
};

Deno.test("uninjectPod() mounts again the one token volume the reference implementation left", () => {
  const { pod } = uninjectPod(referencePod([{ name: "mine", ...TOKEN }]));
  assert.deepEqual(pod, {
    spec: {
      initContainers: [{ name: "init" }],
      containers: [{
        name: "app",
        volumeMounts: [{
          name: "mine",
          mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
          readOnly: true,
        }],
      }],
      volumes: [{ name: "mine", ...TOKEN }],
    },
  });
});

Deno.test("uninjectPod() mounts nothing where two token volumes are left", () => {
  const volumes = [{ name: "a", ...TOKEN }, { name: "b", ...TOKEN }];
  const { pod } = uninjectPod(referencePod(volumes));
  assert.deepEqual(pod, {
    spec: {
      initContainers: [{ name: "init" }],
      containers: [{ name: "app" }],
      volumes,
    },
  });
});
