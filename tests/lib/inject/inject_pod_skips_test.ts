import assert from "node:assert/strict";
import { injectPod } from "../../../lib/inject/inject_pod.ts";
import type { ReasonCode } from "../../../lib/inject/reasons.ts";
import { DEFAULT_SETTINGS } from "../../../lib/inject/settings.ts";
import type { JsonObject } from "../../../lib/kube/json.ts";

const STANDARD_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

interface SkipCase {
  readonly code: ReasonCode;
  readonly spec?: JsonObject;
  readonly metadata?: JsonObject;
  readonly field?: string;
}

const mountAt = (mountPath: string) => ({
  containers: [{ name: "app", volumeMounts: [{ name: "v", mountPath }] }],
  volumes: [{ name: "v", emptyDir: {} }],
});

const SKIPS: readonly SkipCase[] = [
  { code: "opted-out", metadata: { labels: { "mca.k8s.io/inject": "false" } } },
  {
    code: "host-network",
    spec: { hostNetwork: true },
    field: "spec.hostNetwork",
  },
  { code: "windows", spec: { os: { name: "windows" } } },
  {
    code: "windows",
    spec: { nodeSelector: { "kubernetes.io/os": "windows" } },
  },
  {
    code: "mirror-pod",
    metadata: { annotations: { "kubernetes.io/config.mirror": "abc" } },
  },
  {
    code: "no-token",
    spec: { automountServiceAccountToken: false },
    field: "spec.automountServiceAccountToken",
  },
  {
    code: "port-taken",
    spec: { containers: [{ name: "app", ports: [{ containerPort: 6443 }] }] },
    field: "spec.containers[0]",
  },
  {
    code: "nested-mount",
    spec: mountAt(`${STANDARD_PATH}/extra`),
    field: "spec.containers[0].volumeMounts[0]",
  },
  {
    code: "volume-taken",
    spec: { volumes: [{ name: "mca-proxy-state", emptyDir: {} }] },
    field: "spec.volumes[0]",
  },
];

for (const { code, spec, metadata, field } of SKIPS) {
  Deno.test(`injectPod() leaves a pod alone: ${code} for ${JSON.stringify(spec ?? metadata)}`, () => {
    const pod = {
      metadata: metadata ?? {},
      spec: { containers: [{ name: "app" }], ...spec },
    };
    assert.deepEqual(injectPod(pod, DEFAULT_SETTINGS), {
      outcome: "skipped",
      pod,
      reason: { code, ...(field === undefined ? {} : { field }) },
    });
  });
}

const NOT_SKIPPED: readonly (readonly [string, JsonObject])[] = [
  ["a UDP port of the same number", {
    containers: [{
      name: "app",
      ports: [{ containerPort: 6443, protocol: "UDP" }],
    }],
  }],
  ["os linux", { os: { name: "linux" } }],
  ["its own namespace file", mountAt(`${STANDARD_PATH}/namespace`)],
  [
    "a path that only begins like the standard one",
    mountAt(`${STANDARD_PATH}-2/x`),
  ],
  ["a nested mount in a container that gets no token", {
    automountServiceAccountToken: false,
    containers: [
      { name: "app", volumeMounts: [{ name: "v", mountPath: STANDARD_PATH }] },
      {
        name: "other",
        volumeMounts: [{ name: "v", mountPath: `${STANDARD_PATH}/extra` }],
      },
    ],
  }],
];

for (const [what, spec] of NOT_SKIPPED) {
  Deno.test(`injectPod() injects a pod with ${what}`, () => {
    const pod = { spec: { containers: [{ name: "app" }], ...spec } };
    assert.equal(injectPod(pod, DEFAULT_SETTINGS).outcome, "injected");
  });
}

Deno.test("injectPod() asks for the label where told to", () => {
  const spec = { containers: [{ name: "app" }] };
  const skipped = injectPod({ spec }, DEFAULT_SETTINGS, {
    withoutLabel: "skip",
  });
  assert.deepEqual(skipped, {
    outcome: "skipped",
    pod: { spec },
    reason: { code: "not-opted-in" },
  });
  const labels = { "mca.k8s.io/inject": "true" };
  const injected = injectPod({ metadata: { labels }, spec }, DEFAULT_SETTINGS, {
    withoutLabel: "skip",
  });
  assert.equal(injected.outcome, "injected");
});

Deno.test("injectPod() gives an admitted pod no token that its ServiceAccount denies it", () => {
  const pod = { spec: { containers: [{ name: "app" }] } };
  const options = { tokens: "mounted" } as const;
  const result = injectPod(pod, DEFAULT_SETTINGS, options);
  assert.deepEqual(result, {
    outcome: "skipped",
    pod,
    reason: { code: "no-token", field: "spec.automountServiceAccountToken" },
  });
});

Deno.test("injectPod() injects an admitted pod where the API server has mounted tokens", () => {
  const volumeMounts = [{
    name: "kube-api-access-abcde",
    mountPath: STANDARD_PATH,
    readOnly: true,
  }];
  const options = { tokens: "mounted" } as const;
  const pod = {
    spec: {
      containers: [{ name: "app", volumeMounts }],
      volumes: [{ name: "kube-api-access-abcde", projected: {} }],
    },
  };
  const once = injectPod(pod, DEFAULT_SETTINGS, options);
  assert.equal(once.outcome, "injected");
  assert.deepEqual(once, injectPod(pod, DEFAULT_SETTINGS));
  const twice = injectPod(once.pod, DEFAULT_SETTINGS, options);
  assert.equal(twice.outcome, "unchanged");
});

Deno.test("injectPod() keeps a pod that the command line injected before admission", () => {
  const pod = { spec: { containers: [{ name: "app" }] } };
  const { pod: injected } = injectPod(pod, DEFAULT_SETTINGS);
  const options = { tokens: "mounted" } as const;
  const admitted = injectPod(injected, DEFAULT_SETTINGS, options);
  assert.equal(admitted.outcome, "unchanged");
});
