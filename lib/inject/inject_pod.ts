/**
 * Injection of the sidecar into one pod or pod template.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import { type ContainerView, type PodView, readPod } from "../kube/pod.ts";
import {
  APP_SERVICE_ACCOUNT_VOLUME,
  AUTOMATIC_VOLUME_PREFIX,
  SERVICE_ACCOUNT_DIRECTORY,
  SERVICE_VARIABLES,
  SIDECAR_NAME,
  STATUS_ANNOTATION,
} from "./contract.ts";
import {
  type DefaultChoice,
  findLabelReason,
  findReason,
  getsMount,
  isReplacedMount,
} from "./eligibility.ts";
import { isSameInjection } from "./injection_state.ts";
import type { GivenReason } from "./reasons.ts";
import { overlaySettings, settingsFromAnnotations } from "./setting_sources.ts";
import type { InjectSettings } from "./settings.ts";
import { renderSidecar, renderVolumes } from "./sidecar.ts";
import { digestSettings, formatStatus, type Original } from "./status.ts";
import { stripPod } from "./uninject_pod.ts";

/** What {@link injectPod} did, and the pod that came of it. */
export type InjectResult =
  | {
    readonly outcome: "injected" | "updated";
    readonly pod: JsonObject;
  }
  | {
    readonly outcome: "unchanged" | "skipped";
    readonly pod: JsonObject;
    readonly reason: GivenReason;
  };

/** How {@link injectPod} is to choose. */
export interface InjectOptions {
  /** What happens to a pod without the label: `inject` (the default) or `skip`. */
  readonly withoutLabel?: DefaultChoice;
  /**
   * Where the pod's tokens are: `automatic` (the default) for manifests, which
   * the API server adds token mounts to; `mounted` for admission, where it has
   * done so. A pod without a token mount then has none to come, because its
   * ServiceAccount says so, and injection must not give it one.
   */
  readonly tokens?: "automatic" | "mounted";
}

/** A list with some items gone, and what is needed to put them back. */
interface Changed {
  readonly list: JsonObject[];
  readonly originals: Original[];
}

function objectsOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** A field that is there but holds nothing has to be remembered: it differs from an absent one. */
function rememberEmpty(
  parent: JsonObject | undefined,
  key: string,
  at: readonly string[],
): Original[] {
  const value = parent?.[key];
  if (value === undefined) return [];
  const empty = value === null ||
    (Array.isArray(value)
      ? value.length === 0
      : isJsonObject(value) && Object.keys(value).length === 0);
  return empty ? [{ at, value }] : [];
}

function takeOut(
  items: readonly JsonObject[],
  at: readonly string[],
  isTaken: (item: JsonObject, index: number) => boolean,
): Changed {
  const list: JsonObject[] = [];
  const originals: Original[] = [];
  items.forEach((item, index) => {
    if (isTaken(item, index)) originals.push({ at, index, value: item });
    else list.push(item);
  });
  return { list, originals };
}

const VARIABLE_NAMES: ReadonlySet<JsonValue | undefined> = new Set(
  Object.values(SERVICE_VARIABLES),
);

/** First in the list, so that the user's own `$(KUBERNETES_SERVICE_HOST)` resolves to MCA's. */
function injectEnvironment(
  { object, list, name }: ContainerView,
  port: number,
): Changed {
  const at = [list, name, "env"];
  const rest = takeOut(
    objectsOf(object["env"]),
    at,
    (entry) => VARIABLE_NAMES.has(entry["name"]),
  );
  return {
    list: [
      { name: SERVICE_VARIABLES.host, value: "127.0.0.1" },
      { name: SERVICE_VARIABLES.port, value: String(port) },
      { name: SERVICE_VARIABLES.httpsPort, value: String(port) },
      ...rest.list,
    ],
    originals: [...rememberEmpty(object, "env", at), ...rest.originals],
  };
}

/** In place of what is mounted at the standard path, else last. */
function injectMount(
  { object, list, name, mounts }: ContainerView,
): Changed {
  const at = [list, name, "volumeMounts"];
  const ours = {
    name: APP_SERVICE_ACCOUNT_VOLUME,
    mountPath: SERVICE_ACCOUNT_DIRECTORY,
    readOnly: true,
  };
  const rest = takeOut(
    objectsOf(object["volumeMounts"]),
    at,
    (_, index) => isReplacedMount(mounts[index]?.path ?? ""),
  );
  const place = rest.originals.find(({ index }) =>
    mounts[index ?? -1]?.path === SERVICE_ACCOUNT_DIRECTORY
  )?.index;
  const before = place === undefined
    ? rest.list.length
    : mounts.slice(0, place).filter(({ path }) => !isReplacedMount(path))
      .length;
  return {
    list: [...rest.list.slice(0, before), ours, ...rest.list.slice(before)],
    originals: [
      ...rememberEmpty(object, "volumeMounts", at),
      ...rest.originals,
    ],
  };
}

function injectContainer(
  container: ContainerView,
  port: number,
  withToken: boolean,
): { readonly container: JsonObject; readonly originals: Original[] } {
  const environment = injectEnvironment(container, port);
  const result: JsonObject = { ...container.object, env: environment.list };
  if (!withToken) {
    return { container: result, originals: environment.originals };
  }
  const mounts = injectMount(container);
  result["volumeMounts"] = mounts.list;
  return {
    container: result,
    originals: [...environment.originals, ...mounts.originals],
  };
}

/** What the API server's ServiceAccount admission adds by itself: its name ends in five characters. */
function isAutomaticVolume(volume: JsonObject): boolean {
  const name = volume["name"];
  return typeof name === "string" && name.startsWith(AUTOMATIC_VOLUME_PREFIX) &&
    /^[a-z0-9]{5}$/.test(name.slice(AUTOMATIC_VOLUME_PREFIX.length)) &&
    isJsonObject(volume["projected"]);
}

function injectVolumes(
  { spec, volumes }: PodView,
  containers: readonly JsonObject[],
): Changed {
  const mounted = new Set(
    containers.flatMap((container) =>
      objectsOf(container["volumeMounts"]).map((mount) => mount["name"])
    ),
  );
  const rest = takeOut(
    volumes.map(({ object }) => object),
    ["volumes"],
    (volume) =>
      isAutomaticVolume(volume) && !mounted.has(volume["name"] ?? null),
  );
  return {
    list: [...renderVolumes(), ...rest.list],
    originals: [
      ...rememberEmpty(spec, "volumes", ["volumes"]),
      ...rest.originals,
    ],
  };
}

/** The user's own container named mca-proxy: what the sidecar is based on. */
function findBase({ containers }: PodView): ContainerView | undefined {
  const [base, second] = containers.filter(({ name }) => name === SIDECAR_NAME);
  if (second !== undefined) {
    throw new McaError("manifest", `Two containers are named ${SIDECAR_NAME}`, {
      place: { field: second.field },
      hint: "Container names are unique within a pod; rename one.",
    });
  }
  if (base?.list === "ephemeralContainers") {
    throw new McaError(
      "manifest",
      `An ephemeral container is named ${SIDECAR_NAME}`,
      { place: { field: base.field }, hint: "Rename the ephemeral container." },
    );
  }
  return base;
}

function injectFresh(pod: PodView, settings: InjectSettings): JsonObject {
  const base = findBase(pod);
  const others = pod.containers.filter((container) => container !== base);
  if (!others.some(({ list }) => list === "containers")) {
    throw new McaError(
      "manifest",
      `The pod has no container but ${SIDECAR_NAME}`,
      {
        place: { field: "spec.containers" },
        hint: "A proxy alone serves nobody; add the app's container.",
      },
    );
  }
  const originals: Original[] = [
    ...rememberEmpty(pod.spec, "initContainers", ["initContainers"]),
  ];
  if (base !== undefined) {
    originals.push({
      at: [base.list],
      index: base.index,
      value: base.object,
    });
  }
  const lists: { [list: string]: JsonObject[] } = {
    initContainers: [renderSidecar(settings, pod, base?.object)],
  };
  for (const container of others) {
    const injected = injectContainer(
      container,
      settings.proxyPort,
      getsMount(pod, container),
    );
    (lists[container.list] ??= []).push(injected.container);
    originals.push(...injected.originals);
  }
  const volumes = injectVolumes(pod, Object.values(lists).flat());
  originals.push(
    ...volumes.originals,
    ...rememberEmpty(pod.object, "metadata", ["metadata"]),
    ...rememberEmpty(pod.metadata, "annotations", ["metadata", "annotations"]),
  );
  return {
    ...pod.object,
    metadata: {
      ...pod.metadata,
      annotations: {
        ...pod.annotations,
        [STATUS_ANNOTATION]: formatStatus({
          settings: digestSettings(settings),
          originals,
          text: undefined,
        }),
      },
    },
    spec: { ...pod.spec, ...lists, volumes: volumes.list },
  };
}

/**
 * Injects the sidecar into a pod or pod template: an object with `metadata` and
 * `spec`. Pure: the input is never changed, and the result shares with it what
 * stayed the same. Injecting an injected pod with the same settings changes
 * nothing; with other settings it is undone and done again.
 *
 * The pod's own annotations win over `settings`.
 *
 * @throws {McaError} `manifest` for a field of the wrong type, `setting` for an
 *   annotation with an unknown name or a bad value; `place.field` says where,
 *   seen from the pod.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 *
 * @example
 * ```ts
 * import { injectPod } from "./inject_pod.ts";
 * import { DEFAULT_SETTINGS } from "./settings.ts";
 *
 * const pod = { spec: { containers: [{ name: "app", image: "app:1" }] } };
 * const { outcome } = injectPod(pod, DEFAULT_SETTINGS);
 * console.log(outcome); // injected
 * ```
 */
export function injectPod(
  pod: JsonObject,
  settings: InjectSettings,
  options: InjectOptions = {},
): InjectResult {
  const given = readPod(pod);
  const labelReason = findLabelReason(given, options.withoutLabel ?? "inject");
  if (labelReason !== undefined) {
    return { outcome: "skipped", pod, reason: labelReason };
  }
  const stripped = stripPod(given);
  // An injected pod shows no token mounts of its own any more.
  const view = stripped !== undefined
    ? readPod(stripped)
    : options.tokens === "mounted"
    ? { ...given, automountServiceAccountToken: false }
    : given;
  const effective = overlaySettings(
    settings,
    settingsFromAnnotations(view.annotations),
  );
  const reason = findReason(view, effective);
  if (reason !== undefined) return { outcome: "skipped", pod, reason };
  const injected = injectFresh(view, effective);
  if (stripped === undefined) return { outcome: "injected", pod: injected };
  return isSameInjection(pod, injected)
    ? { outcome: "unchanged", pod, reason: { code: "up-to-date" } }
    : { outcome: "updated", pod: injected };
}
