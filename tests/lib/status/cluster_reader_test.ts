import assert from "node:assert/strict";
import { McaError } from "../../../lib/errors.ts";
import { ApiError } from "../../../lib/kube/api_client.ts";
import { seeObject } from "../../../lib/status/cluster_reader.ts";

const REFERENCE = { collection: "/api/v1/namespaces/a/secrets", name: "b" };

Deno.test("seeObject() tells what is there, what is not, and what may not be read", async () => {
  const seen = (answer: { a: number } | number | undefined) =>
    seeObject({
      read: () =>
        typeof answer === "number"
          ? Promise.reject(new ApiError("No", answer))
          : Promise.resolve({ object: answer, resourceVersion: "1" }),
    }, REFERENCE);
  assert.deepEqual(await seen({ a: 1 }), { kind: "present", value: { a: 1 } });
  assert.deepEqual(await seen(undefined), { kind: "absent" });
  assert.deepEqual(await seen(404), { kind: "absent" });
  assert.deepEqual(await seen(403), { kind: "unreadable", why: "No" });
  await assert.rejects(
    seen(500),
    (error) => error instanceof McaError && error.code === "upstream",
  );
});
