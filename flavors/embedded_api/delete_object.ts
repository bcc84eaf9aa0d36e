/**
 * Deleting objects.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
 * @module
 */

import type { JsonObject } from "../../lib/kube/json.ts";
import {
  type ApiContext,
  formatTime,
  type ObjectTarget,
  storedObject,
  type WriteOptions,
} from "./api_context.ts";
import { ApiError, forbidden } from "./api_error.ts";
import {
  listAt,
  objectAt,
  textAt,
  valueAt,
} from "../../lib/kube/object_fields.ts";
import { RESOURCE_TYPES } from "./resource_types.ts";

/** What a client may ask of a deletion. */
export interface DeleteOptions extends WriteOptions {
  /** The object has to have this UID or resourceVersion. */
  readonly preconditions: JsonObject;
}

/** Namespaces that cannot be deleted. */
const KEPT_NAMESPACES = new Set(["default", "kube-system", "kube-public"]);

/**
 * Deletes an object, or marks it where finalizers are left. Gives back its
 * last state and whether it is gone.
 *
 * @throws {ApiError} 403, 404 or 409.
 */
export function deleteObject(
  context: ApiContext,
  target: ObjectTarget,
  options: DeleteOptions,
): { readonly object: JsonObject; readonly isGone: boolean } {
  const { type, namespace, name } = target;
  const object = storedObject(context, target);
  checkPreconditions(target, object, options.preconditions);
  if (type.kind === "Namespace" && KEPT_NAMESPACES.has(name)) {
    throw forbidden(type, name, "this namespace may not be deleted");
  }
  if (options.dryRun) return { object, isGone: true };
  if (listAt(object, "metadata", "finalizers").length > 0) {
    return { object: markDeleted(context, target, object), isGone: false };
  }
  if (type.kind === "Namespace") deleteContents(context, name);
  return {
    object: context.store.remove(type, namespace, name) ?? object,
    isGone: true,
  };
}

function checkPreconditions(
  { type, name }: ObjectTarget,
  object: JsonObject,
  preconditions: JsonObject,
): void {
  const checks = [["uid", "UID"], [
    "resourceVersion",
    "ResourceVersion",
  ]] as const;
  for (const [field, label] of checks) {
    const wanted = textAt(preconditions, field);
    const actual = textAt(object, "metadata", field);
    if (wanted === "" || wanted === actual) continue;
    // kube-apiserver names the kind here, not the resource.
    throw new ApiError(
      "Conflict",
      `Operation cannot be fulfilled on ${type.kind} "${name}": the ${label} in the precondition (${wanted}) does not match the ${label} in record (${actual}). The object might have been deleted and then recreated`,
      { name, kind: type.kind },
    );
  }
}

function markDeleted(
  context: ApiContext,
  { type, namespace, name }: ObjectTarget,
  object: JsonObject,
): JsonObject {
  if (valueAt(object, "metadata", "deletionTimestamp") !== undefined) {
    return object;
  }
  return context.store.put(type, namespace, name, {
    ...object,
    metadata: {
      ...objectAt(object, "metadata"),
      deletionTimestamp: formatTime(context.clock.now()),
      deletionGracePeriodSeconds: 0,
    },
  });
}

/** There is no namespace controller here that would wait for finalizers: everything goes at once. */
function deleteContents(context: ApiContext, namespace: string): void {
  for (const type of RESOURCE_TYPES.filter((type) => type.namespaced)) {
    for (const { object } of context.store.list(type, namespace)) {
      context.store.remove(type, namespace, textAt(object, "metadata", "name"));
    }
  }
}
