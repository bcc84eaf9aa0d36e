import assert from "node:assert/strict";
import type { ApiContext } from "../../../flavors/embedded_api/api_context.ts";
import { textAt, valueAt } from "../../../lib/kube/object_fields.ts";
import { ObjectStore } from "../../../flavors/embedded_api/object_store.ts";
import { findResourceType } from "../../../flavors/embedded_api/resource_types.ts";
import { TokenRegistry } from "../../../flavors/embedded_api/tokens.ts";
import {
  prepareWatch,
  type WatchOptions,
} from "../../../flavors/embedded_api/watch_objects.ts";

const found = findResourceType("", "v1", "pods");
assert.ok(found !== undefined);
const type = found;

/** A watch on a store, with what it sent, and a clock that the test turns. */
class WatchBench {
  readonly store = new ObjectStore({ historyLength: 100 });
  readonly sent: string[] = [];
  readonly timers = new Map<() => void, number>();
  listeners = 0;
  isEnded = false;

  start(
    options: Partial<WatchOptions> = {},
    target: { readonly namespace: string } = { namespace: "" },
  ): () => void {
    const { store } = this;
    const subscribe = store.subscribe.bind(store);
    store.subscribe = (listener) => {
      this.listeners++;
      const end = subscribe(listener);
      return () => {
        this.listeners--;
        end();
      };
    };
    const clock: ApiContext["clock"] = {
      now: () => 0,
      after: (delay, action) => {
        this.timers.set(action, delay);
        return () => {
          this.timers.delete(action);
        };
      },
    };
    const context: ApiContext = {
      store,
      clock,
      crypto,
      serviceAccountAccess: "all",
      tokens: new TokenRegistry({ crypto, clock }),
    };
    const start = prepareWatch(
      context,
      { type, name: "", subresource: "", ...target },
      {
        labelSelector: "",
        fieldSelector: "",
        resourceVersion: "",
        resourceVersionMatch: "",
        sendInitialEvents: undefined,
        allowBookmarks: false,
        timeoutSeconds: 0,
        ...options,
      },
    );
    return start({
      send: ({ type, object }) => {
        const version = textAt(object, "metadata", "resourceVersion");
        const isInitial = valueAt(object, "metadata", "annotations") !==
          undefined;
        this.sent.push(
          `${type} ${textAt(object, "metadata", "name")}@${version}${
            isInitial ? " initial" : ""
          }`,
        );
      },
      end: () => {
        this.isEnded = true;
      },
    });
  }

  put(name: string, namespace = "a"): void {
    this.store.put(type, namespace, name, { metadata: { name } });
  }

  /** Lets the timers of that many milliseconds go off. */
  turn(delay: number): void {
    for (const [action, due] of [...this.timers]) {
      if (due !== delay) continue;
      this.timers.delete(action);
      action();
    }
  }
}

Deno.test("prepareWatch() begins with the present state where no revision is named", () => {
  const bench = new WatchBench();
  bench.put("x");
  bench.put("y");
  bench.start();
  bench.put("x");
  assert.deepEqual(bench.sent, ["ADDED x@2", "ADDED y@3", "MODIFIED x@4"]);
});

Deno.test("prepareWatch() goes on after the revision that is named, without a gap", () => {
  const bench = new WatchBench();
  bench.put("x");
  const resourceVersion = String(bench.store.revision);
  bench.put("y");
  bench.start({ resourceVersion });
  bench.put("z");
  assert.deepEqual(bench.sent, ["ADDED y@3", "ADDED z@4"]);
});

Deno.test("prepareWatch() waits for a revision that is yet to come", () => {
  const bench = new WatchBench();
  bench.start({ resourceVersion: "3" });
  bench.put("x");
  bench.put("y");
  bench.put("z");
  assert.deepEqual(bench.sent, ["ADDED z@4"]);
});

Deno.test("prepareWatch() sees its namespace and its resource alone", () => {
  const bench = new WatchBench();
  bench.start({}, { namespace: "a" });
  bench.put("x", "a");
  bench.put("x", "b");
  const secrets = findResourceType("", "v1", "secrets");
  assert.ok(secrets !== undefined);
  bench.store.put(secrets, "a", "s", { metadata: { name: "s" } });
  assert.deepEqual(bench.sent, ["ADDED x@2"]);
});

Deno.test("prepareWatch() sends the initial state's end only with bookmarks", () => {
  const initial = {
    sendInitialEvents: true,
    resourceVersionMatch: "NotOlderThan",
  };
  const bench = new WatchBench();
  bench.put("x");
  bench.start({ ...initial, allowBookmarks: true });
  assert.deepEqual(bench.sent, ["ADDED x@2", "BOOKMARK @2 initial"]);
  const silent = new WatchBench();
  silent.put("x");
  silent.start(initial);
  assert.deepEqual(silent.sent, ["ADDED x@2"]);
});

Deno.test("prepareWatch() sends a bookmark after a minute without events", () => {
  const bench = new WatchBench();
  bench.start({ allowBookmarks: true, resourceVersion: "1" });
  bench.turn(60_000);
  bench.put("x");
  bench.turn(60_000);
  assert.deepEqual(bench.sent, ["BOOKMARK @1", "ADDED x@2", "BOOKMARK @2"]);
  assert.equal(bench.timers.size, 1);
});

Deno.test("prepareWatch() leaves nothing behind when it is ended or its time is over", () => {
  const options = { allowBookmarks: true, timeoutSeconds: 5 };
  const stopped = new WatchBench();
  const stop = stopped.start(options);
  assert.deepEqual([stopped.listeners, stopped.timers.size], [1, 2]);
  stop();
  stopped.put("x");
  assert.deepEqual([stopped.listeners, stopped.timers.size], [0, 0]);
  assert.deepEqual([stopped.sent, stopped.isEnded], [[], false]);

  const timedOut = new WatchBench();
  timedOut.start(options);
  timedOut.turn(5000);
  assert.deepEqual([timedOut.listeners, timedOut.timers.size], [0, 0]);
  assert.deepEqual([timedOut.sent, timedOut.isEnded], [["BOOKMARK @1"], true]);
});
