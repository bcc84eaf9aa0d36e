/**
 * What there is: the discovery documents, aggregated and one by one.
 *
 * @see https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 * @module
 */

import type { JsonObject, JsonValue } from "../../lib/kube/json.ts";
import {
  apiVersionOf,
  RESOURCE_TYPES,
  type ResourceType,
  REVIEW_TYPES,
  verbsOf,
} from "./resource_types.ts";

/** A subresource, as discovery lists it. */
interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly verbs: readonly string[];
}

/** A resource of either sort, as discovery lists it. */
interface ListedResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
}

function subresourcesOf(type: ResourceType): Subresource[] {
  const { group, version, kind } = type;
  const subresources = [];
  if (type.hasStatus) {
    const verbs = ["get", "patch", "update"];
    subresources.push({ name: "status", kind, group, version, verbs });
  }
  if (type.kind === "ServiceAccount") {
    subresources.push({
      name: "token",
      kind: "TokenRequest",
      group: "authentication.k8s.io",
      version: "v1",
      verbs: ["create"],
    });
  }
  return subresources;
}

const LISTED: readonly ListedResource[] = [
  ...RESOURCE_TYPES.map((type) => ({
    ...type,
    verbs: verbsOf(type),
    subresources: subresourcesOf(type),
  })),
  ...REVIEW_TYPES.map((type) => ({
    ...type,
    namespaced: false,
    verbs: ["create"],
    shortNames: [],
    categories: [],
    subresources: [],
  })),
];

/** The API groups with their versions, in order; the core group first. */
function groups(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { group, version } of LISTED) {
    found.set(group, (found.get(group) ?? new Set()).add(version));
  }
  return found;
}

function optional(field: string, values: readonly string[]): JsonObject {
  return values.length === 0 ? {} : { [field]: [...values] };
}

function aggregatedResource(resource: ListedResource): JsonObject {
  const responseKind = (
    kind: { readonly group: string; readonly version: string; kind: string },
  ) => ({ group: kind.group, version: kind.version, kind: kind.kind });
  const subresources: JsonValue[] = resource.subresources.map((
    subresource,
  ) => ({
    subresource: subresource.name,
    responseKind: responseKind(subresource),
    verbs: [...subresource.verbs],
  }));
  return {
    resource: resource.plural,
    responseKind: responseKind(resource),
    scope: resource.namespaced ? "Namespaced" : "Cluster",
    singularResource: resource.singular,
    verbs: [...resource.verbs],
    ...optional("shortNames", resource.shortNames),
    ...optional("categories", resource.categories),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}

/**
 * The aggregated discovery document of `/api` (the core group) or `/apis`
 * (all others).
 */
export function aggregatedDiscovery(
  path: "/api" | "/apis",
  version: "v2" | "v2beta1",
): JsonObject {
  const items: JsonValue[] = [];
  for (const [group, versions] of groups()) {
    if ((group === "") !== (path === "/api")) continue;
    items.push({
      metadata: { name: group, creationTimestamp: null },
      versions: [...versions].map((groupVersion) => ({
        version: groupVersion,
        resources: LISTED.filter((resource) =>
          resource.group === group && resource.version === groupVersion
        ).map(aggregatedResource),
        freshness: "Current",
      })),
    });
  }
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items,
  };
}

/** `/api`: the versions of the core group. */
export function coreVersions(serverAddress: string): JsonObject {
  return {
    kind: "APIVersions",
    versions: ["v1"],
    serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress }],
  };
}

function apiGroup(name: string, versions: ReadonlySet<string>): JsonObject {
  const listed: JsonValue[] = [...versions].map((version) => ({
    groupVersion: `${name}/${version}`,
    version,
  }));
  return {
    name,
    versions: listed,
    preferredVersion: listed[0] ?? {},
  };
}

/** `/apis`: all groups but the core one. */
export function groupList(): JsonObject {
  return {
    kind: "APIGroupList",
    apiVersion: "v1",
    groups: [...groups()].filter(([name]) => name !== "").map((
      [name, versions],
    ) => apiGroup(name, versions)),
  };
}

/** `/apis/GROUP`; undefined where there is no such group. */
export function groupDocument(name: string): JsonObject | undefined {
  const versions = name === "" ? undefined : groups().get(name);
  if (versions === undefined) return undefined;
  return { kind: "APIGroup", apiVersion: "v1", ...apiGroup(name, versions) };
}

/** `/api/v1` or `/apis/GROUP/VERSION`; undefined where there is no such version. */
export function resourceList(
  group: string,
  version: string,
): JsonObject | undefined {
  const resources = LISTED.filter((resource) =>
    resource.group === group && resource.version === version
  );
  if (resources.length === 0) return undefined;
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: apiVersionOf({ group, version }),
    resources: resources.flatMap(listedResources),
  };
}

function listedResources(resource: ListedResource): JsonObject[] {
  return [
    {
      name: resource.plural,
      singularName: resource.singular,
      namespaced: resource.namespaced,
      kind: resource.kind,
      verbs: [...resource.verbs],
      ...optional("shortNames", resource.shortNames),
      ...optional("categories", resource.categories),
    },
    ...resource.subresources.map((subresource) => ({
      name: `${resource.plural}/${subresource.name}`,
      singularName: "",
      namespaced: resource.namespaced,
      ...(subresource.group === resource.group
        ? {}
        : { group: subresource.group, version: subresource.version }),
      kind: subresource.kind,
      verbs: [...subresource.verbs],
    })),
  ];
}
