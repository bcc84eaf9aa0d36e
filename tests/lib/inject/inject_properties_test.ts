import assert from "node:assert/strict";
import fc from "fast-check";
import { McaError } from "../../../lib/errors.ts";
import { injectPod } from "../../../lib/inject/inject_pod.ts";
import {
  DEFAULT_SETTINGS,
  type InjectSettings,
} from "../../../lib/inject/settings.ts";
import { uninjectPod } from "../../../lib/inject/uninject_pod.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../../lib/kube/json.ts";
import { apply, diff } from "../../../lib/kube/json_patch.ts";
import { formatPointer } from "../../../lib/kube/json_pointer.ts";
import { arbitraryPod } from "./arbitrary_pod.ts";

const settings: fc.Arbitrary<InjectSettings> = fc.record({
  proxyPort: fc.constantFrom(6443, 7443),
  proxyUid: fc.constantFrom(999, 1000, "none" as const),
  proxyLogLevel: fc.constantFrom("info" as const, "debug" as const),
  proxyMemoryLimit: fc.constantFrom("128Mi", "1Gi", "none"),
  proxyEnv: fc.constantFrom({}, { HTTPS_PROXY: "http://proxy:3128" }),
}).map((some) => ({ ...DEFAULT_SETTINGS, ...some }));

const runs = { numRuns: 1000 };

Deno.test("injectPod() changes nothing in a pod it has injected", () => {
  fc.assert(
    fc.property(arbitraryPod, settings, (pod, given) => {
      const first = injectPod(pod, given);
      assert.equal(first.outcome, "injected");
      const second = injectPod(first.pod, given);
      assert.equal(second.outcome, "unchanged");
      assert.equal(second.pod, first.pod);
    }),
    runs,
  );
});

Deno.test("injectPod() gives with new settings what it gives for the original", () => {
  fc.assert(
    fc.property(arbitraryPod, settings, settings, (pod, before, after) => {
      const updated = injectPod(injectPod(pod, before).pod, after);
      assert.deepEqual(updated.pod, injectPod(pod, after).pod);
    }),
    runs,
  );
});

Deno.test("uninjectPod() gives the original again", () => {
  fc.assert(
    fc.property(arbitraryPod, settings, (pod, given) => {
      const undone = uninjectPod(injectPod(pod, given).pod);
      assert.equal(undone.outcome, "uninjected");
      assert.deepEqual(undone.pod, pod);
    }),
    runs,
  );
});

Deno.test("injectPod() leaves its input as it was", () => {
  fc.assert(
    fc.property(arbitraryPod, settings, (pod, given) => {
      const copy = structuredClone(pod);
      uninjectPod(injectPod(pod, given).pod);
      assert.deepEqual(pod, copy);
    }),
    runs,
  );
});

Deno.test("diff() of pod and injected pod makes the one of the other", () => {
  fc.assert(
    fc.property(arbitraryPod, settings, (pod, given) => {
      const injected = injectPod(pod, given).pod;
      assert.deepEqual(apply(diff(pod, injected), pod), injected);
      assert.deepEqual(apply(diff(injected, pod), injected), pod);
    }),
    runs,
  );
});

const LIST = "(?:initContainers|containers|ephemeralContainers)";
const ALLOWED: readonly RegExp[] = [
  /^\/metadata(?:\/annotations)?$/,
  /^\/metadata\/annotations\/mca\.k8s\.io~1status$/,
  new RegExp(`^/spec/(?:initContainers|volumes)(?:/\\d+)?$`),
  new RegExp(`^/spec/${LIST}/\\d+/(?:env|volumeMounts)(?:/\\d+)?$`),
  new RegExp(`^/spec/${LIST}/\\d+/env/\\d+/(?:value|valueFrom)$`),
  new RegExp(`^/spec/${LIST}/\\d+/volumeMounts/\\d+/(?:name|readOnly)$`),
];

/** The places of the user's own container named mca-proxy, the one container that may go or change. */
function basePlaces(pod: JsonValue): RegExp[] {
  const spec = isJsonObject(pod) ? pod["spec"] : undefined;
  return ["initContainers", "containers"].flatMap((list) => {
    const containers = isJsonObject(spec) ? spec[list] : undefined;
    return (Array.isArray(containers) ? containers : []).flatMap((item, at) =>
      isJsonObject(item) && item["name"] === "mca-proxy"
        ? [
          new RegExp(`^/spec/${list}/${at}$`),
          new RegExp("^/spec/initContainers/0(?:/.*)?$"),
        ]
        : []
    );
  });
}

Deno.test("injectPod() changes allowed places only", () => {
  fc.assert(
    fc.property(arbitraryPod, settings, (pod, given) => {
      const allowed = [...ALLOWED, ...basePlaces(pod)];
      for (const { path } of diff(pod, injectPod(pod, given).pod)) {
        assert.ok(allowed.some((place) => place.test(path)), path);
      }
    }),
    runs,
  );
});

/** The pointers to all values within, the root but for itself. */
function pointersOf(value: JsonValue, path: readonly string[] = []): string[] {
  const entries = typeof value === "object" && value !== null
    ? Object.entries(value)
    : [];
  return entries.flatMap(([key, item]) => [
    formatPointer([...path, key]),
    ...pointersOf(item, [...path, key]),
  ]);
}

const garbage = fc.oneof(
  fc.constantFrom<JsonValue>(null, true, 0, -1, "", "x", [], {}, [null], [[]]),
  fc.constantFrom<JsonValue>({ name: "x" }, [{ name: "mca-proxy" }], [{}]),
  fc.jsonValue({ maxDepth: 2 }).map((value): JsonValue =>
    JSON.parse(JSON.stringify(value))
  ),
);

/** The pod with some of its values replaced by garbage. */
function spoil(
  pod: JsonObject,
  faults: readonly (readonly [number, JsonValue])[],
): JsonObject {
  return faults.reduce((spoilt, [at, value]) => {
    const pointers = pointersOf(spoilt);
    const path = pointers[at % pointers.length] ?? "";
    const result = path === ""
      ? spoilt
      : apply([{ op: "replace", path, value }], spoilt);
    return isJsonObject(result) ? result : spoilt;
  }, pod);
}

const faults = fc.array(fc.tuple(fc.nat(), garbage), {
  minLength: 1,
  maxLength: 3,
});

/** Runs what may refuse its input, but only in the way it is said to. */
function mayRefuse(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof McaError, String(error));
    assert.ok(error.hint !== undefined);
  }
}

Deno.test("injectPod() refuses a spoilt pod with an McaError, or does its work", () => {
  fc.assert(
    fc.property(arbitraryPod, settings, faults, (pod, given, wrong) => {
      mayRefuse(() => injectPod(spoil(pod, wrong), given));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("uninjectPod() refuses a spoilt injected pod with an McaError, or does its work", () => {
  fc.assert(
    fc.property(arbitraryPod, settings, faults, (pod, given, wrong) => {
      const injected = injectPod(pod, given).pod;
      mayRefuse(() => uninjectPod(spoil(injected, wrong)));
      mayRefuse(() => injectPod(spoil(injected, wrong), given));
    }),
    { numRuns: 1000 },
  );
});

const original = fc.record({
  at: fc.array(
    fc.constantFrom(
      "containers",
      "initContainers",
      "volumes",
      "metadata",
      "annotations",
      "app-0",
      "env",
      "__proto__",
      "constructor",
    ),
    { maxLength: 4 },
  ),
  index: fc.integer({ min: -1, max: 1e9 }),
  value: garbage,
}, { noNullPrototype: true });

Deno.test("uninjectPod() survives any record in the status annotation", () => {
  fc.assert(
    fc.property(arbitraryPod, fc.array(original), (pod, originals) => {
      const injected = injectPod(pod, DEFAULT_SETTINGS).pod;
      const status = JSON.stringify({ version: 1, settings: "", originals });
      const path = "/metadata/annotations/mca.k8s.io~1status";
      const forged = apply([{ op: "replace", path, value: status }], injected);
      assert.ok(isJsonObject(forged));
      mayRefuse(() => uninjectPod(forged));
      mayRefuse(() => injectPod(forged, DEFAULT_SETTINGS));
      assert.equal(Object.hasOwn(Object.prototype, "env"), false);
    }),
    { numRuns: 1000 },
  );
});
