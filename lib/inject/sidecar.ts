/**
 * The sidecar container and its volumes, as settings and pod ask for them.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import type { ContainerView, PodView } from "../kube/pod.ts";
import { childField } from "../kube/pod_field.ts";
import {
  APP_SERVICE_ACCOUNT_DIRECTORY,
  APP_SERVICE_ACCOUNT_VOLUME,
  MCA_PREFIX,
  REAL_SERVICE_ACCOUNT_VOLUME,
  SERVICE_ACCOUNT_DIRECTORY,
  SIDECAR_NAME,
  STATE_DIRECTORY,
  STATE_VOLUME,
} from "./contract.ts";
import { parseQuantity } from "./quantity.ts";
import { NONE } from "./setting_types.ts";
import {
  DEFAULT_SETTINGS,
  type InjectSettings,
  SETTING_KEYS,
  type SettingDefinition,
  type SettingKey,
  settingName,
  SETTINGS,
} from "./settings.ts";

/** The volumes of MCA, first in the pod's list: the API server takes the first `kube-api-access-` one for its token. */
export function renderVolumes(): JsonObject[] {
  return [
    {
      name: REAL_SERVICE_ACCOUNT_VOLUME,
      projected: {
        defaultMode: 420,
        sources: [
          // The kubelet renews a token at 80 % of its life; 3607 is what the
          // API server itself asks for, and marks the token as a standard one.
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
      name: APP_SERVICE_ACCOUNT_VOLUME,
      emptyDir: { medium: "Memory", sizeLimit: "1Mi" },
    },
    { name: STATE_VOLUME, emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
  ];
}

const RESOURCES = [
  { name: "cpu", request: "proxyCpuRequest", limit: "proxyCpuLimit" },
  { name: "memory", request: "proxyMemoryRequest", limit: "proxyMemoryLimit" },
] as const;

/** Whether the container's requests equal its limits, for CPU and memory both. */
function isGuaranteed({ requests, limits }: ContainerView): boolean {
  return RESOURCES.every(({ name }) => {
    const limit = limits?.[name];
    const request = requests?.[name] ?? limit;
    return limit !== undefined && limit !== null &&
      parseQuantity(String(request)) === parseQuantity(String(limit));
  });
}

/**
 * The sidecar's resources. CPU and memory have both request and limit, so that
 * quotas on any of them accept the pod. A pod of class Guaranteed stays one. A
 * resource that the pod budgets as a whole is not asked for again: the sum of
 * the containers' requests may not go above the pod's.
 */
function renderResources(settings: InjectSettings, pod: PodView): JsonObject {
  const guaranteed = pod.containers.every((container) =>
    container.list === "ephemeralContainers" ||
    container.name === SIDECAR_NAME || isGuaranteed(container)
  );
  const requests: JsonObject = {};
  const limits: JsonObject = {};
  for (const { name, request: requestKey, limit: limitKey } of RESOURCES) {
    if (isBudgetedByPod(pod, name)) continue;
    const limit = settings[limitKey];
    const request = guaranteed && limit !== NONE ? limit : settings[requestKey];
    checkBelow(request, limit, [requestKey, limitKey], pod);
    if (request !== NONE) requests[name] = request;
    if (limit !== NONE) limits[name] = limit;
  }
  return {
    ...(Object.keys(requests).length === 0 ? {} : { requests }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}

function isBudgetedByPod({ resources }: PodView, name: string): boolean {
  return ["requests", "limits"].some((kind) => {
    const amounts = resources?.[kind];
    return isJsonObject(amounts) && amounts[name] !== undefined;
  });
}

function checkBelow(
  request: string,
  limit: string,
  keys: readonly [request: SettingKey, limit: SettingKey],
  { annotations }: PodView,
): void {
  if (request === NONE || limit === NONE) return;
  if ((parseQuantity(request) ?? 0) <= (parseQuantity(limit) ?? 0)) return;
  const [requestKey, limitKey] = keys;
  const annotation = keys.map((key) => `${MCA_PREFIX}${settingName(key)}`)
    .find((name) => annotations?.[name] !== undefined);
  throw new McaError(
    "setting",
    `${requestKey} ${request} is above ${limitKey} ${limit}`,
    {
      hint: `Raise ${limitKey}, or lower ${requestKey}.`,
      ...(annotation === undefined ? {} : {
        place: { field: childField("metadata.annotations", annotation) },
      }),
    },
  );
}

function renderEnvironment(settings: InjectSettings): JsonObject[] {
  const variables = new Map<string, string>();
  for (const key of SETTING_KEYS) {
    const { sidecarVariable }: SettingDefinition = SETTINGS[key];
    if (sidecarVariable === undefined) continue;
    if (settings[key] === DEFAULT_SETTINGS[key]) continue;
    variables.set(sidecarVariable, String(settings[key]));
  }
  for (const [name, value] of Object.entries(settings.proxyEnv)) {
    variables.set(name, value);
  }
  return [...variables].map(([name, value]) => ({ name, value }));
}

function renderSecurityContext({ proxyUid }: InjectSettings): JsonObject {
  return {
    ...(proxyUid === NONE ? {} : { runAsUser: proxyUid, runAsGroup: proxyUid }),
    runAsNonRoot: true,
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  };
}

function renderStartupProbe(settings: InjectSettings): JsonObject {
  return {
    // The listener is on loopback, out of the kubelet's reach, and the image has no shell.
    exec: { command: ["/usr/local/bin/mca", "proxy", "--check"] },
    periodSeconds: settings.proxyStartupPeriodSeconds,
    timeoutSeconds: settings.proxyStartupTimeoutSeconds,
    failureThreshold: settings.proxyStartupFailureThreshold,
  };
}

function renderMounts(): JsonObject[] {
  return [
    {
      name: REAL_SERVICE_ACCOUNT_VOLUME,
      mountPath: SERVICE_ACCOUNT_DIRECTORY,
      readOnly: true,
    },
    {
      name: APP_SERVICE_ACCOUNT_VOLUME,
      mountPath: APP_SERVICE_ACCOUNT_DIRECTORY,
    },
    { name: STATE_VOLUME, mountPath: STATE_DIRECTORY },
  ];
}

/** The sidecar for a pod that is not injected. `base` is the user's own container of that name. */
export function renderSidecar(
  settings: InjectSettings,
  pod: PodView,
  base: JsonObject | undefined,
): JsonObject {
  const environment = renderEnvironment(settings);
  const sidecar: JsonObject = {
    name: SIDECAR_NAME,
    image: settings.proxyImage,
    ...(settings.proxyImagePullPolicy === NONE
      ? {}
      : { imagePullPolicy: settings.proxyImagePullPolicy }),
    args: ["--proxy"],
    restartPolicy: "Always",
    ...(environment.length === 0 ? {} : { env: environment }),
    resources: renderResources(settings, pod),
    startupProbe: renderStartupProbe(settings),
    securityContext: renderSecurityContext(settings),
    volumeMounts: renderMounts(),
  };
  return base === undefined ? sidecar : mergeBase(sidecar, base);
}

/** Objects in `over` that no object in `under` has the same `key` as come after those of `under`. */
function mergeByKey(
  under: JsonValue | undefined,
  over: JsonValue | undefined,
  key: string,
): JsonValue[] {
  const first = Array.isArray(under) ? under : [];
  const second = Array.isArray(over) ? over : [];
  const identity = (item: JsonValue) =>
    isJsonObject(item) ? item[key] : undefined;
  const taken = new Set(second.map(identity));
  return [...first.filter((item) => !taken.has(identity(item))), ...second];
}

/**
 * The sidecar with the user's own wishes laid over it. What makes it MCA's
 * sidecar stays: its name, arguments, place in the life of the pod and mounts.
 */
function mergeBase(sidecar: JsonObject, base: JsonObject): JsonObject {
  const environment = mergeByKey(sidecar["env"], base["env"], "name");
  const context = base["securityContext"];
  const { resources, ...wishes } = base;
  // The API server writes an empty one where the user wrote none.
  const hasResources = isJsonObject(resources) &&
    Object.keys(resources).length > 0;
  return {
    ...sidecar,
    ...wishes,
    ...(hasResources ? { resources } : {}),
    args: sidecar["args"] ?? [],
    restartPolicy: "Always",
    ...(environment.length === 0 ? {} : { env: environment }),
    securityContext: {
      ...(isJsonObject(sidecar["securityContext"])
        ? sidecar["securityContext"]
        : {}),
      ...(isJsonObject(context) ? context : {}),
    },
    volumeMounts: mergeByKey(
      base["volumeMounts"],
      sidecar["volumeMounts"],
      "mountPath",
    ),
  };
}
