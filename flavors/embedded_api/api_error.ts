/**
 * The refusals of the embedded API: each is a `metav1.Status` with the code
 * and reason that kube-apiserver gives.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 * @module
 */

import type { JsonObject, JsonValue } from "../../lib/kube/json.ts";
import { statusCode, type StatusReason } from "../../lib/kube/status.ts";
import type { ResourceType } from "./resource_types.ts";

/** A request that the embedded API refuses. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** The HTTP status code. */
  readonly code: number;
  /** The `metav1.Status` body. */
  readonly status: JsonObject;

  constructor(reason: StatusReason, message: string, details?: JsonObject) {
    super(message);
    this.code = statusCode(reason);
    this.status = {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      reason,
      ...(details === undefined ? {} : { details }),
      code: this.code,
    };
  }
}

/** `pods`, or `deployments.apps`: a resource as Kubernetes' messages name it. */
export function qualifiedResource(type: ResourceType): string {
  return type.group === "" ? type.plural : `${type.plural}.${type.group}`;
}

function resourceDetails(type: ResourceType, name: string): JsonObject {
  return {
    ...(name === "" ? {} : { name }),
    ...(type.group === "" ? {} : { group: type.group }),
    kind: type.plural,
  };
}

/** 404: there is no object of that name. */
export function notFound(type: ResourceType, name: string): ApiError {
  return new ApiError(
    "NotFound",
    `${qualifiedResource(type)} "${name}" not found`,
    resourceDetails(type, name),
  );
}

/** 404: the path names no resource that is served here. */
export function unknownResource(): ApiError {
  return new ApiError(
    "NotFound",
    "the server could not find the requested resource",
    {},
  );
}

/** 405: the resource has no such verb. */
export function methodNotAllowed(): ApiError {
  return new ApiError(
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
    {},
  );
}

/** 409: an object of that name is there. */
export function alreadyExists(type: ResourceType, name: string): ApiError {
  return new ApiError(
    "AlreadyExists",
    `${qualifiedResource(type)} "${name}" already exists`,
    resourceDetails(type, name),
  );
}

/** 409: the object changed, or is not the one that was meant. */
export function conflict(
  type: ResourceType,
  name: string,
  why =
    "the object has been modified; please apply your changes to the latest version and try again",
): ApiError {
  return new ApiError(
    "Conflict",
    `Operation cannot be fulfilled on ${
      qualifiedResource(type)
    } "${name}": ${why}`,
    resourceDetails(type, name),
  );
}

/** 403 with Kubernetes' sentence for one object. */
export function forbidden(
  type: ResourceType,
  name: string,
  why: string,
): ApiError {
  const subject = name === ""
    ? `${qualifiedResource(type)} is forbidden`
    : `${qualifiedResource(type)} "${name}" is forbidden`;
  return new ApiError(
    "Forbidden",
    `${subject}: ${why}`,
    resourceDetails(type, name),
  );
}

/** What is wrong with one field of an object or of a request's options. */
export interface FieldCause {
  readonly field: string;
  readonly reason:
    | "FieldValueRequired"
    | "FieldValueInvalid"
    | "FieldValueForbidden";
  readonly message: string;
}

/** 422 for what has a name, a kind and perhaps a group. */
export function invalidKind(
  group: string,
  kind: string,
  name: string,
  causes: readonly FieldCause[],
): ApiError {
  const sentences = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const list = sentences.length === 1
    ? sentences.join("")
    : `[${sentences.join(", ")}]`;
  const copied: JsonValue[] = causes.map((cause) => ({
    reason: cause.reason,
    message: cause.message,
    field: cause.field,
  }));
  return new ApiError(
    "Invalid",
    `${group === "" ? kind : `${kind}.${group}`} "${name}" is invalid: ${list}`,
    {
      ...(name === "" ? {} : { name }),
      ...(group === "" ? {} : { group }),
      kind,
      causes: copied,
    },
  );
}

/** 422: a field's value cannot be. */
export function invalid(
  type: ResourceType,
  name: string,
  causes: readonly FieldCause[],
): ApiError {
  return invalidKind(type.group, type.kind, name, causes);
}

/** 400. */
export function badRequest(message: string): ApiError {
  return new ApiError("BadRequest", message);
}

/** 410: the history that was asked for is gone. */
export function expired(message: string): ApiError {
  return new ApiError("Expired", message);
}
