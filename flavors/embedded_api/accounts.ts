/**
 * Who may talk to the embedded API, and what each may do.
 *
 * @module
 */

import type { RequestInfo } from "../../lib/kube/request_info.ts";

/** How much an account may do; each level includes the ones after it. */
export type AccountAccess =
  /** Everything. */
  | "all"
  /** get, list and watch of everything but secrets. */
  | "read"
  /** Discovery, and questions about itself. */
  | "discovery"
  /** Health and version, as for everybody. */
  | "public";

/** Somebody that the embedded API knows. */
export interface Account {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly access: AccountAccess;
}

/** Whoever sends no credentials. */
export const ANONYMOUS: Account = {
  username: "system:anonymous",
  uid: "",
  groups: ["system:unauthenticated"],
  access: "public",
};

/** The administrator. */
export const ADMINISTRATOR: Account = {
  username: "kubernetes-admin",
  uid: "8f1f2c1e-0f0a-4c53-9f5b-6f1b2a7f5f01",
  groups: ["system:masters", "system:authenticated"],
  access: "all",
};

/** The account of a ServiceAccount. */
export function serviceAccount(
  namespace: string,
  name: string,
  uid: string,
  access: AccountAccess,
): Account {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: [
      "system:serviceaccounts",
      `system:serviceaccounts:${namespace}`,
      "system:authenticated",
    ],
    access,
  };
}

/** What decides whether a request is allowed. */
export type AccessAttributes = Pick<
  RequestInfo,
  "isResourceRequest" | "path" | "verb" | "apiGroup" | "resource"
>;

const PUBLIC_PATHS = /^\/(healthz|livez|readyz|version)(\/.*)?$/;
const DISCOVERY_PATHS = /^\/((api|apis|openapi)(\/.*)?)?$/;
const SELF_REVIEWS = new Set([
  "authentication.k8s.io/selfsubjectreviews",
  "authorization.k8s.io/selfsubjectaccessreviews",
]);
const READING_VERBS = new Set(["get", "list", "watch"]);

/** What each level of access adds to the one below it, lowest first. */
const ACCESS_LEVELS: readonly {
  readonly access: AccountAccess;
  readonly allows: (request: AccessAttributes) => boolean;
}[] = [
  {
    access: "public",
    allows: (request) =>
      !request.isResourceRequest && request.verb === "get" &&
      PUBLIC_PATHS.test(request.path),
  },
  {
    access: "discovery",
    allows: (request) =>
      request.isResourceRequest
        ? request.verb === "create" &&
          SELF_REVIEWS.has(`${request.apiGroup}/${request.resource}`)
        : request.verb === "get" && DISCOVERY_PATHS.test(request.path),
  },
  {
    access: "read",
    allows: (request) =>
      request.isResourceRequest && READING_VERBS.has(request.verb) &&
      request.resource !== "secrets",
  },
  { access: "all", allows: () => true },
];

/**
 * Whether an account may do what a request asks for.
 *
 * @example
 * ```ts
 * import { ADMINISTRATOR, ANONYMOUS, isAllowed } from "./accounts.ts";
 * import { requestInfo } from "../../lib/kube/request_info.ts";
 *
 * const request = requestInfo("GET", "/api/v1/pods");
 * isAllowed(ADMINISTRATOR, request); // true
 * isAllowed(ANONYMOUS, request); // false
 * ```
 */
export function isAllowed(
  account: Account,
  request: AccessAttributes,
): boolean {
  const level = ACCESS_LEVELS.findIndex(({ access }) =>
    access === account.access
  );
  return ACCESS_LEVELS.slice(0, level + 1).some(({ allows }) =>
    allows(request)
  );
}

/** The sentence of kube-apiserver's 403. */
export function denial(account: Account, request: RequestInfo): string {
  if (!request.isResourceRequest) {
    return `User "${account.username}" cannot ${request.verb} path "${request.path}"`;
  }
  const resource = request.subresource === ""
    ? request.resource
    : `${request.resource}/${request.subresource}`;
  const scope = request.namespace === ""
    ? "at the cluster scope"
    : `in the namespace "${request.namespace}"`;
  return `User "${account.username}" cannot ${request.verb} resource "${resource}" in API group "${request.apiGroup}" ${scope}`;
}
