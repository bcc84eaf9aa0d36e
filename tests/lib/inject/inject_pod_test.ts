import assert from "node:assert/strict";
import { injectPod } from "../../../lib/inject/inject_pod.ts";
import {
  DEFAULT_SETTINGS,
  type InjectSettings,
} from "../../../lib/inject/settings.ts";
import { isJsonObject, type JsonObject } from "../../../lib/kube/json.ts";
import {
  apply,
  type JsonPatchOperation,
} from "../../../lib/kube/json_patch.ts";
import { readPod } from "../../../lib/kube/pod.ts";

const STANDARD_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

const ENVIRONMENT = [
  { name: "KUBERNETES_SERVICE_HOST", value: "127.0.0.1" },
  { name: "KUBERNETES_SERVICE_PORT", value: "6443" },
  { name: "KUBERNETES_SERVICE_PORT_HTTPS", value: "6443" },
];

const APP_MOUNT = {
  name: "kube-api-access-mca-sa",
  mountPath: STANDARD_PATH,
  readOnly: true,
};

function inject(
  spec: JsonObject,
  settings: Partial<InjectSettings> = {},
  metadata: JsonObject = {},
) {
  const result = injectPod(
    { metadata, spec: { containers: [{ name: "app" }], ...spec } },
    { ...DEFAULT_SETTINGS, ...settings },
  );
  assert.equal(result.outcome, "injected", JSON.stringify(result));
  return readPod(result.pod);
}

function containerOf(pod: ReturnType<typeof inject>, name: string): JsonObject {
  const found = pod.containers.find((container) => container.name === name);
  assert.ok(found, name);
  return found.object;
}

Deno.test("injectPod() puts the sidecar first, as the contract says", () => {
  const pod = inject({ initContainers: [{ name: "init" }] });
  assert.deepEqual(pod.containers.map(({ list, name }) => [list, name]), [
    ["initContainers", "mca-proxy"],
    ["initContainers", "init"],
    ["containers", "app"],
  ]);
  assert.deepEqual(containerOf(pod, "mca-proxy"), {
    name: "mca-proxy",
    image: "mca:0.1.0",
    args: ["--proxy"],
    restartPolicy: "Always",
    resources: {
      requests: { cpu: "10m", memory: "64Mi" },
      limits: { cpu: "500m", memory: "128Mi" },
    },
    startupProbe: {
      exec: { command: ["/usr/local/bin/mca", "proxy", "--check"] },
      periodSeconds: 1,
      timeoutSeconds: 5,
      failureThreshold: 120,
    },
    securityContext: {
      runAsUser: 999,
      runAsGroup: 999,
      runAsNonRoot: true,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
    volumeMounts: [
      { name: "kube-api-access-sa", mountPath: STANDARD_PATH, readOnly: true },
      {
        name: "kube-api-access-mca-sa",
        mountPath: "/var/run/secrets/kubernetes.io/mca-serviceaccount",
      },
      { name: "mca-proxy-state", mountPath: "/var/run/mca" },
    ],
  });
});

Deno.test("injectPod() puts its volumes first, the projected one in front", () => {
  const pod = inject({ volumes: [{ name: "data", emptyDir: {} }] });
  assert.deepEqual(pod.volumes.map(({ object }) => object), [
    {
      name: "kube-api-access-sa",
      projected: {
        defaultMode: 420,
        sources: [
          { serviceAccountToken: { path: "token", expirationSeconds: 3607 } },
          {
            configMap: {
              name: "kube-root-ca.crt",
              items: [{ key: "ca.crt", path: "ca.crt" }],
            },
          },
          {
            downwardAPI: {
              items: [{
                path: "namespace",
                fieldRef: {
                  apiVersion: "v1",
                  fieldPath: "metadata.namespace",
                },
              }],
            },
          },
        ],
      },
    },
    {
      name: "kube-api-access-mca-sa",
      emptyDir: { medium: "Memory", sizeLimit: "1Mi" },
    },
    {
      name: "mca-proxy-state",
      emptyDir: { medium: "Memory", sizeLimit: "1Mi" },
    },
    { name: "data", emptyDir: {} },
  ]);
});

Deno.test("injectPod() gives every other container the variables and the mount", () => {
  const pod = inject({
    initContainers: [
      { name: "init" },
      { name: "native-sidecar", restartPolicy: "Always" },
    ],
    ephemeralContainers: [{ name: "debug" }],
  });
  for (const name of ["init", "native-sidecar", "app", "debug"]) {
    const container = containerOf(pod, name);
    assert.deepEqual(container["env"], ENVIRONMENT, name);
    assert.deepEqual(container["volumeMounts"], [APP_MOUNT], name);
  }
});

Deno.test("injectPod() replaces variables of the same name whole, and goes first", () => {
  const pod = inject({
    containers: [{
      name: "app",
      env: [
        { name: "URL", value: "https://$(KUBERNETES_SERVICE_HOST)" },
        {
          name: "KUBERNETES_SERVICE_HOST",
          valueFrom: { fieldRef: { fieldPath: "status.hostIP" } },
        },
      ],
    }],
  });
  assert.deepEqual(containerOf(pod, "app")["env"], [
    ...ENVIRONMENT,
    { name: "URL", value: "https://$(KUBERNETES_SERVICE_HOST)" },
  ]);
});

Deno.test("injectPod() takes the place of what is mounted at the standard path", () => {
  const pod = inject({
    containers: [{
      name: "app",
      volumeMounts: [
        { name: "data", mountPath: "/data" },
        { name: "token", mountPath: `${STANDARD_PATH}/`, subPath: "x" },
        { name: "ca", mountPath: `${STANDARD_PATH}/ca.crt`, subPath: "ca.crt" },
        { name: "more", mountPath: "/more" },
      ],
    }],
    volumes: [{ name: "token", secret: { secretName: "t" } }],
  });
  assert.deepEqual(containerOf(pod, "app")["volumeMounts"], [
    { name: "data", mountPath: "/data" },
    APP_MOUNT,
    { name: "more", mountPath: "/more" },
  ]);
  assert.ok(pod.volumes.some(({ name }) => name === "token"));
});

const AUTOMATIC: JsonObject = {
  name: "kube-api-access-x7k2p",
  projected: { sources: [{ serviceAccountToken: { path: "token" } }] },
};

Deno.test("injectPod() drops the automatic volume once nobody mounts it", () => {
  const mount = { name: "kube-api-access-x7k2p", mountPath: STANDARD_PATH };
  const pod = inject({
    containers: [{ name: "app", volumeMounts: [mount] }],
    volumes: [AUTOMATIC],
  });
  assert.equal(pod.volumes.length, 3);
});

Deno.test("injectPod() keeps the automatic volume where it is mounted elsewhere too", () => {
  const mount = { name: "kube-api-access-x7k2p", mountPath: "/elsewhere" };
  const pod = inject({
    containers: [{ name: "app", volumeMounts: [mount] }],
    volumes: [AUTOMATIC],
  });
  assert.equal(pod.volumes.at(-1)?.object, AUTOMATIC);
});

Deno.test("injectPod() gives no token to a container that had none", () => {
  const pod = inject({
    automountServiceAccountToken: false,
    containers: [
      {
        name: "with",
        volumeMounts: [{ name: "token", mountPath: STANDARD_PATH }],
      },
      { name: "without" },
    ],
    volumes: [{ name: "token", secret: { secretName: "t" } }],
  });
  assert.deepEqual(containerOf(pod, "with")["volumeMounts"], [APP_MOUNT]);
  assert.equal(containerOf(pod, "without")["volumeMounts"], undefined);
  assert.deepEqual(containerOf(pod, "without")["env"], ENVIRONMENT);
});

Deno.test("injectPod() tells the sidecar of settings other than the defaults", () => {
  const pod = inject({}, {
    proxyPort: 7443,
    proxyLogLevel: "debug",
    proxyLogFormat: "text",
    proxyKeyAlgorithm: "rsa-2048",
    proxyEnv: { HTTPS_PROXY: "http://proxy:3128" },
    proxyImagePullPolicy: "Always",
  });
  const sidecar = containerOf(pod, "mca-proxy");
  assert.deepEqual(sidecar["env"], [
    { name: "MCA_PROXY_PORT", value: "7443" },
    { name: "MCA_LOG_LEVEL", value: "debug" },
    { name: "MCA_LOG_FORMAT", value: "text" },
    { name: "MCA_KEY_ALGORITHM", value: "rsa-2048" },
    { name: "HTTPS_PROXY", value: "http://proxy:3128" },
  ]);
  assert.equal(sidecar["imagePullPolicy"], "Always");
  assert.deepEqual(containerOf(pod, "app")["env"], [
    { name: "KUBERNETES_SERVICE_HOST", value: "127.0.0.1" },
    { name: "KUBERNETES_SERVICE_PORT", value: "7443" },
    { name: "KUBERNETES_SERVICE_PORT_HTTPS", value: "7443" },
  ]);
});

Deno.test("injectPod() leaves UID and GID out where the setting is none", () => {
  const context = containerOf(inject({}, { proxyUid: "none" }), "mca-proxy")[
    "securityContext"
  ];
  assert.deepEqual(context, {
    runAsNonRoot: true,
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  });
});

Deno.test("injectPod() lets the pod's annotations win", () => {
  const pod = inject({}, { proxyPort: 7443, proxyEnv: { A: "1", B: "1" } }, {
    annotations: {
      "mca.k8s.io/proxy-port": "8443",
      "mca.k8s.io/proxy-env": "B=2,C=3",
    },
  });
  assert.deepEqual(containerOf(pod, "mca-proxy")["env"], [
    { name: "MCA_PROXY_PORT", value: "8443" },
    { name: "A", value: "1" },
    { name: "B", value: "2" },
    { name: "C", value: "3" },
  ]);
});

interface ResourceCase {
  readonly what: string;
  readonly spec: JsonObject;
  readonly settings?: Partial<InjectSettings>;
  readonly resources: JsonObject;
}

const GUARANTEED = {
  name: "app",
  resources: {
    limits: { cpu: "1", memory: "1Gi" },
    requests: { cpu: "1000m" },
  },
};

const RESOURCE_CASES: readonly ResourceCase[] = [
  {
    what: "keep a Guaranteed pod Guaranteed",
    spec: {
      containers: [GUARANTEED],
      ephemeralContainers: [{ name: "debug" }],
    },
    resources: {
      requests: { cpu: "500m", memory: "128Mi" },
      limits: { cpu: "500m", memory: "128Mi" },
    },
  },
  {
    what: "are small where one container is not Guaranteed",
    spec: { containers: [GUARANTEED], initContainers: [{ name: "init" }] },
    resources: {
      requests: { cpu: "10m", memory: "64Mi" },
      limits: { cpu: "500m", memory: "128Mi" },
    },
  },
  {
    what: "ask for nothing that the pod budgets as a whole",
    spec: { resources: { requests: { memory: "1Gi" }, limits: {} } },
    resources: { requests: { cpu: "10m" }, limits: { cpu: "500m" } },
  },
  {
    what: "leave out what is set to none",
    spec: {},
    settings: {
      proxyCpuLimit: "none",
      proxyMemoryRequest: "none",
      proxyMemoryLimit: "none",
    },
    resources: { requests: { cpu: "10m" } },
  },
];

for (const { what, spec, settings, resources } of RESOURCE_CASES) {
  Deno.test(`injectPod() gives the sidecar resources that ${what}`, () => {
    const pod = inject(spec, settings);
    assert.deepEqual(containerOf(pod, "mca-proxy")["resources"], resources);
  });
}

Deno.test("injectPod() takes empty resources of the user's own container for none", () => {
  const withBase = inject({
    containers: [{ name: "mca-proxy", resources: {} }, { name: "app" }],
  });
  assert.deepEqual(
    containerOf(withBase, "mca-proxy")["resources"],
    containerOf(inject({}), "mca-proxy")["resources"],
  );
});

Deno.test("injectPod() bases the sidecar on the user's own container", () => {
  const pod = inject({
    containers: [
      {
        name: "mca-proxy",
        image: "registry.example/mca:mine",
        args: ["ignored"],
        resources: { limits: { memory: "1Gi" } },
        env: [{ name: "MCA_LOG_LEVEL", value: "error" }],
        securityContext: { runAsUser: 1234 },
        volumeMounts: [{ name: "ca", mountPath: "/etc/ca" }],
        terminationMessagePolicy: "FallbackToLogsOnError",
      },
      { name: "app" },
    ],
    volumes: [{ name: "ca", configMap: { name: "ca" } }],
  }, { proxyLogLevel: "debug", proxyPort: 7443 });
  assert.deepEqual(pod.containers.map(({ name }) => name), [
    "mca-proxy",
    "app",
  ]);
  const sidecar = containerOf(pod, "mca-proxy");
  assert.equal(sidecar["image"], "registry.example/mca:mine");
  assert.deepEqual(sidecar["args"], ["--proxy"]);
  assert.equal(sidecar["restartPolicy"], "Always");
  assert.equal(sidecar["terminationMessagePolicy"], "FallbackToLogsOnError");
  assert.deepEqual(sidecar["resources"], { limits: { memory: "1Gi" } });
  assert.deepEqual(sidecar["env"], [
    { name: "MCA_PROXY_PORT", value: "7443" },
    { name: "MCA_LOG_LEVEL", value: "error" },
  ]);
  assert.deepEqual(
    JSON.parse(JSON.stringify(sidecar["securityContext"])).runAsUser,
    1234,
  );
  assert.equal(
    readPod({ spec: { containers: [sidecar] } }).containers[0]
      ?.mounts.length,
    4,
  );
});

Deno.test("injectPod() counts the API server's defaults as up to date", () => {
  const injected = inject({}).object;
  const stored = JSON.parse(JSON.stringify(injected));
  stored.spec.initContainers[0].terminationMessagePath = "/dev/termination-log";
  stored.spec.initContainers[0].startupProbe.successThreshold = 1;
  stored.spec.initContainers[0].imagePullPolicy = "IfNotPresent";
  assert.equal(injectPod(stored, DEFAULT_SETTINGS).outcome, "unchanged");
});

Deno.test("injectPod() counts a quantity in the API server's spelling as up to date", () => {
  const settings = { ...DEFAULT_SETTINGS, proxyMemoryLimit: "1024Mi" };
  const injected = inject({}, settings).object;
  const path = "/spec/initContainers/0/resources/limits/memory";
  const stored = apply([{ op: "replace", path, value: "1Gi" }], injected);
  assert.ok(isJsonObject(stored));
  assert.equal(injectPod(stored, settings).outcome, "unchanged");
  const raised = apply([{ op: "replace", path, value: "2Gi" }], injected);
  assert.ok(isJsonObject(raised));
  assert.equal(injectPod(raised, settings).outcome, "updated");
});

/** What people do to an injected pod that makes it be injected anew, as a pointer and a value. */
const EDITS: readonly JsonPatchOperation[] = [
  { op: "replace", path: "/spec/initContainers/0/image", value: "mca:old" },
  { op: "add", path: "/spec/initContainers/0", value: { name: "first" } },
  { op: "add", path: "/spec/containers/-", value: { name: "new" } },
  { op: "remove", path: "/spec/containers/0/env/0" },
  { op: "remove", path: "/spec/containers/0/volumeMounts" },
  { op: "add", path: "/spec/volumes/0", value: { name: "kube-api-access-a" } },
  { op: "remove", path: "/spec/volumes/2" },
];

for (const edit of EDITS) {
  Deno.test(`injectPod() repairs a pod after ${edit.op} at ${edit.path}`, () => {
    const edited = apply([edit], inject({}).object);
    assert.ok(isJsonObject(edited));
    const result = injectPod(edited, DEFAULT_SETTINGS);
    assert.equal(result.outcome, "updated");
    assert.equal(injectPod(result.pod, DEFAULT_SETTINGS).outcome, "unchanged");
  });
}
