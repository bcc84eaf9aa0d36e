/**
 * Which workload a pod belongs to.
 *
 * @module
 */

import type { JsonObject } from "../kube/json.ts";
import { objectsAt, textAt } from "../kube/object_fields.ts";

/** A workload by kind and name; the pod itself where nobody controls it. */
export interface Owner {
  readonly kind: string;
  readonly name: string;
}

/**
 * The workload that made the pod. A ReplicaSet counts as its Deployment, whose
 * name it has with the template's hash behind it.
 *
 * @example
 * ```ts
 * import { ownerOf } from "./pod_owner.ts";
 *
 * const { kind, name } = ownerOf({
 *   metadata: {
 *     name: "web-5d9c-x7k2p",
 *     labels: { "pod-template-hash": "5d9c" },
 *     ownerReferences: [{ kind: "ReplicaSet", name: "web-5d9c", controller: true }],
 *   },
 * });
 * console.log(`${kind}/${name}`); // Deployment/web
 * ```
 */
export function ownerOf(pod: JsonObject): Owner {
  const controller = objectsAt(pod, "metadata", "ownerReferences")
    .find((owner) => owner["controller"] === true);
  const kind = textAt(controller, "kind");
  const name = textAt(controller, "name");
  // The Node that a mirror pod is of makes no pods.
  if (controller === undefined || kind === "Node") {
    return { kind: "Pod", name: textAt(pod, "metadata", "name") };
  }
  const hash = textAt(pod, "metadata", "labels", "pod-template-hash");
  return kind === "ReplicaSet" && hash !== "" && name.endsWith(`-${hash}`)
    ? { kind: "Deployment", name: name.slice(0, -hash.length - 1) }
    : { kind, name };
}

/** The kinds that `kubectl rollout restart` takes. */
const RESTARTABLE: ReadonlySet<string> = new Set([
  "Deployment",
  "StatefulSet",
  "DaemonSet",
]);

/** What gives the workload new pods, as a sentence. */
export function howToRenew(namespace: string, { kind, name }: Owner): string {
  if (RESTARTABLE.has(kind)) {
    return `Run: kubectl -n ${namespace} rollout restart ${kind.toLowerCase()}/${name}`;
  }
  if (kind === "Job") return "The next Job gets new pods.";
  return kind === "Pod"
    ? "Delete the pod and create it again."
    : "Delete the pods: new ones take their place.";
}
