/**
 * What happens to an object before it is stored: defaults, and the checks
 * without which stored objects would make no sense. As tables by kind.
 *
 * @module
 */

import { isJsonObject, type JsonObject } from "../../lib/kube/json.ts";
import { badRequest, invalid } from "./api_error.ts";
import {
  listAt,
  objectAt,
  textAt,
  valueAt,
} from "../../lib/kube/object_fields.ts";
import { nameFault } from "./object_names.ts";
import type { ObjectStore } from "./object_store.ts";
import {
  apiVersionOf,
  findResourceType,
  type ResourceType,
} from "./resource_types.ts";

const CONTAINERS = "containers";
const TEMPLATE_CONTAINERS = "spec.template.spec.containers";

/** The fields that an object of each kind must have; lists must not be empty. */
const REQUIRED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Pod: [`spec.${CONTAINERS}`],
  Deployment: ["spec.selector", TEMPLATE_CONTAINERS],
  ReplicaSet: ["spec.selector", TEMPLATE_CONTAINERS],
  StatefulSet: ["spec.selector", TEMPLATE_CONTAINERS],
  DaemonSet: ["spec.selector", TEMPLATE_CONTAINERS],
  Job: [TEMPLATE_CONTAINERS],
  CronJob: [
    "spec.schedule",
    "spec.jobTemplate.spec.template.spec.containers",
  ],
};

/**
 * The object with the kind and apiVersion of the resource it was sent to.
 *
 * @throws {ApiError} 400 where it has others.
 */
export function withKind(type: ResourceType, object: JsonObject): JsonObject {
  const apiVersion = textAt(object, "apiVersion") || apiVersionOf(type);
  const kind = textAt(object, "kind") || type.kind;
  if (apiVersion !== apiVersionOf(type)) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${
        apiVersionOf(type)
      })`,
    );
  }
  if (kind !== type.kind) {
    throw badRequest(
      `${kind} in version "${apiVersion}" cannot be handled as a ${type.kind}`,
    );
  }
  return { ...object, apiVersion, kind };
}

/**
 * Checks an object as it is about to be stored.
 *
 * @throws {ApiError} 422.
 */
export function validate(type: ResourceType, object: JsonObject): void {
  const name = textAt(object, "metadata", "name");
  const fault = nameFault(type.kind, name);
  const causes = fault === undefined ? [] : [fault];
  for (const field of REQUIRED_FIELDS[type.kind] ?? []) {
    const value = valueAt(object, ...field.split("."));
    if (isJsonObject(value) || typeof value === "string") continue;
    if (Array.isArray(value) && value.length > 0) continue;
    causes.push({
      field,
      reason: "FieldValueRequired",
      message: "Required value",
    });
  }
  if (causes.length > 0) throw invalid(type, name, causes);
}

type Defaulter = (object: JsonObject, store: ObjectStore) => JsonObject;

function withSpec(object: JsonObject, defaults: JsonObject): JsonObject {
  return { ...object, spec: { ...defaults, ...objectAt(object, "spec") } };
}

function withReplicas(object: JsonObject): JsonObject {
  return withSpec(object, { replicas: 1 });
}

function defaultNamespace(object: JsonObject): JsonObject {
  const metadata = objectAt(object, "metadata");
  const name = textAt(metadata, "name");
  return {
    ...withSpec(object, { finalizers: ["kubernetes"] }),
    metadata: {
      ...metadata,
      labels: {
        ...objectAt(metadata, "labels"),
        "kubernetes.io/metadata.name": name,
      },
    },
  };
}

/** Secret.stringData is for writing alone: it ends up in data. */
function encodeSecret(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object;
  const data = { ...objectAt(object, "data") };
  for (
    const [key, value] of Object.entries(
      objectAt({ stringData: stringData ?? null }, "stringData"),
    )
  ) {
    data[key] = new TextEncoder().encode(String(value)).toBase64();
  }
  return {
    type: "Opaque",
    ...rest,
    ...(Object.keys(data).length === 0 ? {} : { data }),
  };
}

function defaultService(object: JsonObject, store: ObjectStore): JsonObject {
  const spec = objectAt(object, "spec");
  const isCluster = spec["type"] !== "ExternalName" &&
    spec["clusterIP"] === undefined;
  const clusterIP = isCluster ? freeClusterIP(store) : spec["clusterIP"];
  return withSpec({
    ...object,
    spec: {
      ...spec,
      ...(typeof clusterIP === "string"
        ? { clusterIP, clusterIPs: [clusterIP] }
        : {}),
      ports: listAt(spec, "ports").map((port) =>
        isJsonObject(port)
          ? { protocol: "TCP", targetPort: port["port"] ?? 0, ...port }
          : port
      ),
    },
  }, { type: "ClusterIP", sessionAffinity: "None" });
}

function freeClusterIP(store: ObjectStore): string {
  const services = findResourceType("", "v1", "services");
  const taken = new Set(
    (services === undefined ? [] : store.list(services, undefined))
      .map(({ object }) => textAt(object, "spec", "clusterIP")),
  );
  for (let host = 1; host < 65_535; host++) {
    const address = `10.0.${host >> 8}.${host & 255}`;
    if (!taken.has(address)) return address;
  }
  throw new RangeError("No cluster IP is free");
}

/** What is filled in on every write, by kind. What is there stays. */
const DEFAULTS: Readonly<Record<string, Defaulter>> = {
  Deployment: withReplicas,
  Namespace: defaultNamespace,
  Pod: (object) =>
    withSpec(object, {
      restartPolicy: "Always",
      dnsPolicy: "ClusterFirst",
      serviceAccountName: "default",
    }),
  ReplicaSet: withReplicas,
  ReplicationController: withReplicas,
  Secret: encodeSecret,
  Service: defaultService,
  StatefulSet: withReplicas,
};

/** The status that a new object of a kind begins with. */
const FIRST_STATUS: Readonly<Record<string, JsonObject>> = {
  Namespace: { phase: "Active" },
  Pod: { phase: "Pending", qosClass: "BestEffort" },
  PersistentVolumeClaim: { phase: "Pending" },
};

/** The object with the defaults of its kind. */
export function withDefaults(
  type: ResourceType,
  object: JsonObject,
  store: ObjectStore,
): JsonObject {
  return DEFAULTS[type.kind]?.(object, store) ?? object;
}

/** A new object of a resource with a status of its own: what the client sent as status does not count. */
export function withFirstStatus(
  type: ResourceType,
  object: JsonObject,
): JsonObject {
  if (!type.hasStatus) return object;
  const { status: _sent, ...rest } = object;
  return {
    ...rest,
    status: structuredClone(FIRST_STATUS[type.kind] ?? {}),
  };
}
