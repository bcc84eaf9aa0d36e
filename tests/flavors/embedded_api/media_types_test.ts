import assert from "node:assert/strict";
import {
  type AnswerForm,
  negotiate,
  parseMediaRanges,
} from "../../../flavors/embedded_api/media_types.ts";

const ALL: readonly AnswerForm[] = ["object", "table", "metadata"];
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

Deno.test("negotiate() takes the first form that it can give", () => {
  const rows = [
    ["", "object"],
    ["*/*", "object"],
    ["application/json", "object"],
    ["application/vnd.kubernetes.protobuf,application/json", "object"],
    [`${TABLE},application/json`, "table"],
    [`application/json, ${TABLE}`, "object"],
    ["application/json;as=Table;v=v9;g=meta.k8s.io", undefined],
    ["application/json;as=Table;v=v9;g=meta.k8s.io, */*", "object"],
    ["text/html", undefined],
    ["Application/JSON; AS=Table; v=v1; g=meta.k8s.io", "table"],
  ] as const;
  for (const [accept, expected] of rows) {
    assert.equal(negotiate(accept, ALL), expected, accept);
  }
  assert.equal(negotiate(`${TABLE},application/json`, ["object"]), "object");
});

Deno.test("parseMediaRanges() reads types and parameters", () => {
  const [first, second] = parseMediaRanges("a/b; c=d ;e , f/g;h=i=j");
  assert.equal(first?.type, "a/b");
  assert.deepEqual([...first?.parameters ?? []], [["c", "d"], ["e", ""]]);
  assert.deepEqual([...second?.parameters ?? []], [["h", "i=j"]]);
});
