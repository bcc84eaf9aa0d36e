import assert from "node:assert/strict";
import { McaError, type McaErrorCode } from "../../../lib/errors.ts";
import { injectPod } from "../../../lib/inject/inject_pod.ts";
import { DEFAULT_SETTINGS } from "../../../lib/inject/settings.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../../lib/kube/json.ts";
import { apply } from "../../../lib/kube/json_patch.ts";
import { escapeToken } from "../../../lib/kube/json_pointer.ts";

interface FaultCase {
  readonly pod: JsonObject;
  readonly code: McaErrorCode;
  readonly field: string | undefined;
  readonly message: RegExp;
}

const wrong = (path: string, value: JsonValue): JsonObject => {
  const pod = apply([{ op: "add", path, value }], {
    metadata: { labels: {}, annotations: {} },
    spec: {
      os: {},
      nodeSelector: {},
      containers: [{
        name: "app",
        env: [{ name: "A" }],
        volumeMounts: [{ name: "v", mountPath: "/v" }],
        ports: [{ containerPort: 80 }],
        resources: {},
      }],
      volumes: [{ name: "v" }],
    },
  });
  assert.ok(isJsonObject(pod));
  return pod;
};

const typeFault = (
  path: string,
  value: JsonValue,
  field: string,
): FaultCase => ({
  pod: wrong(path, value),
  code: "manifest",
  field,
  message: /^Expected .*, found /,
});

const settingFault = (
  annotation: string,
  value: string,
  message: RegExp,
): FaultCase => ({
  pod: wrong(`/metadata/annotations/${escapeToken(annotation)}`, value),
  code: "setting",
  field: `metadata.annotations["${annotation}"]`,
  message,
});

const C = "spec.containers[0]";
const FAULTS: readonly FaultCase[] = [
  {
    pod: {},
    code: "manifest",
    field: "spec",
    message: /at least one container/,
  },
  {
    pod: { spec: { containers: [] } },
    code: "manifest",
    field: "spec.containers",
    message: /at least one container/,
  },
  {
    pod: { spec: { containers: [{ name: "mca-proxy" }] } },
    code: "manifest",
    field: "spec.containers",
    message: /no container but mca-proxy/,
  },
  {
    pod: {
      spec: {
        initContainers: [{ name: "mca-proxy" }],
        containers: [{ name: "mca-proxy" }],
      },
    },
    code: "manifest",
    field: "spec.containers[0]",
    message: /Two containers are named mca-proxy/,
  },
  typeFault("/metadata", "x", "metadata"),
  typeFault("/metadata/labels", [], "metadata.labels"),
  typeFault(
    "/metadata/labels/mca.k8s.io~1inject",
    true,
    'metadata.labels["mca.k8s.io/inject"]',
  ),
  typeFault("/metadata/annotations", 1, "metadata.annotations"),
  typeFault(
    "/metadata/annotations/mca.k8s.io~1proxy-port",
    7443,
    'metadata.annotations["mca.k8s.io/proxy-port"]',
  ),
  typeFault("/spec", [], "spec"),
  typeFault("/spec/containers", { name: "app" }, "spec.containers"),
  typeFault("/spec/containers/0", "app", C),
  typeFault("/spec/containers/0/name", 7, `${C}.name`),
  typeFault("/spec/containers/0/name", "", `${C}.name`),
  typeFault("/spec/containers/0/env", { A: "b" }, `${C}.env`),
  typeFault("/spec/containers/0/env/0", "A=b", `${C}.env[0]`),
  typeFault("/spec/containers/0/env/0/name", true, `${C}.env[0].name`),
  typeFault("/spec/containers/0/volumeMounts", "v", `${C}.volumeMounts`),
  typeFault(
    "/spec/containers/0/volumeMounts/0/name",
    null,
    `${C}.volumeMounts[0].name`,
  ),
  typeFault(
    "/spec/containers/0/volumeMounts/0/mountPath",
    1,
    `${C}.volumeMounts[0].mountPath`,
  ),
  typeFault("/spec/containers/0/ports", 80, `${C}.ports`),
  typeFault(
    "/spec/containers/0/ports/0/containerPort",
    "80",
    `${C}.ports[0].containerPort`,
  ),
  typeFault("/spec/containers/0/ports/0/protocol", 6, `${C}.ports[0].protocol`),
  typeFault("/spec/containers/0/resources", "none", `${C}.resources`),
  typeFault(
    "/spec/containers/0/resources/requests",
    1,
    `${C}.resources.requests`,
  ),
  typeFault("/spec/containers/0/resources/limits", [], `${C}.resources.limits`),
  typeFault("/spec/initContainers", {}, "spec.initContainers"),
  typeFault("/spec/ephemeralContainers", "x", "spec.ephemeralContainers"),
  typeFault("/spec/volumes", {}, "spec.volumes"),
  typeFault("/spec/volumes/0/name", 1, "spec.volumes[0].name"),
  typeFault("/spec/hostNetwork", "yes", "spec.hostNetwork"),
  typeFault(
    "/spec/automountServiceAccountToken",
    "false",
    "spec.automountServiceAccountToken",
  ),
  typeFault("/spec/os", "linux", "spec.os"),
  typeFault("/spec/os/name", 1, "spec.os.name"),
  typeFault("/spec/nodeSelector", [], "spec.nodeSelector"),
  typeFault(
    "/spec/nodeSelector/kubernetes.io~1os",
    1,
    'spec.nodeSelector["kubernetes.io/os"]',
  ),
  typeFault("/spec/resources", [], "spec.resources"),
  {
    pod: wrong("/metadata/labels/mca.k8s.io~1inject", "yes"),
    code: "setting",
    field: 'metadata.labels["mca.k8s.io/inject"]',
    message: /Bad value "yes" for label mca.k8s.io\/inject/,
  },
  settingFault(
    "mca.k8s.io/proxy-prot",
    "1",
    /Unknown setting mca.k8s.io\/proxy-prot/,
  ),
  settingFault("mca.k8s.io/proxy-port", "80", /Bad value "80" in annotation/),
  settingFault(
    "mca.k8s.io/proxy-uid",
    "root",
    /Bad value "root" in annotation/,
  ),
  settingFault("mca.k8s.io/proxy-cpu-limit", "fast", /Bad value "fast"/),
  settingFault("mca.k8s.io/proxy-env", "nothing", /Bad value "nothing"/),
  settingFault("mca.k8s.io/inject", "false", /is a label, not an annotation/),
  {
    pod: wrong("/metadata/annotations/mca.k8s.io~1status", "{"),
    code: "manifest",
    field: 'metadata.annotations["mca.k8s.io/status"]',
    message: /is not a JSON object/,
  },
  {
    pod: wrong("/metadata/annotations/mca.k8s.io~1status", '{"version":2}'),
    code: "manifest",
    field: 'metadata.annotations["mca.k8s.io/status"]',
    message: /unknown version 2/,
  },
  {
    pod: wrong("/metadata/annotations/mca.k8s.io~1proxy-memory-limit", "1Mi"),
    code: "setting",
    field: 'metadata.annotations["mca.k8s.io/proxy-memory-limit"]',
    message: /64Mi is above proxyMemoryLimit 1Mi/,
  },
];

for (const { pod, code, field, message } of FAULTS) {
  Deno.test(`injectPod() refuses ${field} in ${JSON.stringify(pod).slice(0, 60)}`, () => {
    assert.throws(() => injectPod(pod, DEFAULT_SETTINGS), (error) => {
      assert.ok(error instanceof McaError, String(error));
      assert.deepEqual([error.code, error.place.field], [code, field]);
      assert.match(error.message, message);
      assert.ok(/[.?]$/.test(error.hint ?? ""));
      return true;
    });
  });
}
