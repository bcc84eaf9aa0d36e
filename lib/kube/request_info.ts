/**
 * What a request asks of the API server, computed as kube-apiserver computes
 * it (k8s.io/apiserver/pkg/endpoints/request, RequestInfo), so that decisions
 * made here are about the same thing that is decided there.
 *
 * @module
 */

import { parseFieldSelector, requiredValue } from "./field_selector.ts";
import { parseLabelSelector } from "./label_selector.ts";
import { parseRequestTarget, queryParameters } from "./request_target.ts";

/** What a request asks for. Empty strings stand for what does not apply. */
export interface RequestInfo {
  /** Whether the request is for an API resource or subresource. */
  readonly isResourceRequest: boolean;
  /** The decoded path. */
  readonly path: string;
  /**
   * For resources the API verb: `get`, `list`, `watch`, `create`, `update`,
   * `patch`, `delete`, `deletecollection`, `proxy`, or empty for a method that
   * has none. For everything else the method in lower case.
   */
  readonly verb: string;
  /** `api` or `apis`. */
  readonly apiPrefix: string;
  /** Empty for the core group. */
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly namespace: string;
  /** In the plural, as in the path: `pods`. */
  readonly resource: string;
  readonly subresource: string;
  /** From the path, or from a field selector that demands one `metadata.name`. */
  readonly name: string;
  /** The path segments from the resource on. */
  readonly parts: readonly string[];
  /** Unparsed; only for the verbs that take selectors. */
  readonly fieldSelector: string;
  /** Unparsed; only for the verbs that take selectors. */
  readonly labelSelector: string;
  /**
   * Whether the path ends where a resource has to follow (`/api/v1/watch`).
   * kube-apiserver answers 500 to such a request; the other fields hold what
   * was understood.
   */
  readonly isIncomplete: boolean;
}

/** Prefixes of API paths, and whether a group's name follows. */
const API_PREFIXES: ReadonlyMap<string, { readonly grouped: boolean }> =
  new Map([
    ["api", { grouped: false }],
    ["apis", { grouped: true }],
  ]);

/** Path segments that stand for a verb. A proxied path has no subresource. */
const SPECIAL_VERBS: ReadonlyMap<string, { readonly subresources: boolean }> =
  new Map([
    ["proxy", { subresources: false }],
    ["watch", { subresources: true }],
  ]);

/** What follows a namespace's name without being a resource in it. */
const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set([
  "status",
  "finalize",
]);

const VERBS_BY_METHOD: ReadonlyMap<string, string> = new Map([
  ["POST", "create"],
  ["GET", "get"],
  ["HEAD", "get"],
  ["PUT", "update"],
  ["PATCH", "patch"],
  ["DELETE", "delete"],
]);

const VERBS_WITH_SELECTORS: ReadonlySet<string> = new Set([
  "list",
  "watch",
  "deletecollection",
]);

const NO_PARTS: readonly string[] = [];

/**
 * Computes what a request asks for from its method and its target, both as
 * they came on the wire (one character for each byte).
 *
 * @throws {McaError} `protocol` where the target is malformed; such a request gets a 400.
 *
 * @example
 * ```ts
 * import { requestInfo } from "./request_info.ts";
 *
 * const info = requestInfo("GET", "/api/v1/namespaces/a/pods?watch=1");
 * console.log(info.verb, info.namespace, info.resource); // watch a pods
 * ```
 */
export function requestInfo(method: string, target: string): RequestInfo {
  const { path, rawQuery } = parseRequestTarget(method, target);
  const segments = splitPath(path);
  const prefix = segments[0] ?? "";
  const api = API_PREFIXES.get(prefix);
  // Two segments name the API, or three with a group; a resource comes after.
  const versionAt = api?.grouped === true ? 2 : 1;
  if (
    api === undefined || segments.length < 3 || segments.length < versionAt + 2
  ) {
    return nonResource(
      method,
      path,
      api !== undefined && segments.length >= 3 ? prefix : "",
    );
  }
  return resource(method, path, rawQuery, segments, versionAt);
}

function nonResource(
  method: string,
  path: string,
  apiPrefix: string,
): RequestInfo {
  return {
    isResourceRequest: false,
    path,
    verb: method.toLowerCase(),
    apiPrefix,
    apiGroup: "",
    apiVersion: "",
    namespace: "",
    resource: "",
    subresource: "",
    name: "",
    parts: NO_PARTS,
    fieldSelector: "",
    labelSelector: "",
    isIncomplete: false,
  };
}

function resource(
  method: string,
  path: string,
  rawQuery: string,
  segments: readonly string[],
  versionAt: number,
): RequestInfo {
  let at = versionAt + 1;
  const special = SPECIAL_VERBS.get(segments[at] ?? "");
  const isIncomplete = special !== undefined && at + 1 === segments.length;
  let verb = VERBS_BY_METHOD.get(method) ?? "";
  if (isIncomplete) verb = method.toLowerCase();
  else if (special !== undefined) verb = segments[at++] ?? "";

  let namespace = "";
  if (!isIncomplete && segments[at] === "namespaces") {
    namespace = segments[at + 1] ?? "";
    const after = segments[at + 2];
    if (after !== undefined && !NAMESPACE_SUBRESOURCES.has(after)) at += 2;
  }

  const parts = isIncomplete ? NO_PARTS : segments.slice(at);
  let name = parts[1] ?? "";
  let fieldSelector = "";
  let labelSelector = "";
  if (name === "" && special === undefined) {
    if (verb === "delete") verb = "deletecollection";
    const query = queryParameters(rawQuery, LIST_PARAMETERS);
    if (verb === "get") {
      verb = isWatch(query) ? "watch" : "list";
      name = nameFromQuery(query);
    }
    if (VERBS_WITH_SELECTORS.has(verb)) {
      fieldSelector = query["fieldSelector"] ?? "";
      labelSelector = query["labelSelector"] ?? "";
    }
  }
  return {
    isResourceRequest: true,
    path,
    verb,
    apiPrefix: segments[0] ?? "",
    apiGroup: versionAt === 2 ? segments[1] ?? "" : "",
    apiVersion: segments[versionAt] ?? "",
    namespace,
    resource: parts[0] ?? "",
    subresource: special?.subresources === false ? "" : parts[2] ?? "",
    name,
    parts,
    fieldSelector,
    labelSelector,
    isIncomplete,
  };
}

/** The segments of a path, without the slashes around it. */
function splitPath(path: string): string[] {
  let start = 0;
  let end = path.length;
  while (start < end && path.charCodeAt(start) === 0x2f) start++;
  while (end > start && path.charCodeAt(end - 1) === 0x2f) end--;
  return start === end ? [] : path.slice(start, end).split("/");
}

/** What the first value of each parameter of a list's query is. */
type ListQuery = Partial<Record<string, string>>;

/** The parameters that RequestInfo depends on. */
const LIST_PARAMETERS: ReadonlySet<string> = new Set([
  "watch",
  "fieldSelector",
  "labelSelector",
  "timeoutSeconds",
  "limit",
]);

/** Of the values there are, only `0` and `false` are false; the empty one is true. */
function isWatch(query: ListQuery): boolean {
  const value = query["watch"];
  if (value === undefined || value === "0") return false;
  if (!/^false$/iu.test(value)) return true;
  // Go reads well-formed options with Unicode case folding, in which "\u017f"
  // is an s, and malformed ones without.
  return value.includes("\u017f") && !isWellFormed(query);
}

/**
 * The name that the field selector demands; empty where it demands none, where
 * the name could not stand in a path, and where any of the list options is
 * malformed (the API server then looks at none of them).
 */
function nameFromQuery(query: ListQuery): string {
  if (query["fieldSelector"] === undefined) return "";
  const requirements = parseFieldSelector(query["fieldSelector"]);
  if (requirements === null) return "";
  const name = requiredValue(requirements, "metadata.name") ?? "";
  return name !== "" && isPathSegment(name) && isWellFormed(query) ? name : "";
}

function isWellFormed(query: ListQuery): boolean {
  return isInt64(query["timeoutSeconds"]) && isInt64(query["limit"]) &&
    parseLabelSelector(query["labelSelector"] ?? "") !== null &&
    parseFieldSelector(query["fieldSelector"] ?? "") !== null;
}

function isPathSegment(name: string): boolean {
  return name !== "." && name !== ".." && !name.includes("/") &&
    !name.includes("%");
}

/** 64 bits fill 19 digits. */
const SHORT_INTEGER = /^[+-]?0*[0-9]{1,19}$/;

/** Whether the value is absent or a decimal number of 64 bits with its sign. */
function isInt64(value: string | undefined): boolean {
  if (value === undefined) return true;
  if (!SHORT_INTEGER.test(value)) return false;
  const number = BigInt(value.startsWith("+") ? value.slice(1) : value);
  return BigInt.asIntN(64, number) === number;
}
