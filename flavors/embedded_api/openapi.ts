/**
 * OpenAPI v3 documents, one for each group and version: what kubectl needs to
 * validate on the server's side and to explain. Schemas stop at `spec` and
 * `status`: objects are open here.
 *
 * @see https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3
 * @module
 */

import type { JsonObject } from "../../lib/kube/json.ts";
import {
  apiVersionOf,
  RESOURCE_TYPES,
  type ResourceType,
} from "./resource_types.ts";

function pathOf(apiVersion: string): string {
  return apiVersion.includes("/") ? `apis/${apiVersion}` : `api/${apiVersion}`;
}

function typesByPath(): Map<string, ResourceType[]> {
  return Map.groupBy(RESOURCE_TYPES, (type) => pathOf(apiVersionOf(type)));
}

/** `/openapi/v3`: where the documents are. */
export function openApiIndex(): JsonObject {
  const paths: JsonObject = {};
  for (const path of typesByPath().keys()) {
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}` };
  }
  return { paths };
}

/** `/openapi/v3/PATH`; undefined where there is no such document. */
export function openApiDocument(path: string): JsonObject | undefined {
  const types = typesByPath().get(path);
  if (types === undefined) return undefined;
  const paths: JsonObject = {};
  const schemas: JsonObject = {};
  for (const type of types) {
    const scope = type.namespaced ? "/namespaces/{namespace}" : "";
    paths[`/${path}${scope}/${type.plural}/{name}`] = { patch: patchOf(type) };
    schemas[schemaName(type)] = schemaOf(type);
  }
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "embedded" },
    paths,
    components: { schemas },
  };
}

function groupVersionKind(type: ResourceType): JsonObject {
  return { group: type.group, version: type.version, kind: type.kind };
}

function schemaName(type: ResourceType): string {
  return `io.k8s.api.${
    type.group.split(".")[0] || "core"
  }.${type.version}.${type.kind}`;
}

/** kubectl looks here for whether fieldValidation is understood. */
function patchOf(type: ResourceType): JsonObject {
  const names = ["dryRun", "fieldManager", "fieldValidation", "force"];
  return {
    operationId: `patch${type.kind}`,
    parameters: names.map((name) => ({
      name,
      in: "query",
      schema: { type: "string", uniqueItems: true },
    })),
    requestBody: {
      content: {
        "application/apply-patch+yaml": {},
        "application/json-patch+json": {},
        "application/merge-patch+json": {},
      },
    },
    responses: { "200": { description: "OK" } },
    "x-kubernetes-action": "patch",
    "x-kubernetes-group-version-kind": groupVersionKind(type),
  };
}

function schemaOf(type: ResourceType): JsonObject {
  const open = (description: string): JsonObject => ({
    type: "object",
    description,
    "x-kubernetes-preserve-unknown-fields": true,
  });
  return {
    type: "object",
    description: type.description,
    properties: {
      apiVersion: { type: "string", description: "The version of the schema." },
      kind: { type: "string", description: "The name of the schema." },
      metadata: open("What every object has: name, labels and so on."),
      spec: open("What is wanted."),
      ...(type.hasStatus ? { status: open("What there is.") } : {}),
    },
    "x-kubernetes-group-version-kind": [groupVersionKind(type)],
    "x-kubernetes-preserve-unknown-fields": true,
  };
}
