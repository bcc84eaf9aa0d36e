/**
 * Undoing of injection, by what the status annotation remembers.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import { CONTAINER_LISTS, type PodView, readPod } from "../kube/pod.ts";
import {
  APP_SERVICE_ACCOUNT_VOLUME,
  DEFAULT_PROXY_PORT,
  SERVICE_ACCOUNT_DIRECTORY,
  SERVICE_VARIABLES,
  SIDECAR_NAME,
  STATUS_ANNOTATION,
  VOLUME_NAMES,
} from "./contract.ts";
import { isReferenceInjection } from "./injection_state.ts";
import type { GivenReason } from "./reasons.ts";
import { type InjectStatus, type Original, readStatus } from "./status.ts";

/** What {@link uninjectPod} did, and the pod that came of it. */
export type UninjectResult =
  | { readonly outcome: "uninjected"; readonly pod: JsonObject }
  | {
    readonly outcome: "skipped";
    readonly pod: JsonObject;
    readonly reason: GivenReason;
  };

/** Whether an env entry is MCA's, as one kind of injection leaves it. */
type IsOurs = (entry: JsonObject, index: number) => boolean;

const VARIABLES: ReadonlySet<JsonValue | undefined> = new Set(
  Object.values(SERVICE_VARIABLES),
);

/** MCA's entries are the first of the list; one of the same name further on is the user's, added later. */
const isOursAtHead: IsOurs = (entry, index) =>
  index < VARIABLES.size && VARIABLES.has(entry["name"]);

/** The reference implementation adds at the end, or changes the value where it stands. */
const isOursByValue: IsOurs = (entry) =>
  (entry["name"] === SERVICE_VARIABLES.host &&
    entry["value"] === "127.0.0.1") ||
  (entry["name"] === SERVICE_VARIABLES.port &&
    entry["value"] === String(DEFAULT_PROXY_PORT));

/** The object with `key` set to the list, or without it where the list is empty. */
function withList(
  object: JsonObject,
  key: string,
  keep: (item: JsonObject, index: number) => boolean,
): JsonObject {
  const list = object[key];
  if (!Array.isArray(list)) return object;
  const kept = list.filter((item, index) =>
    isJsonObject(item) && keep(item, index)
  );
  if (kept.length === list.length) return object;
  if (kept.length > 0) return { ...object, [key]: kept };
  const { [key]: _, ...rest } = object;
  return rest;
}

function stripContainer(container: JsonObject, isOurs: IsOurs): JsonObject {
  return withList(
    withList(container, "env", (entry, index) => !isOurs(entry, index)),
    "volumeMounts",
    ({ name }) => name !== APP_SERVICE_ACCOUNT_VOLUME,
  );
}

function stripSpec(spec: JsonObject, isOurs: IsOurs): JsonObject {
  let result = withList(
    spec,
    "volumes",
    ({ name }) => typeof name !== "string" || !VOLUME_NAMES.includes(name),
  );
  result = withList(
    result,
    "initContainers",
    ({ name }) => name !== SIDECAR_NAME,
  );
  for (const list of CONTAINER_LISTS) {
    const containers = result[list];
    if (!Array.isArray(containers)) continue;
    result = {
      ...result,
      [list]: containers.map((container) =>
        isJsonObject(container) ? stripContainer(container, isOurs) : container
      ),
    };
  }
  return result;
}

function stripMetadata(pod: JsonObject): JsonObject {
  const { metadata, ...withoutMetadata } = pod;
  if (!isJsonObject(metadata)) return pod;
  const { annotations, ...rest } = metadata;
  if (!isJsonObject(annotations)) return pod;
  const { [STATUS_ANNOTATION]: _, ...others } = annotations;
  if (Object.keys(others).length > 0) {
    return { ...pod, metadata: { ...metadata, annotations: others } };
  }
  return Object.keys(rest).length > 0
    ? { ...pod, metadata: rest }
    : withoutMetadata;
}

/** The field's value with the original put back. */
function putBack(
  value: JsonValue | undefined,
  { index, value: original }: Original,
): JsonValue {
  // A whole field that was empty: what has come into it since stays.
  if (index === undefined) return value === undefined ? original : value;
  const list = Array.isArray(value) ? value : [];
  return [...list.slice(0, index), original, ...list.slice(index)];
}

/** The value with what lies at the end of the path replaced; lists are entered by the items' names. */
function change(
  value: JsonValue | undefined,
  path: readonly string[],
  replace: (value: JsonValue | undefined) => JsonValue,
): JsonValue | undefined {
  const [head, ...rest] = path;
  if (head === undefined) return replace(value);
  if (Array.isArray(value)) {
    return value.map((item) =>
      isJsonObject(item) && item["name"] === head
        ? change(item, rest, replace) ?? item
        : item
    );
  }
  if (value !== undefined && !isJsonObject(value)) return value;
  const changed = change(value?.[head], rest, replace);
  return changed === undefined ? value : { ...value, [head]: changed };
}

function restore(
  pod: JsonObject,
  originals: readonly Original[],
): JsonObject {
  let result = pod;
  for (const original of originals) {
    const path = original.at[0] === "metadata"
      ? original.at
      : ["spec", ...original.at];
    const changed = isReachable(result, path)
      ? change(result, path, (value) => putBack(value, original))
      : undefined;
    if (isJsonObject(changed)) result = changed;
  }
  return result;
}

/** Whether the container that the path names is still there. */
function isReachable(pod: JsonObject, path: readonly string[]): boolean {
  const [, list = "", name] = path;
  if (name === undefined || path[0] !== "spec") return true;
  const spec = pod["spec"];
  const containers = isJsonObject(spec) ? spec[list] : undefined;
  return Array.isArray(containers) &&
    containers.some((item) => isJsonObject(item) && item["name"] === name);
}

/**
 * The reference implementation puts its mount in the place of the one at the
 * standard path but leaves that one's volume: if there is one token volume that
 * nobody mounts any more, it was mounted there.
 */
function remountToken(pod: JsonObject, injected: PodView): JsonObject {
  const { spec, volumes, containers } = readPod(pod);
  const mounted = new Set(
    containers.flatMap(({ mounts }) => mounts.map(({ name }) => name)),
  );
  const [orphan, ...more] = volumes.filter(({ name, object }) =>
    !mounted.has(name) && isTokenVolume(object)
  );
  if (orphan === undefined || more.length > 0) return pod;
  const mount = {
    name: orphan.name,
    mountPath: SERVICE_ACCOUNT_DIRECTORY,
    readOnly: true,
  };
  // It never reaches the init containers: it changes a copy of them.
  const changed = new Set(
    injected.containers.filter(({ list, mounts }) =>
      list === "containers" &&
      mounts.some(({ name }) => name === APP_SERVICE_ACCOUNT_VOLUME)
    ).map(({ name }) => name),
  );
  return {
    ...pod,
    spec: {
      ...spec,
      containers: containers.filter(({ list }) => list === "containers").map((
        { object, name },
      ) => changed.has(name) ? withMount(object, mount) : object),
    },
  };
}

function withMount(container: JsonObject, mount: JsonObject): JsonObject {
  const mounts = container["volumeMounts"];
  return {
    ...container,
    volumeMounts: [...(Array.isArray(mounts) ? mounts : []), mount],
  };
}

function isTokenVolume({ projected }: JsonObject): boolean {
  const sources = isJsonObject(projected) ? projected["sources"] : undefined;
  return Array.isArray(sources) &&
    sources.some((source) =>
      isJsonObject(source) && isJsonObject(source["serviceAccountToken"])
    );
}

/**
 * The pod as it was before injection; undefined where it is not injected.
 *
 * @throws {McaError} `manifest` where the status annotation is not what MCA writes.
 */
export function stripPod(pod: PodView): JsonObject | undefined {
  const status: InjectStatus | undefined = readStatus(pod);
  if (status !== undefined) {
    const stripped = stripMetadata({
      ...pod.object,
      spec: stripSpec(pod.spec, isOursAtHead),
    });
    return restore(stripped, status.originals);
  }
  if (!isReferenceInjection(pod)) return undefined;
  return remountToken({
    ...pod.object,
    spec: stripSpec(pod.spec, isOursByValue),
  }, pod);
}

/**
 * Takes out of a pod or pod template what injection put in, and puts back what
 * it took away. Pure: the input is never changed. Pods injected by the
 * reference implementation, which keeps no record, are undone as far as their
 * content tells.
 *
 * @throws {McaError} `manifest` for a field of the wrong type or a status
 *   annotation that is not what MCA writes.
 *
 * @example
 * ```ts
 * import { injectPod } from "./inject_pod.ts";
 * import { DEFAULT_SETTINGS } from "./settings.ts";
 * import { uninjectPod } from "./uninject_pod.ts";
 *
 * const pod = { spec: { containers: [{ name: "app", image: "app:1" }] } };
 * const injected = injectPod(pod, DEFAULT_SETTINGS).pod;
 * console.log(JSON.stringify(uninjectPod(injected).pod) === JSON.stringify(pod)); // true
 * ```
 */
export function uninjectPod(pod: JsonObject): UninjectResult {
  const stripped = stripPod(readPod(pod));
  return stripped === undefined
    ? { outcome: "skipped", pod, reason: { code: "not-injected" } }
    : { outcome: "uninjected", pod: stripped };
}
