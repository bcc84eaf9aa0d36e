/**
 * Patching objects: one entry per patch format.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
 * @module
 */

import { McaError } from "../../lib/errors.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../lib/kube/json.ts";
import { withKind } from "./admission.ts";
import {
  type ApiContext,
  type ObjectTarget,
  storedObject,
  updateWriter,
  type WriteOptions,
} from "./api_context.ts";
import { ApiError, badRequest, invalid, invalidKind } from "./api_error.ts";
import { replaceObject, storeChange } from "./change_object.ts";
import { createObject } from "./create_object.ts";
import { recordApply } from "./managed_fields.ts";
import { applyConfiguration } from "./server_side_apply.ts";
import { applyJsonPatch } from "./json_patch.ts";
import { objectAt, textAt, valueAt } from "../../lib/kube/object_fields.ts";
import { mergePatch, strategicMerge } from "./strategic_merge.ts";

/** What a client may ask of a patch. */
export interface PatchOptions extends WriteOptions {
  /** Server-side apply takes fields over from other managers. */
  readonly force: boolean;
  /** Server-side apply demands a name for its manager. */
  readonly hasManager: boolean;
}

/** What a patch came to. */
export interface PatchResult {
  readonly object: JsonObject;
  /** Server-side apply creates what is not there. */
  readonly isNew: boolean;
}

type Patcher = (
  target: ObjectTarget,
  stored: JsonObject,
  patch: JsonValue,
) => JsonValue;

function objectPatch(patch: JsonValue): JsonObject {
  if (isJsonObject(patch)) return patch;
  throw badRequest("Expected the patch to be an object");
}

/** The formats that make the new object out of the stored one alone, by media type. */
const PATCHERS: Readonly<Record<string, Patcher>> = {
  "application/json-patch+json": ({ type, name }, stored, patch) => {
    try {
      return applyJsonPatch(stored, patch);
    } catch (error) {
      if (!(error instanceof McaError)) throw error;
      throw invalid(type, name, [{
        field: "patch",
        reason: "FieldValueInvalid",
        message: `Invalid value: ${error.message}`,
      }]);
    }
  },
  "application/merge-patch+json": (_target, stored, patch) =>
    mergePatch(stored, objectPatch(patch)),
  "application/strategic-merge-patch+json": (_target, stored, patch) =>
    strategicMerge(stored, objectPatch(patch)),
};

const APPLY = "application/apply-patch+yaml";

function unsupported(): ApiError {
  // The words of kube-apiserver, which names no types here.
  return new ApiError(
    "UnsupportedMediaType",
    "415: Unsupported Media Type",
    {},
  );
}

/**
 * Checks that a media type is that of a patch, before its body is read.
 *
 * @throws {ApiError} 415.
 */
export function checkPatchType(mediaType: string): void {
  if (mediaType !== APPLY && !Object.hasOwn(PATCHERS, mediaType)) {
    throw unsupported();
  }
}

/**
 * Patches an object and stores the result.
 *
 * @throws {ApiError} 400, 404, 409, 415 or 422.
 */
export function patchObject(
  context: ApiContext,
  target: ObjectTarget,
  mediaType: string,
  patch: JsonValue,
  options: PatchOptions,
): PatchResult {
  if (mediaType === APPLY) {
    return applyObject(context, target, objectPatch(patch), options);
  }
  const patcher = PATCHERS[mediaType];
  if (patcher === undefined) {
    throw unsupported();
  }
  const stored = storedObject(context, target);
  const patched = patcher(target, stored, patch);
  if (!isJsonObject(patched)) throw badRequest("Expected an object");
  return {
    object: replaceObject(context, target, patched, options),
    isNew: false,
  };
}

function applyObject(
  context: ApiContext,
  target: ObjectTarget,
  applied: JsonObject,
  options: PatchOptions,
): PatchResult {
  const { type, namespace, name } = target;
  if (!options.hasManager) {
    throw invalidKind("meta.k8s.io", "PatchOptions", "", [{
      field: "fieldManager",
      reason: "FieldValueRequired",
      message: "Required value: is required for apply patch",
    }]);
  }
  const object = withKind(type, applied);
  if (valueAt(applied, "metadata", "managedFields") !== undefined) {
    throw badRequest("metadata.managedFields must be nil");
  }
  const configuration: JsonObject = {
    ...object,
    metadata: { name, ...objectAt(object, "metadata") },
  };
  // As in any write of the whole object, the status does not count.
  if (type.hasStatus && target.subresource === "") {
    delete configuration["status"];
  }
  const writer = {
    ...updateWriter(context, target, options),
    operation: "Apply",
  } as const;
  const live = context.store.get(type, namespace, name);
  if (live === undefined && target.subresource === "") {
    return {
      object: createObject(
        context,
        target,
        configuration,
        options,
        (object) => recordApply(type, object, configuration, writer),
      ),
      isNew: true,
    };
  }
  const before = storedObject(context, target);
  const merged = applyConfiguration(
    type,
    before,
    configuration,
    writer,
    options.force,
  );
  const version = textAt(configuration, "metadata", "resourceVersion");
  const sent = version === "" ? merged : {
    ...merged,
    metadata: { ...objectAt(merged, "metadata"), resourceVersion: version },
  };
  return {
    object: storeChange(
      context,
      target,
      sent,
      options,
      (_before, after) => after,
    ),
    isNew: false,
  };
}
