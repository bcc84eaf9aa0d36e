/**
 * What the API server asks about a pod of a given size.
 *
 * @module
 */

import { INJECT_LABEL } from "../../lib/inject/contract.ts";
import type { JsonObject } from "../../lib/kube/json.ts";
import { addAutomaticToken } from "../../tests/lib/webhook/automatic_token.ts";

const MANAGER = {
  manager: "kube-controller-manager",
  operation: "Update",
  apiVersion: "v1",
  time: "2026-01-01T00:00:00Z",
  fieldsType: "FieldsV1",
};

/** Environment variables for each container, one after the other, until the pod is that long. */
const VARIABLE = { name: "EXAMPLE_SETTING_0000", value: "x".repeat(64) };

/**
 * A review of a ReplicaSet's pod with so many containers, whose JSON is as long
 * as wanted or a few octets less.
 *
 * @param length Of the pod alone, in octets.
 */
export function podReview(length: number, containers: number): string {
  const pod = addAutomaticToken(podOf(variables(length, containers)));
  return JSON.stringify({
    kind: "AdmissionReview",
    apiVersion: "admission.k8s.io/v1",
    request: {
      uid: "705ab4f5-6393-11e8-b7cc-42010a800002",
      kind: { group: "", version: "v1", kind: "Pod" },
      resource: { group: "", version: "v1", resource: "pods" },
      requestKind: { group: "", version: "v1", kind: "Pod" },
      requestResource: { group: "", version: "v1", resource: "pods" },
      namespace: "apps",
      operation: "CREATE",
      userInfo: {
        username: "system:serviceaccount:kube-system:replicaset-controller",
        uid: "5b1d1f9e-0a4e-4d3e-9b0a-8f6f3c1f2a10",
        groups: [
          "system:serviceaccounts",
          "system:serviceaccounts:kube-system",
          "system:authenticated",
        ],
      },
      object: pod,
      oldObject: null,
      dryRun: false,
      options: { kind: "CreateOptions", apiVersion: "meta.k8s.io/v1" },
    },
  });
}

/** How many variables each container has. */
function variables(length: number, containers: number): readonly number[] {
  const none = Array<number>(containers).fill(0);
  const size = (counts: readonly number[]) =>
    JSON.stringify(addAutomaticToken(podOf(counts))).length;
  const first = size(none.with(0, 1)) - size(none);
  const each = size(none.with(0, 2)) - size(none.with(0, 1));
  const total = Math.floor(
    (length - size(none) - containers * (first - each)) / each,
  );
  return none.map((_, at) =>
    Math.floor(total / containers) + (at < total % containers ? 1 : 0)
  );
}

function podOf(counts: readonly number[]): JsonObject {
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: {
      generateName: "shop-6d4cf56db6-",
      creationTimestamp: null,
      labels: {
        app: "shop",
        "pod-template-hash": "6d4cf56db6",
        [INJECT_LABEL]: "true",
      },
      ownerReferences: [{
        apiVersion: "apps/v1",
        kind: "ReplicaSet",
        name: "shop-6d4cf56db6",
        uid: "1a6f1c0e-6f83-4f0c-9a52-0f5d2c3b7e44",
        controller: true,
        blockOwnerDeletion: true,
      }],
      managedFields: [{
        ...MANAGER,
        fieldsV1: { "f:spec": { "f:restartPolicy": {}, "f:dnsPolicy": {} } },
      }],
    },
    spec: {
      containers: counts.map((count, at) => ({
        name: `app-${at}`,
        image: "registry.example/team/app:1.27.3",
        ports: [{ name: "http", containerPort: 8080 + at, protocol: "TCP" }],
        env: Array.from({ length: count }, (_, number) => ({
          ...VARIABLE,
          name: `EXAMPLE_SETTING_${String(number).padStart(4, "0")}`,
        })),
        resources: { requests: { cpu: "100m", memory: "128Mi" } },
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
        imagePullPolicy: "IfNotPresent",
      })),
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      dnsPolicy: "ClusterFirst",
      serviceAccountName: "default",
      serviceAccount: "default",
      securityContext: {},
      schedulerName: "default-scheduler",
      tolerations: ["not-ready", "unreachable"].map((taint) => ({
        key: `node.kubernetes.io/${taint}`,
        operator: "Exists",
        effect: "NoExecute",
        tolerationSeconds: 300,
      })),
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: "PreemptLowerPriority",
    },
    status: {},
  };
}
