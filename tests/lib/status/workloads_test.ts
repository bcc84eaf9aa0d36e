import assert from "node:assert/strict";
import { injectPod } from "../../../lib/inject/inject_pod.ts";
import { DEFAULT_SETTINGS } from "../../../lib/inject/settings.ts";
import { isJsonObject, type JsonObject } from "../../../lib/kube/json.ts";
import type { PodContext, PodState } from "../../../lib/status/assess_pod.ts";
import type { Level } from "../../../lib/status/finding.ts";
import {
  type NamespaceView,
  readConfiguration,
} from "../../../lib/status/registered_webhook.ts";
import { WorkloadTally } from "../../../lib/status/workloads.ts";
import { configurationWith, day, MADE } from "./certificates.ts";

const INJECT = "mca.k8s.io/inject";
const settings = { ...DEFAULT_SETTINGS, proxyImage: "registry.example/mca:2" };

const context: PodContext = {
  configuration: readConfiguration(configurationWith("")),
  settings: { kind: "known", settings },
};

/** A pod that runs, as the API server shows it. */
function pod(
  labels: Readonly<Record<string, string>>,
  more: {
    readonly metadata?: JsonObject;
    readonly spec?: JsonObject;
    readonly status?: JsonObject;
  } = {},
): JsonObject {
  return {
    metadata: {
      namespace: "shop",
      name: "web-5d9c-x7k2p",
      creationTimestamp: new Date(MADE + day).toISOString(),
      labels: { ...labels, "pod-template-hash": "5d9c" },
      ownerReferences: [{
        kind: "ReplicaSet",
        name: "web-5d9c",
        controller: true,
      }],
      ...more.metadata,
    },
    spec: {
      containers: [{
        name: "web",
        volumeMounts: [{
          name: "kube-api-access-abcde",
          mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
        }],
      }],
      volumes: [{ name: "kube-api-access-abcde", projected: {} }],
      ...more.spec,
    },
    status: more.status ?? { phase: "Running" },
  };
}

function injected(
  given: JsonObject,
  by: typeof settings = settings,
): JsonObject {
  const { pod: made, outcome } = injectPod(given, by);
  assert.equal(outcome, "injected");
  return made;
}

const LABELLED = { [INJECT]: "true" };

interface Case {
  readonly name: string;
  readonly pod: JsonObject;
  readonly namespace?: NamespaceView;
  readonly context?: Partial<PodContext>;
  /** Undefined: it is nobody's business. */
  readonly state: PodState | undefined;
  readonly level?: Level;
  readonly why?: RegExp;
  readonly remedy?: RegExp;
}

/** The chart's second webhook. */
const byNamespace = readConfiguration(configurationWith("", {
  objectSelector: {
    matchExpressions: [{ key: INJECT, operator: "NotIn", values: ["false"] }],
  },
  namespaceSelector: { matchLabels: LABELLED },
}));

function changed(more: JsonObject): Partial<PodContext> {
  return { configuration: readConfiguration(configurationWith("", more)) };
}

const CASES: readonly Case[] = [
  { name: "a pod without the label", pod: pod({}), state: undefined },
  {
    name: "a pod that opts out",
    pod: pod({ [INJECT]: "false" }),
    state: undefined,
  },
  {
    name: "a pod with the sidecar",
    pod: injected(pod(LABELLED)),
    state: "injected",
  },
  {
    name: "a pod with the sidecar that the API server has filled in",
    pod: (() => {
      const made = injected(pod(LABELLED));
      assert.ok(isJsonObject(made["spec"]));
      return { ...made, spec: { ...made["spec"], nodeName: "node-0" } };
    })(),
    state: "injected",
  },
  {
    name: "a pod that the command line injected, without the label",
    pod: injected(pod({}), { ...settings, proxyImage: "other" }),
    state: "injected",
  },
  {
    name: "a pod with an annotation that the sidecar follows",
    pod: injected(
      pod(LABELLED, {
        metadata: { annotations: { "mca.k8s.io/proxy-port": "7443" } },
      }),
    ),
    state: "injected",
  },
  {
    name: "a sidecar of an old image",
    pod: injected(pod(LABELLED), {
      ...settings,
      proxyImage: "registry.example/mca:1",
    }),
    state: "outdated",
    why:
      /Its sidecar is registry\.example\/mca:1, that of new pods registry\.example\/mca:2/,
  },
  {
    name: "a sidecar of old settings",
    pod: injected(pod(LABELLED), { ...settings, proxyLogLevel: "debug" }),
    state: "outdated",
    why: /with other settings/,
  },
  {
    name: "an old sidecar where the settings are not known",
    pod: injected(pod(LABELLED), { ...settings, proxyImage: "old" }),
    context: { settings: { kind: "unknown", why: "no Deployment" } },
    state: "injected",
  },
  {
    name: "a sidecar of another program",
    pod: pod(LABELLED, {
      spec: {
        initContainers: [{ name: "mca-proxy" }],
        containers: [{ name: "web" }],
        volumes: [{ name: "kube-api-access-mca-sa", emptyDir: {} }],
      },
    }),
    state: "outdated",
    why: /another program/,
  },
  {
    name: "a pod that is older than the webhook",
    pod: pod(LABELLED, {
      metadata: { creationTimestamp: new Date(MADE - day).toISOString() },
    }),
    state: "missed",
    why: /older than the webhook/,
  },
  {
    name: "a pod that is younger",
    pod: pod(LABELLED),
    state: "missed",
    why: /created without its label, or while the webhook was another/,
  },
  {
    name: "a pod that failurePolicy Ignore may have let in",
    pod: pod(LABELLED),
    context: changed({ failurePolicy: "Ignore" }),
    state: "missed",
    why: /did not answer/,
  },
  {
    name: "a pod that a matchCondition may have kept away",
    pod: pod(LABELLED),
    context: changed({ matchConditions: [{ name: "a", expression: "false" }] }),
    state: "missed",
    why: /matchCondition/,
  },
  {
    name: "a pod where there is no webhook",
    pod: pod(LABELLED),
    context: { configuration: undefined },
    state: "missed",
    why: /There is no webhook/,
    remedy: /Install the chart/,
  },
  {
    name: "a pod of a namespace that is left out",
    pod: pod(LABELLED),
    namespace: { name: "kube-system", labels: {} },
    state: "missed",
    why: /leaves the namespace kube-system alone/,
    remedy: /namespaceSelector/,
  },
  {
    name: "a pod whose label no webhook asks for",
    pod: pod(LABELLED),
    context: changed({ objectSelector: { matchLabels: { other: "label" } } }),
    state: "missed",
    why: /not asked about pods with its labels/,
    remedy: /objectSelector/,
  },
  {
    name: "a label that is neither true nor false",
    pod: pod({ [INJECT]: "True" }),
    state: "missed",
    why: /Bad value "True" for label/,
    remedy: /Expected "true" or "false"/,
  },
  {
    name: "an annotation that does not exist",
    pod: pod(LABELLED, {
      metadata: { annotations: { "mca.k8s.io/proxy-prot": "7443" } },
    }),
    state: "missed",
    why: /Unknown setting mca\.k8s\.io\/proxy-prot/,
    remedy: /Did you mean/,
  },
  {
    name: "a status annotation that is damaged",
    pod: pod(LABELLED, {
      metadata: { annotations: { "mca.k8s.io/status": "{" } },
      spec: {
        initContainers: [{ name: "mca-proxy" }],
        containers: [{ name: "web" }],
      },
    }),
    state: "missed",
    why: /is not a JSON object/,
    remedy: /Take the annotation/,
  },
  {
    name: "a pod on the node's network",
    pod: pod(LABELLED, {
      spec: {
        hostNetwork: true,
        containers: [{ name: "web" }],
      },
    }),
    state: "left-alone",
    why: /host-network/,
    remedy: /Set hostNetwork to false/,
  },
  {
    name: "a pod without a token",
    pod: pod(LABELLED, {
      spec: { containers: [{ name: "web" }], volumes: [] },
    }),
    state: "left-alone",
    level: "ok",
    why: /no-token/,
    remedy: /automountServiceAccountToken/,
  },
  {
    name: "a pod of a namespace with the label",
    pod: pod({}),
    namespace: { name: "shop", labels: LABELLED },
    context: { configuration: byNamespace },
    state: "missed",
    why: /created without its label/,
  },
  {
    name: "a pod of a namespace without the label",
    pod: pod({}),
    context: { configuration: byNamespace },
    state: undefined,
  },
  {
    name: "a pod that has ended",
    pod: pod(LABELLED, { status: { phase: "Succeeded" } }),
    state: undefined,
  },
  {
    name: "a pod that is being deleted",
    pod: pod(LABELLED, {
      metadata: { deletionTimestamp: new Date(MADE).toISOString() },
    }),
    state: undefined,
  },
];

function tally(
  pods: readonly JsonObject[],
  namespace: NamespaceView = { name: "shop", labels: {} },
  more: Partial<PodContext> = {},
) {
  const workloads = new WorkloadTally(
    { ...context, ...more },
    new Map([[namespace.name, namespace]]),
  );
  for (const each of pods) {
    const metadata = isJsonObject(each["metadata"]) ? each["metadata"] : {};
    workloads.add({
      ...each,
      metadata: { ...metadata, namespace: namespace.name },
    });
  }
  return workloads.findings;
}

Deno.test("WorkloadTally.add() tells how each pod stands, and why", async (t) => {
  for (const each of CASES) {
    await t.step(each.name, () => {
      const findings = tally([each.pod], each.namespace, each.context);
      if (each.state === undefined) {
        assert.deepEqual(findings, []);
        return;
      }
      const [found, ...others] = findings;
      assert.ok(found);
      assert.deepEqual(others, []);
      assert.equal(found.state, each.state);
      const level = each.state === "injected" ? "ok" : each.level ?? "wrong";
      assert.equal(found.level, level);
      if (each.why === undefined) {
        assert.deepEqual([found.why, found.remedy], [undefined, undefined]);
        return;
      }
      assert.match(found.why ?? "", each.why);
      assert.match(
        found.remedy ?? "",
        each.remedy ?? /rollout restart deployment\/web/,
      );
    });
  }
});

Deno.test("WorkloadTally.findings puts pods together by workload, the worst first", () => {
  const findings = tally([
    injected(pod(LABELLED)),
    injected(pod(LABELLED)),
    pod(LABELLED),
    injected(pod(LABELLED), { ...settings, proxyImage: "old" }),
    pod(LABELLED, {
      metadata: {
        name: "db-0",
        ownerReferences: [{
          kind: "StatefulSet",
          name: "db",
          controller: true,
        }],
      },
    }),
    pod(LABELLED, {
      metadata: { name: "alone", labels: LABELLED, ownerReferences: [] },
    }),
  ]);
  assert.deepEqual(
    findings.map(({ kind, name, pods, state }) => [kind, name, pods, state]),
    [
      ["Deployment", "web", 1, "missed"],
      ["Pod", "alone", 1, "missed"],
      ["StatefulSet", "db", 1, "missed"],
      ["Deployment", "web", 1, "outdated"],
      ["Deployment", "web", 2, "injected"],
    ],
  );
});
