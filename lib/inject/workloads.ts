/**
 * Where Kubernetes objects keep their pod templates.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import {
  childField,
  describeValue,
  readObjects,
  readString,
  wrongType,
} from "../kube/pod_field.ts";

/** A kind of object that makes pods, or is one. */
interface Workload {
  /** The API groups the kind has lived in; the core group is empty. */
  readonly groups: readonly string[];
  readonly kind: string;
  /** The path to the pod or pod template; empty for the object itself. */
  readonly template: readonly string[];
}

const IN_SPEC = ["spec", "template"] as const;

/** The table of workloads. Versions do not matter: the template has stood at one place in all of them. */
export const WORKLOADS: readonly Workload[] = [
  { groups: [""], kind: "Pod", template: [] },
  { groups: [""], kind: "PodTemplate", template: ["template"] },
  { groups: [""], kind: "ReplicationController", template: IN_SPEC },
  { groups: ["apps", "extensions"], kind: "Deployment", template: IN_SPEC },
  { groups: ["apps"], kind: "StatefulSet", template: IN_SPEC },
  { groups: ["apps", "extensions"], kind: "DaemonSet", template: IN_SPEC },
  { groups: ["apps", "extensions"], kind: "ReplicaSet", template: IN_SPEC },
  { groups: ["batch"], kind: "Job", template: IN_SPEC },
  {
    groups: ["batch"],
    kind: "CronJob",
    template: ["spec", "jobTemplate", "spec", "template"],
  },
];

/** An object of a manifest document: the document itself, or an item of a list. */
export interface ManifestObject {
  /** The path from the document's root; empty for the document itself. */
  readonly path: readonly (string | number)[];
  /** The object itself. */
  readonly value: JsonObject;
  /** `kind`. */
  readonly kind: string;
  /** `metadata.name`; undefined where the API server makes the name up. */
  readonly name: string | undefined;
  /** `metadata.namespace`. */
  readonly namespace: string | undefined;
  /** The pod or pod template, where the kind has one. */
  readonly pod: PodPlace | undefined;
  /** Whether the object looks like a workload, but is of a kind that is not known. */
  readonly resemblesWorkload: boolean;
}

/** A pod or pod template, and where in its document it stands. */
export interface PodPlace {
  /** The path from the document's root. */
  readonly path: readonly (string | number)[];
  /** The pod or pod template. */
  readonly object: JsonObject;
}

/** The path in the notation of Kubernetes' own messages: `items[0].spec.template`. */
export function formatField(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (field, token) =>
      typeof token === "number"
        ? `${field}[${token}]`
        : childField(field, token),
    "",
  );
}

/** `apps/v1` is of group `apps`, `v1` of the core group. */
function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

/** Errors of `read` with their field seen from the document's root. */
function within<T>(path: readonly (string | number)[], read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof McaError)) throw error;
    throw prefixField(error, formatField(path));
  }
}

/** The error with its field seen from further up: `spec.template` in front of `spec.containers`. */
export function prefixField(error: McaError, prefix: string): McaError {
  const { field } = error.place;
  const whole = field === undefined || field === "" || prefix === ""
    ? `${prefix}${field ?? ""}`
    : `${prefix}.${field}`;
  return new McaError(error.code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    place: { ...error.place, ...(whole === "" ? {} : { field: whole }) },
    cause: error.cause,
  });
}

function findTemplate(
  object: JsonObject,
  path: readonly (string | number)[],
  template: readonly string[],
): PodPlace {
  let value: JsonValue | undefined = object;
  const at = [...path];
  for (const key of template) {
    value = isJsonObject(value) ? value[key] : undefined;
    at.push(key);
    if (!isJsonObject(value)) {
      throw wrongType(formatField(at), "an object", value);
    }
  }
  return { path: at, object: value };
}

/**
 * Whether the object has a pod template at the usual place. Such objects of
 * unknown kinds pass unchanged, as Istio decides too: whether their controller
 * accepts an init container, keeps unknown annotations or makes pods of the
 * template at all is for their schema to say. The pods they make can still be
 * injected by the webhook.
 */
function resemblesWorkload({ spec }: JsonObject): boolean {
  const template = isJsonObject(spec) ? spec["template"] : undefined;
  const podSpec = isJsonObject(template) ? template["spec"] : undefined;
  return isJsonObject(podSpec) && Array.isArray(podSpec["containers"]);
}

function describeObject(
  object: JsonObject,
  path: readonly (string | number)[],
  defaults: { readonly apiVersion?: string; readonly kind?: string },
): ManifestObject {
  const apiVersion = readString(object, "apiVersion", "") ??
    defaults.apiVersion;
  const kind = readString(object, "kind", "") ?? defaults.kind;
  if (apiVersion === undefined || kind === undefined) {
    const missing = kind === undefined ? "kind" : "apiVersion";
    throw new McaError(
      "manifest",
      `Expected a Kubernetes object, found no ${missing}`,
      {
        hint:
          `Every object of a manifest has apiVersion and kind; add ${missing}.`,
      },
    );
  }
  const workload = WORKLOADS.find((candidate) =>
    candidate.kind === kind && candidate.groups.includes(groupOf(apiVersion))
  );
  const metadata = isJsonObject(object["metadata"]) ? object["metadata"] : {};
  const { name, namespace } = metadata;
  return {
    path,
    value: object,
    kind,
    name: typeof name === "string" ? name : undefined,
    namespace: typeof namespace === "string" ? namespace : undefined,
    pod: workload && findTemplate(object, [], workload.template),
    resemblesWorkload: workload === undefined && resemblesWorkload(object),
  };
}

/** `DeploymentList` of `apps/v1` holds Deployments whose items may leave out kind and apiVersion. */
function itemDefaults(
  list: JsonObject,
): { readonly apiVersion?: string; readonly kind?: string } {
  const { kind, apiVersion } = list;
  if (typeof kind !== "string" || typeof apiVersion !== "string") return {};
  return kind === "List" ? {} : { apiVersion, kind: kind.slice(0, -4) };
}

/**
 * The objects of a manifest document: the document, or the items of a `List`
 * or of a typed list such as `DeploymentList`.
 *
 * @throws {McaError} `manifest` for what is no Kubernetes object, with the field in `place`.
 *
 * @example
 * ```ts
 * import { findObjects } from "./workloads.ts";
 *
 * const job = {
 *   apiVersion: "batch/v1",
 *   kind: "Job",
 *   metadata: { name: "backup" },
 *   spec: { template: { spec: { containers: [{ name: "app" }] } } },
 * };
 * console.log(findObjects(job)[0]?.pod?.path); // ["spec", "template"]
 * ```
 */
export function findObjects(document: JsonValue): ManifestObject[] {
  if (!isJsonObject(document)) {
    throw new McaError(
      "manifest",
      `Expected a Kubernetes object, found ${describeValue(document)}`,
      { hint: "A manifest document begins with apiVersion and kind." },
    );
  }
  const { kind } = document;
  const isList = typeof kind === "string" && kind.endsWith("List") &&
    document["items"] !== undefined;
  if (!isList) return [describeObject(document, [], {})];
  const defaults = itemDefaults(document);
  return readObjects(document, "items", "").map((item, index) => {
    const path = ["items", index];
    const object = within(path, () => describeObject(item, path, defaults));
    const { pod } = object;
    return pod === undefined
      ? object
      : { ...object, pod: { ...pod, path: [...path, ...pod.path] } };
  });
}
