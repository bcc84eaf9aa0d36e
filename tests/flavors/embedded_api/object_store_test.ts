import assert from "node:assert/strict";
import {
  type Change,
  HistoryGoneError,
  ObjectStore,
} from "../../../flavors/embedded_api/object_store.ts";
import { RESOURCE_TYPES } from "../../../flavors/embedded_api/resource_types.ts";

function typeOf(plural: string) {
  const type = RESOURCE_TYPES.find((type) => type.plural === plural);
  assert.ok(type !== undefined);
  return type;
}

const pods = typeOf("pods");
const secrets = typeOf("secrets");

function object(name: string, value = 0) {
  return { metadata: { name }, value };
}

function keys(stored: readonly { readonly key: string }[]): string[] {
  return stored.map(({ key }) => key);
}

Deno.test("ObjectStore.put() stamps each write with a revision of its own", () => {
  const store = new ObjectStore({ historyLength: 10 });
  const first = store.put(pods, "a", "x", object("x"));
  const second = store.put(secrets, "a", "x", object("x"));
  assert.deepEqual(
    [first, second].map(({ metadata }) => metadata),
    [
      { name: "x", resourceVersion: "2" },
      { name: "x", resourceVersion: "3" },
    ],
  );
  assert.equal(store.revision, 3);
});

Deno.test("ObjectStore.put() keeps a copy that nobody can change", () => {
  const store = new ObjectStore({ historyLength: 10 });
  const given = object("x");
  const kept = store.put(pods, "a", "x", given);
  given.value = 1;
  assert.equal(store.get(pods, "a", "x")?.["value"], 0);
  assert.ok(Object.isFrozen(kept) && Object.isFrozen(kept["metadata"]));
});

Deno.test("ObjectStore.list() sorts by namespace and name, for one resource", () => {
  const store = new ObjectStore({ historyLength: 10 });
  for (
    const [namespace, name] of [["b", "a"], ["a", "c"], ["a", "b"]] as const
  ) {
    store.put(pods, namespace, name, object(name));
  }
  store.put(secrets, "a", "a", object("a"));
  assert.deepEqual(keys(store.list(pods, undefined)), ["a/b", "a/c", "b/a"]);
  assert.deepEqual(keys(store.list(pods, "b")), ["b/a"]);
  assert.deepEqual(keys(store.list(secrets, "b")), []);
});

Deno.test("ObjectStore.listAt() gives the objects of an earlier moment", () => {
  const store = new ObjectStore({ historyLength: 10 });
  store.put(pods, "a", "kept", object("kept", 1));
  store.put(pods, "a", "removed", object("removed"));
  const moment = store.revision;
  store.put(pods, "a", "added", object("added"));
  store.put(pods, "a", "kept", object("kept", 2));
  store.put(pods, "a", "kept", object("kept", 3));
  store.remove(pods, "a", "removed");
  const then = store.listAt(pods, "a", moment);
  assert.deepEqual(keys(then), ["a/kept", "a/removed"]);
  assert.equal(then[0]?.object["value"], 1);
  assert.deepEqual(keys(store.list(pods, "a")), ["a/added", "a/kept"]);
});

Deno.test("ObjectStore.changesAfter() tells the writes after a revision, with what was before", () => {
  const store = new ObjectStore({ historyLength: 10 });
  store.put(pods, "a", "x", object("x", 1));
  const start = store.revision;
  store.put(pods, "a", "x", object("x", 2));
  store.remove(pods, "a", "x");
  assert.equal(store.remove(pods, "a", "x"), undefined);
  const changes = store.changesAfter(start);
  assert.deepEqual(
    changes.map(({ type, revision, previous }) => [
      type,
      revision,
      previous?.["value"],
    ]),
    [["MODIFIED", 3, 1], ["DELETED", 4, 2]],
  );
  assert.deepEqual(store.changesAfter(store.revision), []);
});

Deno.test("ObjectStore.changesAfter() reaches back as far as the history, no further", () => {
  const historyLength = 3;
  const store = new ObjectStore({ historyLength });
  for (let index = 0; index < 20; index++) {
    store.put(pods, "a", "x", object("x", index));
    const oldest = store.revision - historyLength;
    if (oldest >= 1) {
      assert.equal(store.changesAfter(oldest).length, historyLength);
    }
  }
  assert.throws(() => store.changesAfter(1), HistoryGoneError);
  assert.throws(() => store.listAt(pods, "a", 1), HistoryGoneError);
});

Deno.test("ObjectStore.subscribe() calls on each write until it is ended", () => {
  const store = new ObjectStore({ historyLength: 10 });
  const seen: Change["type"][] = [];
  const end = store.subscribe(({ type }) => seen.push(type));
  store.put(pods, "a", "x", object("x"));
  store.put(pods, "a", "x", object("x"));
  store.remove(pods, "a", "x");
  end();
  store.put(pods, "a", "x", object("x"));
  assert.deepEqual(seen, ["ADDED", "MODIFIED", "DELETED"]);
});
