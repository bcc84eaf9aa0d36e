/**
 * Lists: selection, pages, and which moment they show.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 * @module
 */

import { isJsonObject, type JsonObject } from "../../lib/kube/json.ts";
import type { ApiContext, ObjectTarget } from "./api_context.ts";
import { ApiError, badRequest, expired } from "./api_error.ts";
import { numberAt, textAt } from "../../lib/kube/object_fields.ts";
import { HistoryGoneError, type StoredObject } from "./object_store.ts";
import { apiVersionOf } from "./resource_types.ts";
import { fieldPredicate, labelPredicate, type Selector } from "./selectors.ts";

/** What a client asked for. */
export interface ListOptions {
  readonly labelSelector: string;
  readonly fieldSelector: string;
  /** 0: everything. */
  readonly limit: number;
  readonly continueToken: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
}

/** A list before it is put into a form. */
export interface ObjectList {
  readonly metadata: JsonObject;
  readonly items: readonly JsonObject[];
}

/** Where a next page goes on. */
interface Continuation {
  readonly revision: number;
  readonly after: string;
}

/** Both selectors as one predicate. */
export function selectorOf(
  target: ObjectTarget,
  options: Pick<ListOptions, "labelSelector" | "fieldSelector">,
): Selector {
  const byLabels = labelPredicate(options.labelSelector);
  const byFields = fieldPredicate(target.type, options.fieldSelector);
  return (object) => byLabels(object) && byFields(object);
}

function encodeToken({ revision, after }: Continuation): string {
  const json = JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, after });
  return new TextEncoder().encode(json).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}

function decodeToken(token: string): Continuation {
  try {
    const bytes = Uint8Array.fromBase64(token, { alphabet: "base64url" });
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (isJsonObject(value)) {
      const revision = numberAt(value, "rv");
      const after = textAt(value, "after");
      if (revision > 0 && after !== "") return { revision, after };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw badRequest("continue key is not valid");
}

/**
 * The revision that a resourceVersion parameter names; 0 for none and for "0".
 *
 * @throws {ApiError} 400.
 */
export function parseRevision(resourceVersion: string): number {
  if (resourceVersion === "") return 0;
  if (/^[0-9]{1,15}$/.test(resourceVersion)) return Number(resourceVersion);
  throw badRequest(
    `invalid resource version: resourceVersion: Invalid value: "${resourceVersion}": strconv.ParseUint: parsing "${resourceVersion}": invalid syntax`,
  );
}

/** 504 where a client knows of a revision that is yet to come. */
function refuseFuture(revision: number, current: number): void {
  if (revision <= current) return;
  throw new ApiError(
    "Timeout",
    `Too large resource version: ${revision}, current: ${current}`,
    {
      causes: [{
        reason: "ResourceVersionTooLarge",
        message: "Too large resource version",
      }],
      retryAfterSeconds: 1,
    },
  );
}

/**
 * The objects that a list request asks for.
 *
 * @throws {ApiError} 400, 410 or 504.
 */
export function listObjects(
  context: ApiContext,
  target: ObjectTarget,
  options: ListOptions,
): ObjectList {
  const moment = momentOf(context, options);
  const selects = selectorOf(target, options);
  const namespace = target.namespace === "" ? undefined : target.namespace;
  const found = objectsAt(context, target, namespace, moment.revision)
    .filter(({ key, object }) => key > moment.after && selects(object));
  const page = options.limit > 0 ? found.slice(0, options.limit) : found;
  const last = page.at(-1);
  const metadata: JsonObject = { resourceVersion: String(moment.revision) };
  if (last !== undefined && page.length < found.length) {
    metadata["continue"] = encodeToken({
      revision: moment.revision,
      after: last.key,
    });
    // As in kube-apiserver: unknown where something was filtered out.
    if (options.labelSelector === "" && options.fieldSelector === "") {
      metadata["remainingItemCount"] = found.length - page.length;
    }
  }
  return { metadata, items: page.map(({ object }) => object) };
}

function momentOf(context: ApiContext, options: ListOptions): Continuation {
  if (options.continueToken !== "") {
    if (options.resourceVersion !== "" && options.resourceVersion !== "0") {
      throw badRequest(
        "specifying resource version is not allowed when using continue",
      );
    }
    return decodeToken(options.continueToken);
  }
  const asked = parseRevision(options.resourceVersion);
  refuseFuture(asked, context.store.revision);
  const isExact = options.resourceVersionMatch === "Exact" && asked > 0;
  return { revision: isExact ? asked : context.store.revision, after: "" };
}

function objectsAt(
  { store }: ApiContext,
  { type }: ObjectTarget,
  namespace: string | undefined,
  revision: number,
): StoredObject[] {
  if (revision === store.revision) return store.list(type, namespace);
  try {
    return store.listAt(type, namespace, revision);
  } catch (error) {
    if (!(error instanceof HistoryGoneError)) throw error;
    throw expired(
      `The provided continue parameter or resource version is too old to display a consistent list result: ${revision} (${error.oldest})`,
    );
  }
}

/** The list as an API object. Items lack kind and apiVersion, as kube-apiserver's do. */
export function listBody(
  { type }: ObjectTarget,
  list: ObjectList,
): JsonObject {
  return {
    kind: `${type.kind}List`,
    apiVersion: apiVersionOf(type),
    metadata: list.metadata,
    items: list.items.map(({ kind: _kind, apiVersion: _version, ...item }) =>
      item
    ),
  };
}
