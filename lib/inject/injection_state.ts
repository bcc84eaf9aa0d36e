/**
 * Whether a pod is injected, by whom, and whether an injection is up to date.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import { isEqual } from "../kube/json_equality.ts";
import { type PodView, readPod } from "../kube/pod.ts";
import {
  APP_SERVICE_ACCOUNT_VOLUME,
  SIDECAR_NAME,
  STATUS_ANNOTATION,
} from "./contract.ts";
import { parseQuantity } from "./quantity.ts";
import { type InjectStatus, readStatus } from "./status.ts";

/**
 * Whether the pod was injected by the reference implementation, which leaves no
 * status annotation: a sidecar by our name, and a volume that only it makes.
 */
export function isReferenceInjection(pod: PodView): boolean {
  return pod.annotations?.[STATUS_ANNOTATION] === undefined &&
    pod.containers.some(({ list, name }) =>
      list === "initContainers" && name === SIDECAR_NAME
    ) &&
    pod.volumes.some(({ name }) => name === APP_SERVICE_ACCOUNT_VOLUME);
}

/** Whether both are one quantity: the API server stores 1024Mi as 1Gi. */
function isSameQuantity(
  a: JsonValue | undefined,
  b: JsonValue | undefined,
): boolean {
  if (typeof a !== "string" || typeof b !== "string") return false;
  const quantity = parseQuantity(a);
  return quantity !== undefined && quantity === parseQuantity(b);
}

/**
 * Whether `actual` has all that `wanted` asks for. The API server adds defaults
 * to what it stores; those do not make an injection out of date.
 */
function covers(
  actual: JsonValue | undefined,
  wanted: JsonValue | undefined,
): boolean {
  if (Array.isArray(wanted)) {
    return Array.isArray(actual) && actual.length === wanted.length &&
      wanted.every((item, index) => covers(actual[index], item));
  }
  if (isJsonObject(wanted)) {
    return isJsonObject(actual) &&
      Object.keys(wanted).every((key) => covers(actual[key], wanted[key]));
  }
  return actual === wanted || isSameQuantity(actual, wanted);
}

/** The list with each item replaced by `actual`'s at the same place where that covers it. */
function adopt(
  wanted: JsonValue | undefined,
  actual: JsonValue | undefined,
  count: number,
): JsonValue[] {
  const from = Array.isArray(actual) ? actual : [];
  return (Array.isArray(wanted) ? wanted : []).map((item, index) => {
    const candidate = from[index];
    return index < count && candidate !== undefined && covers(candidate, item)
      ? candidate
      : item;
  });
}

function isSameStatus(
  actual: InjectStatus | undefined,
  wanted: InjectStatus | undefined,
): boolean {
  return actual !== undefined && wanted !== undefined &&
    actual.settings === wanted.settings &&
    actual.originals.length === wanted.originals.length &&
    actual.originals.every(({ at, index, value }, place) => {
      const other = wanted.originals[place];
      return other?.at.join("/") === at.join("/") && other.index === index &&
        isEqual(other.value, value);
    });
}

/** How many volumes and init containers at the head of their lists are MCA's. */
const OURS = { volumes: 3, initContainers: 1 } as const;

/** Whether the pod as given is what injecting it anew gives, but for the API server's defaults. */
export function isSameInjection(
  actual: JsonObject,
  wanted: JsonObject,
): boolean {
  const given = readPod(actual);
  const made = readPod(wanted);
  if (!isSameStatus(readStatus(given), readStatus(made))) return false;
  const annotation = given.annotations?.[STATUS_ANNOTATION] ?? null;
  const adopted: JsonObject = {
    ...wanted,
    metadata: {
      ...made.metadata,
      annotations: { ...made.annotations, [STATUS_ANNOTATION]: annotation },
    },
    spec: {
      ...made.spec,
      initContainers: adopt(
        made.spec["initContainers"],
        given.spec["initContainers"],
        OURS.initContainers,
      ),
      volumes: adopt(
        made.spec["volumes"],
        given.spec["volumes"],
        OURS.volumes,
      ),
    },
  };
  return isEqual(actual, adopted);
}
