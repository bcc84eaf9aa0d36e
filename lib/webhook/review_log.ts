/**
 * What the log says of a review: who and why, and nothing of what the pod holds.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import type { LogFields } from "../log/logger.ts";
import type { AdmissionRequest } from "./admission_review.ts";
import type { PodReview } from "./review_pod.ts";

/** As long as a name in Kubernetes can be (RFC 1123). */
const LONGEST_NAME = 253;

/**
 * The fields of a review's line in the log.
 *
 * @param duration Milliseconds.
 *
 * @example
 * ```ts
 * import { podName } from "./review_log.ts";
 *
 * console.log(podName("", { metadata: { generateName: "web-5d4f8-" } })); // web-5d4f8-*
 * ```
 */
export function reviewFields(
  request: AdmissionRequest,
  { decision, reason, error }: PodReview,
  duration: number,
): LogFields {
  return {
    namespace: short(request.namespace),
    name: short(podName(request.name, request.object)),
    owner: owner(request.object),
    operation: request.operation === "CREATE"
      ? undefined
      : short(request.operation),
    decision,
    // An error's message quotes what is wrong in the pod; its code and place do not.
    reason: reason?.code ?? error?.code,
    field: shortOf(reason?.field ?? error?.place.field),
    dryRun: request.dryRun ? true : undefined,
    duration: Math.round(duration * 1000) / 1000,
    uid: short(request.uid),
  };
}

/** The pod's name; `web-5d4f8-*` where the API server has yet to make it up. */
export function podName(name: string, object: JsonObject | undefined): string {
  const metadata = fieldOf(object, "metadata");
  const own = fieldOf(metadata, "name");
  const base = fieldOf(metadata, "generateName");
  if (name !== "") return name;
  if (typeof own === "string" && own !== "") return own;
  return typeof base === "string" && base !== "" ? `${base}*` : "*";
}

/** Who made the pod: `ReplicaSet/web-5d4f8`. */
function owner(object: JsonObject | undefined): string | undefined {
  const references = fieldOf(fieldOf(object, "metadata"), "ownerReferences");
  if (!Array.isArray(references)) return undefined;
  const reference =
    references.find((each) => fieldOf(each, "controller") === true) ??
      references[0];
  const kind = fieldOf(reference, "kind");
  const name = fieldOf(reference, "name");
  return typeof kind === "string" && typeof name === "string"
    ? short(`${kind}/${name}`)
    : undefined;
}

function fieldOf(
  value: JsonValue | undefined,
  key: string,
): JsonValue | undefined {
  return isJsonObject(value) ? value[key] : undefined;
}

function shortOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : short(text);
}

function short(text: string): string {
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text;
}
