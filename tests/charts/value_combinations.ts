/** Values of the chart, in every combination that leads to other objects. */

import type { Values } from "./helm.ts";

/** A CA's certificate as far as the chart looks at it. */
export const CA =
  "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

/** What can be chosen independently, and the choices by name. */
const DIMENSIONS = {
  certificates: {
    own: {},
    "cert-manager": { certificates: { source: "cert-manager" } },
    issuer: {
      certificates: {
        source: "cert-manager",
        certManager: { issuerRef: { kind: "ClusterIssuer", name: "ca" } },
      },
    },
    secret: { certificates: { source: "secret", secretName: "tls" } },
    ca: {
      certificates: { source: "secret", secretName: "tls", caBundle: CA },
    },
  },
  webhooks: {
    pods: {},
    namespaces: {
      webhook: { labelledPods: false, labelledNamespaces: true },
    },
    both: { webhook: { labelledNamespaces: true } },
  },
  settings: {
    none: {},
    some: {
      settings: { proxyLogLevel: "warn", proxyEnv: { A: "b: 'c'\n\"d\"" } },
    },
    image: { settings: { proxyImage: "registry.example/mca-proxy:2" } },
  },
  options: {
    none: {},
    all: {
      image: {
        repository: "registry.example:5000/team/mca",
        tag: "1.2.3",
        digest: `sha256:${"0".repeat(64)}`,
        pullPolicy: "Always",
      },
      imagePullSecrets: [{ name: "pull" }],
      uninjectable: "refuse",
      autoscaling: { enabled: true },
      networkPolicy: {
        enabled: true,
        from: [{ ipBlock: { cidr: "10.0.0.0/8" } }],
        apiServer: {
          to: [{ ipBlock: { cidr: "10.1.0.0/16" } }],
          ports: [6443],
        },
      },
      podDisruptionBudget: { maxUnavailable: "50%" },
      priorityClassName: "system-cluster-critical",
      topologySpread: { whenUnsatisfiable: "DoNotSchedule" },
      nodeSelector: { "kubernetes.io/os": "linux" },
      tolerations: [{ key: "control-plane", operator: "Exists" }],
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{
            topologyKey: "kubernetes.io/hostname",
            labelSelector: { matchLabels: { a: "b" } },
          }],
        },
      },
      podLabels: { team: "platform" },
      podAnnotations: { "example.com/scrape": "true" },
      serviceAccountAnnotations: { "example.com/role": "a" },
      port: 9443,
      service: { port: 8443, annotations: { "example.com/a": "b" } },
      drainSeconds: 20,
      graceSeconds: 40,
      log: { level: "debug", format: "text" },
      extraEnv: [{ name: "A", value: "b" }],
    },
    less: {
      runAsUser: null,
      podDisruptionBudget: { enabled: false },
      topologySpread: { topologyKeys: [] },
      resources: { requests: null, limits: null },
      replicas: 1,
    },
  },
  details: {
    none: {},
    other: {
      webhook: {
        name: "second",
        excludedNamespaces: ["kube-system", "mca-system", "other"],
        namespaceExpressions: [{ key: "tier", operator: "In", values: ["a"] }],
        matchConditions: [{ name: "no-ci", expression: "true" }],
        failurePolicy: "Ignore",
        timeoutSeconds: 3,
        reinvocationPolicy: "Never",
        annotations: { "example.com/a": "b" },
      },
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Values>>>>;

/** Something that can be chosen. */
export type Dimension = keyof typeof DIMENSIONS;

/** A combination, by the names of its parts. */
export interface Combination {
  readonly name: string;
  readonly values: Values;
}

/** Objects are merged, everything else is replaced. */
function merge(under: Values, over: Values): Values {
  const result: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const before = result[key];
    result[key] = isValues(before) && isValues(value)
      ? merge(before, value)
      : value;
  }
  return result;
}

function isValues(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Every combination of the dimensions' choices. */
export function combinations(
  dimensions: readonly Dimension[],
): Combination[] {
  return dimensions.reduce<Combination[]>(
    (list, dimension) => {
      const choices: Readonly<Record<string, Values>> = DIMENSIONS[dimension];
      return list.flatMap(({ name, values }) =>
        Object.entries(choices).map(([choice, more]) => ({
          name: `${name}${name === "" ? "" : ", "}${dimension} ${choice}`,
          values: merge(values, more),
        }))
      );
    },
    [{ name: "", values: {} }],
  );
}
