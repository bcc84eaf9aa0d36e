/** Pods as fast-check makes them: with all that injection has to look out for. */

import fc from "fast-check";
import type { JsonObject } from "../../../lib/kube/json.ts";

const STANDARD_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

const record = <T>(
  model: { [K in keyof T]: fc.Arbitrary<T[K]> },
  requiredKeys: (keyof T & string)[] = [],
) => fc.record(model, { requiredKeys, noNullPrototype: true });

const variable = fc.oneof(
  record({
    name: fc.constantFrom(
      "A",
      "B",
      "KUBERNETES_SERVICE_HOST",
      "KUBERNETES_SERVICE_PORT",
      "KUBERNETES_SERVICE_PORT_HTTPS",
    ),
    value: fc.constantFrom("", "127.0.0.1", "6443", "$(A)"),
  }, ["name"]),
  fc.constant({
    name: "KUBERNETES_SERVICE_HOST",
    valueFrom: { fieldRef: { fieldPath: "status.hostIP" } },
  }),
);

const VOLUMES: readonly JsonObject[] = [
  { name: "data", emptyDir: {} },
  {
    name: "token",
    projected: { sources: [{ serviceAccountToken: { path: "token" } }] },
  },
  { name: "kube-api-access-abcde", projected: { sources: [] } },
  { name: "kube-api-access-by-hand", secret: { secretName: "s" } },
];

const mount = fc.record({
  name: fc.constantFrom(...VOLUMES.map((volume) => String(volume["name"]))),
  mountPath: fc.constantFrom(
    "/data",
    "/cache/",
    STANDARD_PATH,
    `${STANDARD_PATH}/`,
    `${STANDARD_PATH}/token`,
    `${STANDARD_PATH}/ca.crt`,
    `${STANDARD_PATH}/namespace`,
  ),
  readOnly: fc.boolean(),
}, { noNullPrototype: true, requiredKeys: ["name", "mountPath"] });

/** A list as manifests have it: there, empty, null or not at all. */
const maybeList = <T>(item: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.array(item, { minLength: 1, maxLength: 5 }) },
    { weight: 1, arbitrary: fc.constant<T[]>([]) },
    { weight: 1, arbitrary: fc.constant(null) },
  );

const resources = record({
  requests: fc.constantFrom({ cpu: "1", memory: "1Gi" }, { cpu: "10m" }, {}),
  limits: fc.constantFrom({ cpu: "1", memory: "1Gi" }, { memory: "1Gi" }, {}),
});

const container = (name: string): fc.Arbitrary<JsonObject> =>
  record({
    name: fc.constant(name),
    image: fc.constant("app:1"),
    env: maybeList(variable),
    volumeMounts: maybeList(mount),
    resources,
    ports: fc.constant<JsonObject[]>([{ containerPort: 8080 }]),
    someFieldOfTheFuture: fc.constant<JsonObject>({ kept: [1, null, "x"] }),
  }, ["name"]);

const containers = (prefix: string, minLength: number) =>
  fc.integer({ min: minLength, max: 3 }).chain((count) =>
    fc.tuple(
      ...Array.from({ length: count }, (_, index) =>
        container(`${prefix}-${index}`)),
    )
  );

const base = record({
  name: fc.constant("mca-proxy"),
  image: fc.constant("mine:1"),
  resources,
  env: fc.constant<JsonObject[]>([{ name: "MINE", value: "1" }]),
}, ["name"]);

/** The list with the user's own container named mca-proxy in it, or not. */
const withBase = (list: fc.Arbitrary<JsonObject[]>) =>
  fc.tuple(list, base, fc.nat()).map(([items, own, at]) => {
    const index = at % (items.length + 1);
    return [...items.slice(0, index), own, ...items.slice(index)];
  });

const metadata = record({
  name: fc.constant("pod"),
  labels: fc.oneof(
    fc.constant({ app: "x" }),
    fc.constant({ "mca.k8s.io/inject": "true" }),
    fc.constant(null),
  ),
  annotations: fc.constantFrom<JsonObject | null>(
    null,
    {},
    { note: "kept" },
    { "mca.k8s.io/proxy-port": "7443", other: "kept" },
  ),
});

const apps = containers("app", 1).map((list): JsonObject[] => [...list]);
const inits = containers("init", 0).map((list): JsonObject[] => [...list]);

/** A pod that can be injected. */
export const arbitraryPod: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(apps, inits) },
  { weight: 1, arbitrary: fc.tuple(withBase(apps), inits) },
  { weight: 1, arbitrary: fc.tuple(apps, withBase(inits)) },
).chain(([appList, initList]) =>
  record({
    metadata: fc.oneof(metadata, fc.constant(null)),
    spec: record({
      containers: fc.constant(appList),
      initContainers: fc.constant(initList.length === 0 ? null : initList),
      ephemeralContainers: fc.constant([{ name: "debug", image: "sh:1" }]),
      volumes: maybeList(fc.constantFrom(...VOLUMES)).map((list) =>
        list === null ? null : [...new Set(list)]
      ),
      resources: fc.constantFrom(
        { requests: { cpu: "1" } },
        { limits: { memory: "1Gi" } },
      ),
      hostUsers: fc.constant(false),
    }, ["containers"]),
  }, ["spec"])
).map((pod): JsonObject => JSON.parse(JSON.stringify(pod)));
