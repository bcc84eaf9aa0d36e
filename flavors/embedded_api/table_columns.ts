/**
 * What `kubectl get` shows of each resource, as a table: the printer columns
 * of kube-apiserver for the resources served here.
 *
 * @module
 */

import type { JsonObject } from "../../lib/kube/json.ts";
import {
  listAt,
  numberAt,
  objectAt,
  textAt,
  valueAt,
} from "../../lib/kube/object_fields.ts";
import * as cells from "./table_cells.ts";
import { NONE } from "./table_cells.ts";

/** A cell, as JSON. */
export type Cell = string | number | boolean;

/** One column. */
export interface Column {
  readonly name: string;
  readonly type: "string" | "integer" | "boolean" | "date";
  /** `name` for the column that names the object. */
  readonly format: string;
  /** 0 is always shown, 1 with `-o wide`. */
  readonly priority: 0 | 1;
  /** The cell of an object at a time in milliseconds since the Unix epoch. */
  readonly cell: (object: JsonObject, now: number) => Cell;
}

function text(
  name: string,
  cell: Column["cell"],
  more: Partial<Column> = {},
): Column {
  return { name, type: "string", format: "", priority: 0, cell, ...more };
}

const WIDE = { priority: 1 } as const;

/** A column with the text at a path. */
function field(name: string, ...path: readonly string[]): Column {
  return text(name, (object) => textAt(object, ...path) || NONE);
}

/** The same, only with `-o wide`. */
function wide(name: string, ...path: readonly string[]): Column {
  return { ...field(name, ...path), ...WIDE };
}

/** A column with the number at a path. */
function count(name: string, ...path: readonly string[]): Column {
  return text(name, (o) => numberAt(o, ...path), { type: "integer" });
}

const NAME = text("Name", (object) => textAt(object, "metadata", "name"), {
  format: "name",
});

const AGE = text(
  "Age",
  (object, now) =>
    cells.ageOf(textAt(object, "metadata", "creationTimestamp"), now),
);

const CREATED = text(
  "Created At",
  (object) => textAt(object, "metadata", "creationTimestamp"),
  { type: "date" },
);

const TEMPLATE = ["spec", "template", "spec", "containers"] as const;

/** The containers at a path, with their images. */
function containers(path: readonly string[], more: Partial<Column>): Column[] {
  return ["name", "image"].map((part) =>
    text(
      part === "name" ? "Containers" : "Images",
      (object) => cells.namesOf(listAt(object, ...path), part),
      more,
    )
  );
}

/** The labels at a path. */
function labels(
  name: string,
  path: readonly string[],
  more: Partial<Column> = {},
): Column {
  return text(name, (o) => cells.formatLabels(objectAt(o, ...path)), more);
}

const SELECTOR = labels("Selector", ["spec", "selector", "matchLabels"], WIDE);

/** How many are ready of those that are wanted. */
const READY = text(
  "Ready",
  (object) =>
    `${numberAt(object, "status", "readyReplicas")}/${
      numberAt(object, "spec", "replicas")
    }`,
);

const REPLICAS = [
  count("Desired", "spec", "replicas"),
  count("Current", "status", "replicas"),
  count("Ready", "status", "readyReplicas"),
];

const BINDING_COLUMNS: readonly Column[] = [
  NAME,
  text(
    "Role",
    (o) => `${textAt(o, "roleRef", "kind")}/${textAt(o, "roleRef", "name")}`,
  ),
  AGE,
  text("Users", (o) => cells.boundSubjects(o, "User"), WIDE),
  text("Groups", (o) => cells.boundSubjects(o, "Group"), WIDE),
  text(
    "ServiceAccounts",
    (o) => cells.boundSubjects(o, "ServiceAccount"),
    WIDE,
  ),
];

/** By the resource's plural name; whatever is not here shows its name and age. */
const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  clusterrolebindings: BINDING_COLUMNS,
  clusterroles: [NAME, CREATED],
  configmaps: [
    NAME,
    text("Data", (object) =>
      Object.keys(objectAt(object, "data")).length +
      Object.keys(objectAt(object, "binaryData")).length),
    AGE,
  ],
  cronjobs: [
    NAME,
    field("Schedule", "spec", "schedule"),
    field("Timezone", "spec", "timeZone"),
    text("Suspend", (o) => valueAt(o, "spec", "suspend") === true, {
      type: "boolean",
    }),
    text("Active", (o) => listAt(o, "status", "active").length, {
      type: "integer",
    }),
    text("Last Schedule", (o, now) => {
      const time = textAt(o, "status", "lastScheduleTime");
      return time === "" ? NONE : cells.ageOf(time, now);
    }),
    AGE,
    ...containers(["spec", "jobTemplate", ...TEMPLATE], WIDE),
    labels("Selector", [
      "spec",
      "jobTemplate",
      "spec",
      "selector",
      "matchLabels",
    ], WIDE),
  ],
  daemonsets: [
    NAME,
    count("Desired", "status", "desiredNumberScheduled"),
    count("Current", "status", "currentNumberScheduled"),
    count("Ready", "status", "numberReady"),
    count("Up-to-date", "status", "updatedNumberScheduled"),
    count("Available", "status", "numberAvailable"),
    labels("Node Selector", ["spec", "template", "spec", "nodeSelector"]),
    AGE,
    ...containers(TEMPLATE, WIDE),
    SELECTOR,
  ],
  deployments: [
    NAME,
    READY,
    text("Up-to-date", (o) => numberAt(o, "status", "updatedReplicas")),
    text("Available", (o) => numberAt(o, "status", "availableReplicas")),
    AGE,
    ...containers(TEMPLATE, WIDE),
    SELECTOR,
  ],
  endpoints: [NAME, text("Endpoints", cells.endpointAddresses), AGE],
  events: [
    text("Last Seen", cells.lastSeen),
    field("Type", "type"),
    field("Reason", "reason"),
    text("Object", cells.involvedObject),
    text("Subobject", (o) => textAt(o, "involvedObject", "fieldPath"), WIDE),
    text("Source", cells.eventSource, WIDE),
    text("Message", (o) => textAt(o, "message").trim()),
    text("First Seen", cells.firstSeen, WIDE),
    text("Count", cells.eventCount, WIDE),
    { ...NAME, ...WIDE },
  ],
  jobs: [
    NAME,
    text("Status", cells.jobStatus),
    text("Completions", cells.jobCompletions),
    text("Duration", cells.jobDuration),
    AGE,
    ...containers(TEMPLATE, WIDE),
    SELECTOR,
  ],
  leases: [
    NAME,
    text("Holder", (o) => textAt(o, "spec", "holderIdentity")),
    AGE,
  ],
  namespaces: [NAME, field("Status", "status", "phase"), AGE],
  nodes: [
    NAME,
    text("Status", cells.nodeStatus),
    text("Roles", cells.nodeRoles),
    AGE,
    field("Version", "status", "nodeInfo", "kubeletVersion"),
    text("Internal-IP", (o) => cells.nodeAddress(o, "InternalIP"), WIDE),
    text("External-IP", (o) => cells.nodeAddress(o, "ExternalIP"), WIDE),
    wide("OS-Image", "status", "nodeInfo", "osImage"),
    wide("Kernel-Version", "status", "nodeInfo", "kernelVersion"),
    wide("Container-Runtime", "status", "nodeInfo", "containerRuntimeVersion"),
  ],
  persistentvolumeclaims: [
    NAME,
    field("Status", "status", "phase"),
    text("Volume", (o) => textAt(o, "spec", "volumeName")),
    text("Capacity", (o) => textAt(o, "status", "capacity", "storage")),
    text("Access Modes", cells.accessModes),
    text("StorageClass", (o) => textAt(o, "spec", "storageClassName")),
    text(
      "VolumeAttributesClass",
      (o) => textAt(o, "spec", "volumeAttributesClassName") || "<unset>",
    ),
    AGE,
    wide("VolumeMode", "spec", "volumeMode"),
  ],
  pods: [
    NAME,
    text("Ready", cells.readyContainers),
    text("Status", cells.podStatus),
    text("Restarts", cells.restarts),
    AGE,
    wide("IP", "status", "podIP"),
    wide("Node", "spec", "nodeName"),
    wide("Nominated Node", "status", "nominatedNodeName"),
    text("Readiness Gates", cells.readinessGates, WIDE),
  ],
  podtemplates: [
    NAME,
    ...containers(["template", "spec", "containers"], {}),
    labels("Pod Labels", ["template", "metadata", "labels"]),
  ],
  replicasets: [
    NAME,
    ...REPLICAS,
    AGE,
    ...containers(TEMPLATE, WIDE),
    SELECTOR,
  ],
  replicationcontrollers: [
    NAME,
    ...REPLICAS,
    AGE,
    ...containers(TEMPLATE, WIDE),
    labels("Selector", ["spec", "selector"], WIDE),
  ],
  rolebindings: BINDING_COLUMNS,
  roles: [NAME, CREATED],
  secrets: [
    NAME,
    field("Type", "type"),
    text("Data", (object) => Object.keys(objectAt(object, "data")).length),
    AGE,
  ],
  services: [
    NAME,
    field("Type", "spec", "type"),
    field("Cluster-IP", "spec", "clusterIP"),
    text("External-IP", (o) =>
      textAt(o, "spec", "externalName") ||
      listAt(o, "spec", "externalIPs").join(",") || NONE),
    text("Port(s)", cells.servicePorts),
    AGE,
    labels("Selector", ["spec", "selector"], WIDE),
  ],
  statefulsets: [NAME, READY, AGE, ...containers(TEMPLATE, WIDE)],
};

/** The columns of a resource. */
export function columnsOf(plural: string): readonly Column[] {
  return (Object.hasOwn(COLUMNS, plural) ? COLUMNS[plural] : undefined) ??
    [NAME, AGE];
}
