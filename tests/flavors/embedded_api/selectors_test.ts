import assert from "node:assert/strict";
import { RESOURCE_TYPES } from "../../../flavors/embedded_api/resource_types.ts";
import {
  fieldPredicate,
  labelPredicate,
} from "../../../flavors/embedded_api/selectors.ts";
import type { JsonObject } from "../../../lib/kube/json.ts";

function labeled(labels: JsonObject): JsonObject {
  return { metadata: { labels } };
}

Deno.test("labelPredicate() knows every operator", () => {
  const rows: readonly (readonly [string, JsonObject, boolean])[] = [
    ["", {}, true],
    ["a=1", { a: "1" }, true],
    ["a==1", { a: "2" }, false],
    ["a=1", {}, false],
    ["a=", { a: "" }, true],
    ["a!=1", { a: "2" }, true],
    ["a!=1", {}, true],
    ["a!=1", { a: "1" }, false],
    ["a in (1,2)", { a: "2" }, true],
    ["a in (1,2)", {}, false],
    ["a notin (1,2)", {}, true],
    ["a notin (1,2)", { a: "1" }, false],
    ["a", { a: "" }, true],
    ["a", {}, false],
    ["!a", {}, true],
    ["!a", { a: "1" }, false],
    ["a>5", { a: "10" }, true],
    ["a>5", { a: "5" }, false],
    ["a>5", {}, false],
    ["a<5", { a: "4" }, true],
    ["a<5", { a: "x" }, false],
    ["a=1,b=2", { a: "1", b: "2" }, true],
    ["a=1,b=2", { a: "1" }, false],
    ["x.y/z=1", { "x.y/z": "1" }, true],
  ];
  for (const [selector, labels, expected] of rows) {
    assert.equal(
      labelPredicate(selector)(labeled(labels)),
      expected,
      `${selector} on ${JSON.stringify(labels)}`,
    );
  }
});

Deno.test("labelPredicate() does not take inherited properties for labels", () => {
  assert.equal(labelPredicate("constructor")(labeled({})), false);
});

Deno.test("fieldPredicate() compares the fields that a resource offers", () => {
  const pods = RESOURCE_TYPES.find(({ plural }) => plural === "pods");
  const events = RESOURCE_TYPES.find(({ plural }) => plural === "events");
  assert.ok(pods !== undefined && events !== undefined);
  const pod = {
    metadata: { name: "a", namespace: "n" },
    spec: {},
    status: { phase: "Running" },
  };
  const rows = [
    ["metadata.name=a", true],
    ["metadata.name!=a", false],
    ["metadata.namespace=n,status.phase=Running", true],
    ["spec.nodeName=", true],
    ["spec.nodeName!=", false],
  ] as const;
  for (const [selector, expected] of rows) {
    assert.equal(fieldPredicate(pods, selector)(pod), expected, selector);
  }
  assert.equal(
    fieldPredicate(events, "source=kubelet")({
      source: { component: "kubelet" },
    }),
    true,
  );
  assert.throws(() => fieldPredicate(pods, "spec.other=1"), { code: 400 });
  assert.throws(() => fieldPredicate(pods, "nonsense"), { code: 400 });
});
