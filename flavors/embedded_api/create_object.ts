/**
 * Creating objects.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/
 * @module
 */

import type { JsonObject } from "../../lib/kube/json.ts";
import {
  validate,
  withDefaults,
  withFirstStatus,
  withKind,
} from "./admission.ts";
import {
  type ApiContext,
  formatTime,
  type ObjectTarget,
  storeObject,
  updateWriter,
  type WriteOptions,
} from "./api_context.ts";
import { alreadyExists, ApiError, badRequest, notFound } from "./api_error.ts";
import { recordUpdate } from "./managed_fields.ts";
import { objectAt, textAt } from "../../lib/kube/object_fields.ts";
import { findResourceType } from "./resource_types.ts";

/** The characters of generated names: no vowels, nothing that looks alike. */
const NAME_CHARACTERS = "bcdfghjklmnpqrstvwxz2456789";

/**
 * Stores a new object and gives it back as stored. `own` records who set
 * which field.
 *
 * @throws {ApiError} 400, 403, 404 (its namespace), 409 or 422.
 */
export function createObject(
  context: ApiContext,
  target: ObjectTarget,
  sent: JsonObject,
  options: WriteOptions,
  own = (object: JsonObject): JsonObject =>
    recordUpdate(
      target.type,
      undefined,
      object,
      updateWriter(context, target, options),
    ),
): JsonObject {
  const { type } = target;
  const object = withKind(type, sent);
  checkNamespace(context, target, object);
  const metadata = objectAt(object, "metadata");
  if (textAt(metadata, "resourceVersion") !== "") {
    // As kube-apiserver: this code, odd as it is.
    throw new ApiError(
      "InternalError",
      "resourceVersion should not be set on objects to be created",
    );
  }
  const named: JsonObject = {
    ...object,
    metadata: newMetadata(context, target, metadata),
  };
  const complete = withFirstStatus(
    type,
    withDefaults(type, named, context.store),
  );
  validate(type, complete);
  const name = textAt(complete, "metadata", "name");
  if (context.store.get(type, target.namespace, name) !== undefined) {
    throw alreadyExists(type, name);
  }
  return storeObject(context, target, name, own(complete), options);
}

function newMetadata(
  context: ApiContext,
  { type, namespace }: ObjectTarget,
  sent: JsonObject,
): JsonObject {
  const {
    deletionTimestamp: _deletion,
    deletionGracePeriodSeconds: _grace,
    selfLink: _link,
    resourceVersion: _version,
    ...metadata
  } = sent;
  const generateName = textAt(sent, "generateName");
  const name = textAt(sent, "name");
  return {
    ...metadata,
    name: name === "" && generateName !== ""
      ? generateName + randomSuffix(context.crypto)
      : name,
    ...(type.namespaced ? { namespace } : {}),
    uid: context.crypto.randomUUID(),
    creationTimestamp: formatTime(context.clock.now()),
    ...(type.hasGeneration ? { generation: 1 } : {}),
  };
}

function randomSuffix(crypto: Pick<Crypto, "getRandomValues">): string {
  const bytes = crypto.getRandomValues(new Uint8Array(5));
  return [...bytes].map((byte) =>
    NAME_CHARACTERS.charAt(byte % NAME_CHARACTERS.length)
  ).join("");
}

function checkNamespace(
  context: ApiContext,
  { type, namespace }: ObjectTarget,
  sent: JsonObject,
): void {
  if (!type.namespaced) return;
  const own = textAt(sent, "metadata", "namespace");
  if (namespace === "" || (own !== "" && own !== namespace)) {
    throw badRequest(
      "the namespace of the provided object does not match the namespace sent on the request",
    );
  }
  const namespaces = findResourceType("", "v1", "namespaces");
  if (
    namespaces !== undefined &&
    context.store.get(namespaces, "", namespace) === undefined
  ) throw notFound(namespaces, namespace);
}
