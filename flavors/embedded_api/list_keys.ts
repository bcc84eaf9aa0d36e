/**
 * What of the API merges and what is replaced as a whole, as tables: lists
 * merge item by item where they are named here, objects always but where they
 * are named here.
 *
 * The real API server reads this from its Go types and OpenAPI schema
 * (`x-kubernetes-patch-merge-key`, `x-kubernetes-list-map-keys`); the field's
 * name is enough for the resources served here.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 * @module
 */

import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../lib/kube/json.ts";

/** How the items of a list are told apart. */
export type ListKeys =
  /** A list of objects: by the values of these fields. The first alone counts in a strategic merge. */
  | { readonly type: "map"; readonly fields: readonly string[] }
  /** A list of scalars without duplicates: by value. */
  | { readonly type: "set" }
  /** One value. */
  | { readonly type: "atomic" };

const ATOMIC: ListKeys = { type: "atomic" };

function by(...fields: readonly string[]): ListKeys {
  return { type: "map", fields };
}

/** By the list's field name; where there are several, the first whose key an item has. */
const LIST_KEYS: Readonly<Record<string, readonly ListKeys[]>> = {
  conditions: [by("type")],
  containers: [by("name")],
  env: [by("name")],
  ephemeralContainers: [by("name")],
  finalizers: [{ type: "set" }],
  hostAliases: [by("ip")],
  hostIPs: [by("ip")],
  imagePullSecrets: [by("name")],
  initContainers: [by("name")],
  ownerReferences: [by("uid")],
  podIPs: [by("ip")],
  ports: [by("containerPort", "protocol"), by("port", "protocol")],
  resourceClaims: [by("name")],
  schedulingGates: [by("name")],
  topologySpreadConstraints: [by("topologyKey", "whenUnsatisfiable")],
  volumeDevices: [by("devicePath")],
  volumeMounts: [by("mountPath")],
  volumes: [by("name")],
};

/** What the API server takes a key field for where an item does not have it. */
const KEY_DEFAULTS: Readonly<Record<string, string>> = { protocol: "TCP" };

/** Objects that are one value to server-side apply (`x-kubernetes-map-type: atomic`). */
const ATOMIC_OBJECTS = new Set([
  "claimRef",
  "configMapKeyRef",
  "fieldRef",
  "involvedObject",
  "labelSelector",
  "nodeSelector",
  "resourceFieldRef",
  "roleRef",
  "secretKeyRef",
  "selector",
  "targetRef",
]);

/** Whether the object in a field has one owner and is replaced as a whole by server-side apply. */
export function isAtomicObject(field: string): boolean {
  return ATOMIC_OBJECTS.has(field);
}

/** How to tell apart the items of the list in a field; the items help where the name is not enough. */
export function listKeysOf(
  field: string,
  items: readonly JsonValue[],
): ListKeys {
  const candidates = Object.hasOwn(LIST_KEYS, field)
    ? LIST_KEYS[field] ?? []
    : [];
  return candidates.find((keys) => {
    if (keys.type !== "map") return true;
    const [first] = keys.fields;
    return first !== undefined &&
      items.every((item) =>
        isJsonObject(item) && ("$patch" in item || item[first] !== undefined)
      );
  }) ?? ATOMIC;
}

/** The key fields of an item with their values; undefined where the first is missing. */
export function itemKey(
  item: JsonValue,
  fields: readonly string[],
): JsonObject | undefined {
  if (!isJsonObject(item)) return undefined;
  const key: JsonObject = {};
  for (const field of fields) {
    const value = item[field] ?? KEY_DEFAULTS[field];
    if (value !== undefined) key[field] = value;
  }
  const [first] = fields;
  return first === undefined || key[first] === undefined ? undefined : key;
}
