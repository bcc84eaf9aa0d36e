/**
 * Settings that stand on a workload instead of on its pods.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import { INJECT_LABEL, MCA_PREFIX } from "./contract.ts";
import {
  formatField,
  type ManifestObject,
  type PodPlace,
} from "./workloads.ts";

function metadataField(object: JsonObject, key: string): JsonObject {
  const { metadata } = object;
  const value = isJsonObject(metadata) ? metadata[key] : undefined;
  return isJsonObject(value) ? value : {};
}

/**
 * Refuses settings that only the workload itself carries, or a CronJob's
 * template of Jobs: pods get the metadata of the pod template alone, so nothing
 * would read them. What stands in both places, as tools that label everything
 * leave it, is fine; so is a label that asks for what happens anyway.
 *
 * @throws {McaError} `setting`, with the field seen from the document's root.
 *
 * @example
 * ```ts
 * import { checkPlacement } from "./setting_placement.ts";
 * import { findObjects } from "./workloads.ts";
 *
 * const job = {
 *   apiVersion: "batch/v1",
 *   kind: "Job",
 *   metadata: { annotations: { "mca.k8s.io/proxy-port": "7443" } },
 *   spec: { template: { spec: { containers: [{ name: "app" }] } } },
 * };
 * try {
 *   findObjects(job).forEach(checkPlacement);
 * } catch (error) {
 *   console.log(error); // mca.k8s.io/proxy-port has no effect on a Job itself
 * }
 * ```
 */
export function checkPlacement(
  { value, path, kind, pod }: ManifestObject,
): void {
  if (pod === undefined || pod.object === value) return;
  const steps = pod.path.slice(path.length);
  let object: JsonValue | undefined = value;
  for (const [depth, step] of steps.entries()) {
    if (!isJsonObject(object)) return;
    const bearer = depth === 0
      ? `a ${kind} itself`
      : `the ${steps[depth - 1]} of a ${kind}`;
    checkBearer(object, [...path, ...steps.slice(0, depth)], bearer, pod);
    object = object[step];
  }
}

/** Checks one object on the way to the pod template. */
function checkBearer(
  object: JsonObject,
  path: readonly (string | number)[],
  bearer: string,
  pod: PodPlace,
): void {
  for (const list of ["labels", "annotations"] as const) {
    const onPods = metadataField(pod.object, list);
    const onBearer = metadataField(object, list);
    for (const name of Object.keys(onBearer)) {
      const isRead = list === "labels"
        ? name === INJECT_LABEL && onBearer[name] !== "true"
        : name.startsWith(MCA_PREFIX);
      if (!isRead || onPods[name] !== undefined) continue;
      throw new McaError("setting", `${name} has no effect on ${bearer}`, {
        place: { field: formatField([...path, "metadata", list, name]) },
        hint: `Move it to ${formatField([...pod.path, "metadata", list])}.`,
      });
    }
  }
}
