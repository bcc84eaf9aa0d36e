/**
 * AdmissionReview, bytes in and bytes out (admission.k8s.io/v1 and v1beta1,
 * which are alike in every field that MCA reads or writes).
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import type { JsonPatch } from "../kube/json_patch.ts";

/** The versions that are spoken, the preferred one first. */
export const REVIEW_VERSIONS = ["v1", "v1beta1"] as const;

/** A version of AdmissionReview. */
export type ReviewVersion = typeof REVIEW_VERSIONS[number];

const GROUP = "admission.k8s.io";

/** What the API server asks. */
export interface AdmissionRequest {
  /** Tells this question from others; stands in the answer. */
  readonly uid: string;
  /** `CREATE`, `UPDATE`, `DELETE` or `CONNECT`. */
  readonly operation: string;
  /** What is asked about, as the webhook's rules name it: group `""` and resource `pods`. */
  readonly group: string;
  readonly resource: string;
  /** Empty where the object itself is meant. */
  readonly subresource: string;
  readonly namespace: string;
  /** Empty where the API server has yet to make one up of `generateName`. */
  readonly name: string;
  /** The object as it would be stored; undefined where there is none, as with DELETE. */
  readonly object: JsonObject | undefined;
  /** Whether nothing may come of it. */
  readonly dryRun: boolean;
}

/** A question, and the version in which to answer. */
export interface Review {
  readonly version: ReviewVersion;
  readonly request: AdmissionRequest;
}

/** Why a request was not admitted, as part of a `metav1.Status`. */
export interface AdmissionStatus {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/** What is answered. */
export interface AdmissionResponse {
  readonly allowed: boolean;
  /** What changes; absent where nothing does. */
  readonly patch?: JsonPatch;
  /** What the user is told; kubectl prints each on a line of its own. */
  readonly warnings?: readonly string[];
  readonly status?: AdmissionStatus;
  /** For the API server's audit log; the keys get the webhook's name in front. */
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** What came in place of a review. */
export interface MalformedReview {
  /** The version and UID to answer with; undefined where even they cannot be told. */
  readonly envelope:
    | { readonly version: ReviewVersion; readonly uid: string }
    | undefined;
  readonly error: McaError;
}

/** What a body holds. */
export type ParsedReview =
  | { readonly kind: "review"; readonly review: Review }
  | ({ readonly kind: "malformed" } & MalformedReview);

/**
 * Reads a body. Never throws: a body that is no review is told with whatever
 * of it can be used for an answer.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request
 *
 * @example
 * ```ts
 * import { parseReview } from "./admission_review.ts";
 *
 * const body = new TextEncoder().encode(`{
 *   "apiVersion": "admission.k8s.io/v1",
 *   "kind": "AdmissionReview",
 *   "request": { "uid": "1", "operation": "DELETE",
 *     "resource": { "group": "", "version": "v1", "resource": "pods" } }
 * }`);
 * console.log(parseReview(body).kind); // review
 * ```
 */
export function parseReview(body: Uint8Array): ParsedReview {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    // Not kept as a cause: the parser's message quotes the body.
    return malformed("The body is not JSON in UTF-8");
  }
  if (!isJsonObject(value)) return malformed("The body is not a JSON object");
  const version = versionOf(value);
  if (version === undefined) {
    return malformed(
      `The body is not an AdmissionReview of ${GROUP}/${
        REVIEW_VERSIONS.join(" or ")
      }`,
    );
  }
  const request = value["request"];
  if (!isJsonObject(request)) return malformed("The review has no request");
  const { uid } = request;
  if (typeof uid !== "string" || uid === "") {
    return malformed("The review's request has no uid", "request.uid");
  }
  try {
    return {
      kind: "review",
      review: { version, request: readRequest(request, uid) },
    };
  } catch (error) {
    if (!(error instanceof McaError)) throw error;
    return { kind: "malformed", envelope: { version, uid }, error };
  }
}

function versionOf(value: JsonObject): ReviewVersion | undefined {
  if (value["kind"] !== "AdmissionReview") return undefined;
  return REVIEW_VERSIONS.find((version) =>
    value["apiVersion"] === `${GROUP}/${version}`
  );
}

function malformed(message: string, field?: string): ParsedReview {
  return {
    kind: "malformed",
    envelope: undefined,
    error: fault(message, field),
  };
}

function fault(message: string, field?: string): McaError {
  return new McaError("manifest", message, {
    ...(field === undefined ? {} : { place: { field } }),
    hint: "Only an API server is expected to call the webhook.",
  });
}

function readRequest(request: JsonObject, uid: string): AdmissionRequest {
  const resource = request["resource"];
  if (!isJsonObject(resource)) {
    throw fault("Expected an object", "request.resource");
  }
  return {
    uid,
    operation: text(request, "operation"),
    group: text(resource, "group", "request.resource"),
    resource: text(resource, "resource", "request.resource"),
    subresource: text(request, "subResource"),
    namespace: text(request, "namespace"),
    name: text(request, "name"),
    object: object(request["object"]),
    dryRun: request["dryRun"] === true,
  };
}

/** The string at the key; empty where there is none. */
function text(parent: JsonObject, key: string, field = "request"): string {
  const value = parent[key] ?? "";
  if (typeof value === "string") return value;
  throw fault("Expected a string", `${field}.${key}`);
}

function object(value: JsonValue | undefined): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (isJsonObject(value)) return value;
  throw fault("Expected an object", "request.object");
}

const utf8 = new TextEncoder();

/**
 * The body of an answer.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response
 *
 * @example
 * ```ts
 * import { formatReview } from "./admission_review.ts";
 *
 * const envelope = { version: "v1", uid: "1" } as const;
 * const body = formatReview(envelope, { allowed: true });
 * console.log(new TextDecoder().decode(body));
 * ```
 */
export function formatReview(
  { version, uid }: { readonly version: ReviewVersion; readonly uid: string },
  response: AdmissionResponse,
): Uint8Array<ArrayBuffer> {
  const { allowed, patch, warnings, status, auditAnnotations } = response;
  return utf8.encode(JSON.stringify({
    apiVersion: `${GROUP}/${version}`,
    kind: "AdmissionReview",
    response: {
      uid,
      allowed,
      ...(status === undefined
        ? {}
        : { status: { status: "Failure", ...status } }),
      ...(patch === undefined ? {} : {
        patchType: "JSONPatch",
        patch: utf8.encode(JSON.stringify(patch)).toBase64(),
      }),
      ...(warnings === undefined ? {} : { warnings }),
      ...(auditAnnotations === undefined ? {} : { auditAnnotations }),
    },
  }));
}
