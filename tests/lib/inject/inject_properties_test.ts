import assert from "node:assert/strict";
import fc from "fast-check";
import { injectPod } from "../../../lib/inject/inject_pod.ts";
import {
  DEFAULT_SETTINGS,
  type InjectSettings,
} from "../../../lib/inject/settings.ts";
import { uninjectPod } from "../../../lib/inject/uninject_pod.ts";
import { isJsonObject, type JsonValue } from "../../../lib/kube/json.ts";
import { apply, diff } from "../../../lib/kube/json_patch.ts";
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
