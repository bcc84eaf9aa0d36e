/**
 * Requests for resources: from the path to the resource and the operation.
 *
 * @module
 */

import type { RequestInfo } from "../../lib/kube/request_info.ts";
import type { Account } from "./accounts.ts";
import type { FormOptions } from "./answer_forms.ts";
import type { ApiContext, ObjectTarget } from "./api_context.ts";
import { methodNotAllowed, unknownResource } from "./api_error.ts";
import {
  acceptedForm,
  type ApiAnswer,
  type ApiRequest,
  jsonAnswer,
  pathNotFound,
  queryOf,
  readBody,
} from "./api_request.ts";
import { resourceList } from "./discovery.ts";
import { OPERATIONS } from "./resource_operations.ts";
import { findResourceType, findReviewType, verbsOf } from "./resource_types.ts";
import { requestToken, review } from "./reviews.ts";

/**
 * Does what a request for a resource asks for.
 *
 * @throws {ApiError}
 */
export async function serveResource(
  context: ApiContext,
  account: Account,
  request: ApiRequest,
  info: RequestInfo,
): Promise<ApiAnswer> {
  const reviewType = findReviewType(
    info.apiGroup,
    info.apiVersion,
    info.resource,
  );
  if (reviewType !== undefined) {
    if (info.verb !== "create") throw methodNotAllowed();
    const sent = await readBody(request);
    return jsonAnswer(review(context, account, reviewType, sent), 201);
  }
  if (!isServed(info.apiGroup, info.apiVersion)) return pathNotFound();
  const target = targetOf(info);
  if (target.subresource === "token") {
    if (info.verb !== "create") throw methodNotAllowed();
    const sent = await readBody(request);
    return jsonAnswer(requestToken(context, target, sent), 201);
  }
  const operation = Object.hasOwn(OPERATIONS, info.verb)
    ? OPERATIONS[info.verb]
    : undefined;
  const fits = target.subresource === ""
    ? verbsOf(target.type).includes(info.verb) &&
      (target.name !== "" || !NAMED_VERBS.has(info.verb))
    : SUBRESOURCE_VERBS.has(info.verb);
  if (operation === undefined || !fits) throw methodNotAllowed();
  const query = queryOf(request);
  const form: FormOptions = {
    form: acceptedForm(request, ["object", "table", "metadata"]),
    includeObject: query.get("includeObject") ?? "Metadata",
    now: context.clock.now(),
  };
  return await operation({ context, request, target, query, form });
}

/** Paths of groups that are not here are paths like any other; the core group is always here. */
function isServed(group: string, version: string): boolean {
  return group === "" || resourceList(group, version) !== undefined;
}

/** Verbs that are about one object. */
const NAMED_VERBS = new Set(["get", "update", "patch", "delete"]);

const SUBRESOURCE_VERBS = new Set(["get", "update", "patch"]);

/** Verbs that may be about all namespaces at once. */
const WIDE_VERBS = new Set(["list", "watch"]);

function targetOf(info: RequestInfo): ObjectTarget {
  const type = findResourceType(info.apiGroup, info.apiVersion, info.resource);
  const [, name = "", subresource = "", ...rest] = info.parts;
  if (type === undefined || info.isIncomplete || rest.length > 0) {
    throw unknownResource();
  }
  const subresources = [
    "",
    ...(type.hasStatus ? ["status"] : []),
    ...(type.kind === "ServiceAccount" ? ["token"] : []),
  ];
  if (!subresources.includes(subresource)) throw unknownResource();
  // A namespace's path reads as if the namespace were in itself.
  const isMisplaced = !type.namespaced && type.kind !== "Namespace" &&
    info.namespace !== "";
  if (isMisplaced) throw unknownResource();
  if (
    type.namespaced && info.namespace === "" && !WIDE_VERBS.has(info.verb)
  ) throw name === "" ? methodNotAllowed() : unknownResource();
  return {
    type,
    namespace: type.namespaced ? info.namespace : "",
    name,
    subresource,
  };
}
