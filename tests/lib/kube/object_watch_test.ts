import assert from "node:assert/strict";
import { McaError } from "../../../lib/errors.ts";
import {
  type ApiClient,
  ApiError,
  type WatchEvent,
} from "../../../lib/kube/api_client.ts";
import type { JsonObject } from "../../../lib/kube/json.ts";
import { ObjectWatch } from "../../../lib/kube/object_watch.ts";

function version(resourceVersion: string): JsonObject {
  return { metadata: { resourceVersion } };
}

/** What one watch does: tells these, then ends, fails, or waits to be stopped. */
type Script = {
  readonly events: readonly WatchEvent[];
  readonly end: "end" | "wait" | McaError;
};

/** Runs a watch over scripts until it waits; tells what was told. */
async function run(
  reads: readonly (JsonObject | undefined | Error)[],
  scripts: readonly Script[],
  act: (watch: ObjectWatch) => void | Promise<void> = () => {},
) {
  const told: (string | undefined)[] = [];
  const faults: (string | undefined)[] = [];
  const from: string[] = [];
  const pauses: number[] = [];
  const waiting = Promise.withResolvers<void>();
  const leftReads = [...reads];
  const leftScripts = [...scripts];
  const client: Pick<ApiClient, "read" | "watch"> = {
    read: () => {
      const next = leftReads.shift();
      if (next instanceof Error) return Promise.reject(next);
      return Promise.resolve({ object: next, resourceVersion: "100" });
    },
    async *watch(_reference, resourceVersion, signal) {
      from.push(resourceVersion);
      const script = leftScripts.shift();
      for (const event of script?.events ?? []) yield event;
      if (script?.end === "end") return;
      if (script?.end instanceof McaError) throw script.end;
      waiting.resolve();
      await new Promise<void>((resolve) =>
        signal.addEventListener("abort", () => resolve())
      );
      signal.throwIfAborted();
    },
  };
  const watch = new ObjectWatch({
    client,
    reference: { collection: "/api/v1/things", name: "a" },
    clock: {
      after: (delay, action) => {
        pauses.push(delay);
        queueMicrotask(action);
        return () => {};
      },
    },
    onObject: (object) => {
      const metadata = object?.["metadata"];
      told.push(
        object === undefined
          ? undefined
          : JSON.stringify(metadata).replace(/\D/g, ""),
      );
    },
    onFault: (error) => faults.push(error?.message),
  });
  await waiting.promise;
  await act(watch);
  await watch.stop();
  return { told, faults, from, pauses };
}

Deno.test("ObjectWatch tells what is read, then what changes", async () => {
  const { told, from } = await run([version("5")], [{
    events: [
      { type: "MODIFIED", object: version("101") },
      { type: "BOOKMARK", object: version("102") },
      { type: "DELETED", object: version("103") },
      { type: "ADDED", object: version("104") },
    ],
    end: "wait",
  }]);
  assert.deepEqual(told, ["5", "101", undefined, "104"]);
  assert.deepEqual(from, ["100"]);
});

Deno.test("ObjectWatch goes on where a watch ended", async () => {
  const { told, from } = await run([undefined], [
    { events: [{ type: "ADDED", object: version("101") }], end: "end" },
    { events: [{ type: "BOOKMARK", object: version("120") }], end: "end" },
    { events: [], end: "wait" },
  ]);
  assert.deepEqual(told, [undefined, "101"]);
  assert.deepEqual(from, ["100", "101", "120"]);
});

Deno.test("ObjectWatch reads anew after 410, and tells no fault", async () => {
  const gone = new ApiError("Too old", 410);
  const { told, faults } = await run([version("5"), version("6")], [
    { events: [], end: gone },
    { events: [], end: "wait" },
  ]);
  assert.deepEqual(told, ["5", "6"]);
  assert.deepEqual(faults, []);
});

Deno.test("ObjectWatch tells the first of several faults, and when they are over, and waits longer each time", async () => {
  const fault = new McaError("upstream", "Unreachable");
  const { told, faults, pauses } = await run(
    [fault, fault, fault, version("5")],
    [{ events: [], end: "wait" }],
  );
  assert.deepEqual(told, ["5"]);
  assert.deepEqual(faults, ["Unreachable", undefined]);
  assert.deepEqual(pauses, [200, 400, 800]);
});

Deno.test("ObjectWatch.offer() tells nothing that is older than what was told", async () => {
  const { told } = await run(
    [version("5")],
    [{ events: [{ type: "MODIFIED", object: version("101") }], end: "wait" }],
    (watch) => {
      watch.offer(version("99"));
      watch.offer(version("101"));
      watch.offer(version("1000"));
      watch.offer(version("999"));
    },
  );
  assert.deepEqual(told, ["5", "101", "1000"]);
});

Deno.test("ObjectWatch believes what it reads after a fault, whatever its version", async () => {
  // As after the API server's data was restored from a backup.
  const { told } = await run([version("500"), version("3")], [
    { events: [], end: new McaError("upstream", "Gone away") },
    { events: [{ type: "MODIFIED", object: version("4") }], end: "wait" },
  ]);
  assert.deepEqual(told, ["500", "3", "4"]);
});

Deno.test("ObjectWatch.refresh() reads past the watch", async () => {
  const { told } = await run(
    [version("5"), version("50")],
    [{ events: [], end: "wait" }],
    (watch) => watch.refresh(),
  );
  assert.deepEqual(told, ["5", "50"]);
});

Deno.test("ObjectWatch goes on after a fault that nobody thought of", async () => {
  const { told, faults } = await run(
    [new TypeError("secret stuff"), version("5")],
    [{ events: [], end: "wait" }],
  );
  assert.deepEqual(told, ["5"]);
  assert.deepEqual(faults, ["Unexpected TypeError while watching", undefined]);
});
