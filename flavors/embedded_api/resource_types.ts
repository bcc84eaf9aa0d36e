/**
 * The resources that the embedded API serves, as a table: routing, discovery,
 * OpenAPI and storage all read it.
 *
 * @module
 */

/** One resource and what sets it apart. */
export interface ResourceType {
  /** The API group; empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** As it stands in paths: `pods`. */
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Whether `/status` is apart from the rest (Kubernetes API conventions, "spec and status"). */
  readonly hasStatus: boolean;
  /** Whether metadata.generation counts the changes of the spec. */
  readonly hasGeneration: boolean;
  /** What a field selector may name besides metadata.name and metadata.namespace. */
  readonly selectableFields: readonly string[];
  /** One sentence for `kubectl explain`. */
  readonly description: string;
}

/** The resources that answer a question and keep nothing: POST is their one verb. */
export interface ReviewType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly description: string;
}

interface TypeRow {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly clusterScoped?: true;
  readonly hasStatus?: true;
  readonly hasGeneration?: true;
  readonly selectableFields?: readonly string[];
  readonly description: string;
}

function typesOf(
  group: string,
  version: string,
  rows: readonly TypeRow[],
): ResourceType[] {
  return rows.map((row) => ({
    group,
    version,
    kind: row.kind,
    plural: row.plural,
    singular: row.kind.toLowerCase(),
    namespaced: row.clusterScoped !== true,
    shortNames: row.shortNames ?? [],
    categories: row.categories ?? [],
    hasStatus: row.hasStatus === true,
    hasGeneration: row.hasGeneration === true,
    selectableFields: row.selectableFields ?? [],
    description: row.description,
  }));
}

const INVOLVED_OBJECT_FIELDS = [
  "involvedObject.kind",
  "involvedObject.namespace",
  "involvedObject.name",
  "involvedObject.uid",
  "involvedObject.apiVersion",
  "involvedObject.resourceVersion",
  "involvedObject.fieldPath",
  "reason",
  "reportingComponent",
  "source",
  "type",
];

/** Every resource with objects, in the order of discovery. */
export const RESOURCE_TYPES: readonly ResourceType[] = [
  ...typesOf("", "v1", [
    {
      kind: "ConfigMap",
      plural: "configmaps",
      shortNames: ["cm"],
      description: "ConfigMap holds configuration data for pods to consume.",
    },
    {
      kind: "Endpoints",
      plural: "endpoints",
      shortNames: ["ep"],
      description: "Endpoints lists the addresses behind a Service.",
    },
    {
      kind: "Event",
      plural: "events",
      shortNames: ["ev"],
      selectableFields: INVOLVED_OBJECT_FIELDS,
      description: "Event reports something that happened to an object.",
    },
    {
      kind: "Namespace",
      plural: "namespaces",
      shortNames: ["ns"],
      clusterScoped: true,
      hasStatus: true,
      selectableFields: ["status.phase"],
      description: "Namespace gives a scope to names.",
    },
    {
      kind: "Node",
      plural: "nodes",
      shortNames: ["no"],
      clusterScoped: true,
      hasStatus: true,
      selectableFields: ["spec.unschedulable"],
      description: "Node is a machine that runs pods.",
    },
    {
      kind: "PersistentVolumeClaim",
      plural: "persistentvolumeclaims",
      shortNames: ["pvc"],
      hasStatus: true,
      description: "PersistentVolumeClaim asks for a persistent volume.",
    },
    {
      kind: "Pod",
      plural: "pods",
      shortNames: ["po"],
      categories: ["all"],
      hasStatus: true,
      hasGeneration: true,
      selectableFields: [
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
      ],
      description: "Pod is a group of containers that run on one node.",
    },
    {
      kind: "PodTemplate",
      plural: "podtemplates",
      hasGeneration: true,
      description: "PodTemplate describes a template for creating pods.",
    },
    {
      kind: "ReplicationController",
      plural: "replicationcontrollers",
      shortNames: ["rc"],
      categories: ["all"],
      hasStatus: true,
      hasGeneration: true,
      selectableFields: ["status.replicas"],
      description: "ReplicationController keeps a number of pods running.",
    },
    {
      kind: "Secret",
      plural: "secrets",
      selectableFields: ["type"],
      description: "Secret holds data that is not for everybody to read.",
    },
    {
      kind: "ServiceAccount",
      plural: "serviceaccounts",
      shortNames: ["sa"],
      description: "ServiceAccount is an identity for processes in pods.",
    },
    {
      kind: "Service",
      plural: "services",
      shortNames: ["svc"],
      categories: ["all"],
      hasStatus: true,
      selectableFields: ["spec.clusterIP", "spec.type"],
      description: "Service names a set of pods and a way to reach them.",
    },
  ]),
  ...typesOf("apps", "v1", [
    {
      kind: "DaemonSet",
      plural: "daemonsets",
      shortNames: ["ds"],
      categories: ["all"],
      hasStatus: true,
      hasGeneration: true,
      description: "DaemonSet runs a pod on every node.",
    },
    {
      kind: "Deployment",
      plural: "deployments",
      shortNames: ["deploy"],
      categories: ["all"],
      hasStatus: true,
      hasGeneration: true,
      description: "Deployment rolls out changes of a set of equal pods.",
    },
    {
      kind: "ReplicaSet",
      plural: "replicasets",
      shortNames: ["rs"],
      categories: ["all"],
      hasStatus: true,
      hasGeneration: true,
      selectableFields: ["status.replicas"],
      description: "ReplicaSet keeps a number of equal pods running.",
    },
    {
      kind: "StatefulSet",
      plural: "statefulsets",
      shortNames: ["sts"],
      categories: ["all"],
      hasStatus: true,
      hasGeneration: true,
      description: "StatefulSet runs pods with lasting names and storage.",
    },
  ]),
  ...typesOf("batch", "v1", [
    {
      kind: "CronJob",
      plural: "cronjobs",
      shortNames: ["cj"],
      categories: ["all"],
      hasStatus: true,
      hasGeneration: true,
      description: "CronJob creates jobs on a schedule.",
    },
    {
      kind: "Job",
      plural: "jobs",
      categories: ["all"],
      hasStatus: true,
      hasGeneration: true,
      selectableFields: ["status.successful"],
      description: "Job runs pods until enough of them succeeded.",
    },
  ]),
  ...typesOf("coordination.k8s.io", "v1", [
    {
      kind: "Lease",
      plural: "leases",
      description: "Lease says who leads, and until when.",
    },
  ]),
  // Kept, so that manifests can be applied; access goes by accounts.ts.
  ...typesOf("rbac.authorization.k8s.io", "v1", [
    {
      kind: "ClusterRoleBinding",
      plural: "clusterrolebindings",
      clusterScoped: true,
      description: "ClusterRoleBinding grants a ClusterRole everywhere.",
    },
    {
      kind: "ClusterRole",
      plural: "clusterroles",
      clusterScoped: true,
      description: "ClusterRole is a set of permissions in any namespace.",
    },
    {
      kind: "RoleBinding",
      plural: "rolebindings",
      description: "RoleBinding grants a role in its namespace.",
    },
    {
      kind: "Role",
      plural: "roles",
      description: "Role is a set of permissions in its namespace.",
    },
  ]),
];

/** Every resource that only answers. */
export const REVIEW_TYPES: readonly ReviewType[] = [
  {
    group: "authentication.k8s.io",
    version: "v1",
    kind: "SelfSubjectReview",
    plural: "selfsubjectreviews",
    singular: "selfsubjectreview",
    description: "SelfSubjectReview tells who the caller is.",
  },
  {
    group: "authentication.k8s.io",
    version: "v1",
    kind: "TokenReview",
    plural: "tokenreviews",
    singular: "tokenreview",
    description: "TokenReview tells whose a token is.",
  },
  {
    group: "authorization.k8s.io",
    version: "v1",
    kind: "SelfSubjectAccessReview",
    plural: "selfsubjectaccessreviews",
    singular: "selfsubjectaccessreview",
    description:
      "SelfSubjectAccessReview tells whether the caller may do a thing.",
  },
];

const VERBS: readonly string[] = [
  "create",
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "update",
  "watch",
];

/** The verbs of a resource with objects, as discovery lists them. */
export function verbsOf(type: ResourceType): readonly string[] {
  return type.kind === "Namespace"
    ? VERBS.filter((verb) => verb !== "deletecollection")
    : VERBS;
}

/** `v1`, or `apps/v1`. */
export function apiVersionOf(
  type: { readonly group: string; readonly version: string },
): string {
  return type.group === "" ? type.version : `${type.group}/${type.version}`;
}

/** The resource at a place in the API; undefined where nothing is served. */
export function findResourceType(
  group: string,
  version: string,
  plural: string,
): ResourceType | undefined {
  return RESOURCE_TYPES.find((type) =>
    type.group === group && type.version === version && type.plural === plural
  );
}

/** The review at a place in the API; undefined where nothing is served. */
export function findReviewType(
  group: string,
  version: string,
  plural: string,
): ReviewType | undefined {
  return REVIEW_TYPES.find((type) =>
    type.group === group && type.version === version && type.plural === plural
  );
}
