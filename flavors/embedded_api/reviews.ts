/**
 * Questions about identity and access, and tokens for ServiceAccounts.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 * @module
 */

import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../lib/kube/json.ts";
import { type Account, isAllowed, serviceAccount } from "./accounts.ts";
import {
  type ApiContext,
  formatTime,
  type ObjectTarget,
  storedObject,
} from "./api_context.ts";
import {
  numberAt,
  objectAt,
  textAt,
  valueAt,
} from "../../lib/kube/object_fields.ts";
import { apiVersionOf, type ReviewType } from "./resource_types.ts";

function userInfo(account: Account): JsonObject {
  return {
    username: account.username,
    ...(account.uid === "" ? {} : { uid: account.uid }),
    groups: [...account.groups],
  };
}

type Reviewer = (
  context: ApiContext,
  account: Account,
  spec: JsonObject,
) => JsonObject;

/** What the status of each review says. */
const REVIEWERS: Readonly<Record<string, Reviewer>> = {
  selfsubjectreviews: (_context, account) => ({ userInfo: userInfo(account) }),
  tokenreviews: (context, _account, spec) => {
    const owner = context.tokens.find(textAt(spec, "token"));
    return owner === undefined
      ? { user: {}, error: "invalid bearer token" }
      : { authenticated: true, user: userInfo(owner) };
  },
  selfsubjectaccessreviews: (_context, account, spec) => {
    const resource = valueAt(spec, "resourceAttributes");
    const allowed = isAllowed(account, {
      isResourceRequest: isJsonObject(resource),
      path: textAt(spec, "nonResourceAttributes", "path"),
      verb: textAt(resource, "verb") ||
        textAt(spec, "nonResourceAttributes", "verb"),
      apiGroup: textAt(resource, "group"),
      resource: textAt(resource, "resource"),
    });
    return { allowed };
  },
};

/** The review with its answer. */
export function review(
  context: ApiContext,
  account: Account,
  type: ReviewType,
  sent: JsonValue,
): JsonObject {
  const spec = objectAt(sent, "spec");
  const { token: _secret, ...shown } = spec;
  return {
    kind: type.kind,
    apiVersion: apiVersionOf(type),
    metadata: { creationTimestamp: formatTime(context.clock.now()) },
    spec: shown,
    status: REVIEWERS[type.plural]?.(context, account, spec) ?? {},
  };
}

const DEFAULT_TOKEN_SECONDS = 3600;

/**
 * A new token for the ServiceAccount that the target names (TokenRequest).
 *
 * @throws {ApiError} 404.
 */
export function requestToken(
  context: ApiContext,
  target: ObjectTarget,
  sent: JsonValue,
): JsonObject {
  const account = serviceAccount(
    target.namespace,
    target.name,
    textAt(storedObject(context, target), "metadata", "uid"),
    context.serviceAccountAccess,
  );
  const seconds = numberAt(sent, "spec", "expirationSeconds") ||
    DEFAULT_TOKEN_SECONDS;
  const expires = context.clock.now() + seconds * 1000;
  return {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: {
      name: target.name,
      namespace: target.namespace,
      creationTimestamp: formatTime(context.clock.now()),
    },
    spec: {
      audiences: [],
      ...objectAt(sent, "spec"),
      expirationSeconds: seconds,
    },
    status: {
      token: context.tokens.issue(account, expires),
      expirationTimestamp: formatTime(expires),
    },
  };
}
