import assert from "node:assert/strict";
import { McaError } from "../../../lib/errors.ts";
import { formatPointer, parsePointer } from "../../../lib/kube/json_pointer.ts";

const POINTERS: readonly (readonly [string, readonly string[]])[] = [
  ["", []],
  ["/", [""]],
  ["/a/b", ["a", "b"]],
  ["/metadata/annotations/mca.k8s.io~1status", [
    "metadata",
    "annotations",
    "mca.k8s.io/status",
  ]],
  ["/m~0n/~01", ["m~n", "~1"]],
];

for (const [pointer, tokens] of POINTERS) {
  Deno.test(`parsePointer() reads ${pointer || "the empty pointer"}`, () => {
    assert.deepEqual(parsePointer(pointer), tokens);
    assert.equal(formatPointer(tokens), pointer);
  });
}

for (const pointer of ["a", "a/b", "/~", "/~2"]) {
  Deno.test(`parsePointer() refuses ${pointer}`, () => {
    assert.throws(
      () => parsePointer(pointer),
      (error) => error instanceof McaError && error.code === "manifest",
    );
  });
}
