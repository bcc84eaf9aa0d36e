/**
 * Changing objects: what every update and patch comes to.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/
 * @module
 */

import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../lib/kube/json.ts";
import { isEqual } from "../../lib/kube/json_equality.ts";
import { validate, withDefaults, withKind } from "./admission.ts";
import {
  type ApiContext,
  type ObjectTarget,
  storedObject,
  storeObject,
  updateWriter,
  type WriteOptions,
} from "./api_context.ts";
import { badRequest, conflict } from "./api_error.ts";
import { recordUpdate } from "./managed_fields.ts";
import {
  listAt,
  numberAt,
  objectAt,
  textAt,
  valueAt,
} from "../../lib/kube/object_fields.ts";

/**
 * Puts `sent` in the place of what is stored (PUT).
 *
 * @throws {ApiError} 400, 404, 409 or 422.
 */
export function replaceObject(
  context: ApiContext,
  target: ObjectTarget,
  sent: JsonObject,
  options: WriteOptions,
): JsonObject {
  return storeChange(
    context,
    target,
    sent,
    options,
    (before, after) =>
      recordUpdate(
        target.type,
        before,
        after,
        updateWriter(context, target, options),
      ),
  );
}

/**
 * Stores a changed object: what every update and patch comes to. `own`
 * records who changed which field.
 *
 * @throws {ApiError} 400, 404, 409 or 422.
 */
export function storeChange(
  context: ApiContext,
  target: ObjectTarget,
  sent: JsonObject,
  options: WriteOptions,
  own: (before: JsonObject, after: JsonObject) => JsonObject,
): JsonObject {
  const { type, namespace, name } = target;
  const before = storedObject(context, target);
  const object = withKind(type, sent);
  checkIdentity(target, before, object);
  const changed = target.subresource === "status"
    ? {
      ...before,
      status: object["status"] ?? {},
      metadata: statusMetadata(before, object),
    }
    : withDefaults(type, keptParts(target, before, object), context.store);
  validate(type, changed);
  const owned = own(before, changed);
  if (isUnchanged(before, owned)) return before;
  const after = withGeneration(target, before, owned);
  const isGone =
    valueAt(after, "metadata", "deletionTimestamp") !== undefined &&
    listAt(after, "metadata", "finalizers").length === 0;
  if (isGone && !options.dryRun) {
    context.store.put(type, namespace, name, after);
    return context.store.remove(type, namespace, name) ?? after;
  }
  return storeObject(context, target, name, after, options);
}

function checkIdentity(
  { type, namespace, name }: ObjectTarget,
  before: JsonObject,
  sent: JsonObject,
): void {
  const metadata = objectAt(sent, "metadata");
  const sentName = textAt(metadata, "name");
  if (sentName !== name) {
    throw badRequest(
      `the name of the object (${sentName}) does not match the name on the URL (${name})`,
    );
  }
  const sentNamespace = textAt(metadata, "namespace");
  if (type.namespaced && sentNamespace !== "" && sentNamespace !== namespace) {
    throw badRequest(
      `the namespace of the object (${sentNamespace}) does not match the namespace on the request (${namespace})`,
    );
  }
  const uid = textAt(metadata, "uid");
  const storedUid = textAt(before, "metadata", "uid");
  if (uid !== "" && uid !== storedUid) {
    throw conflict(
      type,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${storedUid}`,
    );
  }
  const version = textAt(metadata, "resourceVersion");
  if (
    version !== "" && version !== textAt(before, "metadata", "resourceVersion")
  ) throw conflict(type, name);
}

/** Metadata fields that the server alone sets. */
const SERVER_METADATA = [
  "uid",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "generation",
  "resourceVersion",
  "namespace",
] as const;

/** What was sent, with the parts that this write cannot change put back. */
function keptParts(
  { type }: ObjectTarget,
  before: JsonObject,
  sent: JsonObject,
): JsonObject {
  const metadata = { ...objectAt(sent, "metadata") };
  for (const field of SERVER_METADATA) {
    const value = valueAt(before, "metadata", field);
    if (value === undefined) delete metadata[field];
    else metadata[field] = value;
  }
  const kept: JsonObject = { ...sent, metadata };
  if (!type.hasStatus) return kept;
  const status = before["status"];
  if (status === undefined) delete kept["status"];
  else kept["status"] = status;
  return kept;
}

/** A write of the status may change the status alone; managedFields are kept by the server. */
function statusMetadata(before: JsonObject, sent: JsonObject): JsonObject {
  const managedFields = valueAt(sent, "metadata", "managedFields");
  return {
    ...objectAt(before, "metadata"),
    ...(managedFields === undefined ? {} : { managedFields }),
  };
}

/** Whether only the time of an entry of managedFields differs: then nothing is written. */
function isUnchanged(before: JsonObject, after: JsonObject): boolean {
  const timeless = (object: JsonObject): JsonValue => ({
    ...object,
    metadata: {
      ...objectAt(object, "metadata"),
      managedFields: listAt(object, "metadata", "managedFields").map((entry) =>
        isJsonObject(entry) ? { ...entry, time: "" } : entry
      ),
    },
  });
  return isEqual(timeless(before), timeless(after));
}

function withGeneration(
  { type, subresource }: ObjectTarget,
  before: JsonObject,
  after: JsonObject,
): JsonObject {
  if (!type.hasGeneration || subresource !== "") return after;
  const { metadata: _oldMetadata, status: _oldStatus, ...old } = before;
  const { metadata, status: _status, ...rest } = after;
  if (isEqual(old, rest)) return after;
  return {
    ...after,
    metadata: {
      ...objectAt({ metadata: metadata ?? {} }, "metadata"),
      generation: numberAt(before, "metadata", "generation") + 1,
    },
  };
}
