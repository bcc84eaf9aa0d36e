import assert from "node:assert/strict";
import {
  fieldPaths,
  formatPath,
  fromFieldsV1,
  removePath,
  toFieldsV1,
} from "../../../flavors/embedded_api/field_sets.ts";
import {
  type FieldWriter,
  recordUpdate,
} from "../../../flavors/embedded_api/managed_fields.ts";
import {
  listAt,
  objectAt,
  textAt,
  valueAt,
} from "../../../lib/kube/object_fields.ts";
import { findResourceType } from "../../../flavors/embedded_api/resource_types.ts";
import { applyConfiguration } from "../../../flavors/embedded_api/server_side_apply.ts";
import type { JsonObject } from "../../../lib/kube/json.ts";

const found = findResourceType("apps", "v1", "deployments");
assert.ok(found !== undefined);
const type = found;

const POD_SPEC: JsonObject = {
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "x" } },
    containers: [{
      name: "app",
      ports: [{ containerPort: 80 }],
      args: ["a"],
    }],
  },
  metadata: { name: "web", finalizers: ["f"], labels: { "a.b/c": "1" } },
};

Deno.test("fieldPaths() has a path for each leaf, keyed item and member of a set", () => {
  assert.deepEqual(toFieldsV1(fieldPaths(POD_SPEC).keys()), {
    "f:metadata": {
      "f:finalizers": { 'v:"f"': {} },
      "f:labels": { "f:a.b/c": {} },
    },
    "f:spec": {
      "f:containers": {
        'k:{"name":"app"}': {
          ".": {},
          "f:args": {},
          "f:name": {},
          "f:ports": {
            'k:{"containerPort":80,"protocol":"TCP"}': {
              ".": {},
              "f:containerPort": {},
            },
          },
        },
      },
      "f:replicas": {},
      "f:selector": {},
    },
  });
});

Deno.test("fromFieldsV1() reads what toFieldsV1() writes", () => {
  const paths = new Set(fieldPaths(POD_SPEC).keys());
  assert.deepEqual(fromFieldsV1(toFieldsV1(paths)), paths);
});

Deno.test("formatPath() writes paths as Kubernetes' messages do", () => {
  const shown = [...fieldPaths(POD_SPEC).keys()].map(formatPath);
  assert.ok(shown.includes('.spec.containers[name="app"].args'));
  assert.ok(shown.includes('.metadata.finalizers[="f"]'));
});

Deno.test("removePath() removes every path, and what that leaves empty", () => {
  const object = structuredClone(POD_SPEC);
  for (const path of fieldPaths(POD_SPEC).keys()) removePath(object, path);
  // The name is nobody's.
  assert.deepEqual(object, { metadata: { name: "web" } });
});

function writer(manager: string, operation: FieldWriter["operation"]) {
  return { manager, operation, subresource: "", time: "2026-01-01T00:00:00Z" };
}

function configuration(containers: JsonObject[]): JsonObject {
  return { metadata: { name: "web" }, spec: { containers } };
}

function apply(
  live: JsonObject,
  manager: string,
  containers: JsonObject[],
  force = false,
): JsonObject {
  return applyConfiguration(
    type,
    live,
    configuration(containers),
    writer(manager, "Apply"),
    force,
  );
}

function containersOf(object: JsonObject): unknown {
  return valueAt(object, "spec", "containers");
}

/** The entries of managedFields that own an image of a container. */
function imageOwners(object: JsonObject): string[] {
  return listAt(object, "metadata", "managedFields").filter((entry) =>
    [...fromFieldsV1(valueAt(entry, "fieldsV1"))].some((path) =>
      path.endsWith("f:image")
    )
  ).map((entry) => textAt(entry, "manager"));
}

function owners(object: JsonObject): string[] {
  return listAt(object, "metadata", "managedFields").map((entry) =>
    `${textAt(entry, "manager")} ${textAt(entry, "operation")}`
  );
}

Deno.test("applyConfiguration() lets managers share a list", () => {
  const one = apply({}, "one", [{ name: "a", image: "1" }]);
  const both = apply(one, "two", [{ name: "b", image: "2" }]);
  assert.deepEqual(containersOf(both), [
    { name: "a", image: "1" },
    { name: "b", image: "2" },
  ]);
  const without = apply(both, "one", []);
  assert.deepEqual(containersOf(without), [{ name: "b", image: "2" }]);
  assert.deepEqual(owners(without), ["two Apply"]);
});

Deno.test("applyConfiguration() keeps what another manager applied, too", () => {
  const one = apply({}, "one", [{ name: "a", image: "1" }]);
  const both = apply(one, "two", [{ name: "a", image: "1" }]);
  const less = apply(both, "one", []);
  assert.deepEqual(containersOf(less), [{ name: "a", image: "1" }]);
});

Deno.test("applyConfiguration() refuses to change what others own, unless forced", () => {
  const one = apply({}, "one", [{ name: "a", image: "1", tty: true }]);
  const change = [{ name: "a", image: "2", tty: false }];
  assert.throws(() => apply(one, "two", change), {
    name: "ApiError",
    code: 409,
    message:
      'Apply failed with 2 conflicts: conflicts with "one":\n- .spec.containers[name="a"].image\n- .spec.containers[name="a"].tty',
  });
  const forced = apply(one, "two", change, true);
  assert.deepEqual(containersOf(forced), change);
  assert.deepEqual(imageOwners(forced), ["two"]);
  // From now on "one" is refused, and lets go of nothing.
  assert.throws(
    () => apply(forced, "one", [{ name: "a", image: "1" }]),
    { code: 409 },
  );
});

Deno.test("applyConfiguration() sees what was updated as another's", () => {
  const one = apply({}, "one", [{ name: "a", image: "1" }]);
  const changed = structuredClone(one);
  objectAt(changed, "spec")["containers"] = [{ name: "a", image: "2" }];
  const updated = recordUpdate(type, one, changed, writer("editor", "Update"));
  assert.deepEqual(owners(updated), ["one Apply", "editor Update"]);
  assert.deepEqual(imageOwners(updated), ["editor"]);
  assert.throws(() => apply(updated, "one", [{ name: "a", image: "1" }]), {
    message:
      'Apply failed with 1 conflict: conflict with "editor" using apps/v1: .spec.containers[name="a"].image',
  });
});

Deno.test("applyConfiguration() keeps each item once, whatever the order", () => {
  const permutations = [
    ["a", "b", "c"],
    ["c", "b", "a"],
    ["b", "d"],
    ["d", "a"],
    ["e", "c", "d", "a"],
    [],
  ];
  const item = (name: string) => ({ name, image: name });
  for (const live of permutations) {
    for (const applied of permutations) {
      const merged = apply(
        { spec: { containers: live.map(item) } },
        "one",
        applied.map(item),
      );
      const names = listAt(merged, "spec", "containers").map((container) =>
        textAt(container, "name")
      );
      const expected = [...new Set([...live, ...applied])].sort();
      assert.deepEqual(names.toSorted(), expected, `${live} + ${applied}`);
      assert.deepEqual(
        names.filter((name) => applied.includes(name)),
        applied,
      );
    }
  }
});
