import assert from "node:assert/strict";
import { McaError } from "../../../lib/errors.ts";
import {
  findObjects,
  formatField,
  WORKLOADS,
} from "../../../lib/inject/workloads.ts";
import type { JsonObject, JsonValue } from "../../../lib/kube/json.ts";

const TEMPLATE = { spec: { containers: [{ name: "app" }] } };

for (const { groups, kind, template } of WORKLOADS) {
  for (const group of groups) {
    const apiVersion = group === "" ? "v1" : `${group}/v1`;
    Deno.test(`findObjects() finds the template of a ${kind} of ${apiVersion}`, () => {
      const body = template.reduceRight<JsonObject>(
        (inner, key) => ({ [key]: inner }),
        TEMPLATE,
      );
      const [object, ...rest] = findObjects({ apiVersion, kind, ...body });
      assert.deepEqual(rest, []);
      assert.deepEqual(object?.pod?.path, template);
      assert.deepEqual(object?.pod?.object["spec"], TEMPLATE.spec);
    });
  }
}

const WITHOUT_PODS: readonly (readonly [string, string, boolean])[] = [
  ["v1", "Deployment", true],
  ["apps/v1", "Pod", true],
  ["example.com/v1", "Deployment", true],
  ["argoproj.io/v1alpha1", "Rollout", true],
  ["serving.knative.dev/v1", "Service", true],
  ["v1", "Service", false],
];

for (const [apiVersion, kind, withTemplate] of WITHOUT_PODS) {
  Deno.test(`findObjects() gives no pod for a ${kind} of ${apiVersion}`, () => {
    const spec = withTemplate ? { template: TEMPLATE } : {};
    const [object] = findObjects({ apiVersion, kind, spec });
    assert.equal(object?.pod, undefined);
    assert.equal(object?.resemblesWorkload, withTemplate);
  });
}

Deno.test("findObjects() enters lists, typed ones by their own kind", () => {
  const item = {
    metadata: { name: "a", namespace: "n" },
    spec: { template: TEMPLATE },
  };
  const objects = findObjects({
    apiVersion: "apps/v1",
    kind: "StatefulSetList",
    items: [item, { apiVersion: "v1", kind: "Secret" }],
  });
  assert.deepEqual(
    objects.map(({ kind, name, namespace, path, pod }) => ({
      kind,
      name,
      namespace,
      path,
      pod: pod?.path,
    })),
    [
      {
        kind: "StatefulSet",
        name: "a",
        namespace: "n",
        path: ["items", 0],
        pod: ["items", 0, "spec", "template"],
      },
      {
        kind: "Secret",
        name: undefined,
        namespace: undefined,
        path: ["items", 1],
        pod: undefined,
      },
    ],
  );
});

Deno.test("findObjects() takes a kind that ends in List but has no items as an object", () => {
  const [object] = findObjects({
    apiVersion: "example.com/v1",
    kind: "AllowList",
  });
  assert.equal(object?.kind, "AllowList");
});

const FAULTS: readonly (readonly [JsonValue, string | undefined])[] = [
  [null, undefined],
  ["text", undefined],
  [[], undefined],
  [{ kind: "Pod" }, undefined],
  [{ apiVersion: "v1" }, undefined],
  [{ apiVersion: 1, kind: "Pod" }, "apiVersion"],
  [{ apiVersion: "v1", kind: ["Pod"] }, "kind"],
  [{ apiVersion: "v1", kind: "List", items: {} }, "items"],
  [{ apiVersion: "v1", kind: "List", items: ["x"] }, "items[0]"],
  [{ apiVersion: "v1", kind: "List", items: [{}] }, "items[0]"],
  [{ apiVersion: "apps/v1", kind: "Deployment" }, "spec"],
  [
    { apiVersion: "apps/v1", kind: "Deployment", spec: { template: 1 } },
    "spec.template",
  ],
  [
    { apiVersion: "batch/v1", kind: "CronJob", spec: { jobTemplate: [] } },
    "spec.jobTemplate",
  ],
];

for (const [document, field] of FAULTS) {
  Deno.test(`findObjects() refuses ${JSON.stringify(document)}`, () => {
    assert.throws(() => findObjects(document), (error) => {
      assert.ok(error instanceof McaError);
      assert.deepEqual([error.code, error.place.field], ["manifest", field]);
      return error.hint !== undefined;
    });
  });
}

Deno.test("formatField() writes paths as Kubernetes does", () => {
  assert.equal(
    formatField(["items", 2, "metadata", "labels", "a.b/c"]),
    'items[2].metadata.labels["a.b/c"]',
  );
  assert.equal(formatField([]), "");
});
