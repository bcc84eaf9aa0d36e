/**
 * What `kubectl get` shows of each resource, as a table: the printer columns
 * of kube-apiserver for the resources served here.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "../../lib/kube/json.ts";
import { listAt, numberAt, objectAt, textAt, valueAt } from "./json_path.ts";

/** A cell: text or a number. */
export type Cell = string | number;

/** One column. */
export interface Column {
  readonly name: string;
  readonly type: "string" | "integer";
  /** `name` for the column that names the object. */
  readonly format: string;
  /** 0 is always shown, 1 with `-o wide`. */
  readonly priority: 0 | 1;
  /** The cell of an object at a time in milliseconds since the Unix epoch. */
  readonly cell: (object: JsonObject, now: number) => Cell;
}

const NONE = "<none>";

function text(
  name: string,
  cell: Column["cell"],
  priority: 0 | 1 = 0,
): Column {
  return { name, type: "string", format: "", priority, cell };
}

function count(name: string, ...path: readonly string[]): Column {
  return {
    name,
    type: "integer",
    format: "",
    priority: 0,
    cell: (object) => numberAt(object, ...path),
  };
}

function field(name: string, ...path: readonly string[]): Column {
  return text(name, (object) => textAt(object, ...path) || NONE);
}

function wide(name: string, ...path: readonly string[]): Column {
  return text(name, (object) => textAt(object, ...path) || NONE, 1);
}

/** Units of ages, biggest first: how long they last and from which age on they are used. */
const AGE_UNITS = [
  { suffix: "y", seconds: 365 * 86_400, from: 8 * 365 * 86_400, rest: "" },
  { suffix: "y", seconds: 365 * 86_400, from: 2 * 365 * 86_400, rest: "d" },
  { suffix: "d", seconds: 86_400, from: 8 * 86_400, rest: "" },
  { suffix: "d", seconds: 86_400, from: 2 * 86_400, rest: "h" },
  { suffix: "h", seconds: 3600, from: 8 * 3600, rest: "" },
  { suffix: "h", seconds: 3600, from: 3 * 3600, rest: "m" },
  { suffix: "m", seconds: 60, from: 10 * 60, rest: "" },
  { suffix: "m", seconds: 60, from: 2 * 60, rest: "s" },
  { suffix: "s", seconds: 1, from: 0, rest: "" },
] as const;

const REST_SECONDS = { d: 86_400, h: 3600, m: 60, s: 1 } as const;

/**
 * A duration in seconds as kubectl writes it: `5s`, `2m10s`, `3d4h`.
 *
 * @example
 * ```ts
 * import { formatAge } from "./table_columns.ts";
 *
 * formatAge(130); // "2m10s"
 * ```
 */
export function formatAge(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  for (const unit of AGE_UNITS) {
    if (whole < unit.from) continue;
    const units = `${Math.floor(whole / unit.seconds)}${unit.suffix}`;
    if (unit.rest === "") return units;
    const rest = Math.floor((whole % unit.seconds) / REST_SECONDS[unit.rest]);
    return rest === 0 ? units : `${units}${rest}${unit.rest}`;
  }
  return "0s";
}

function ageOf(time: string, now: number): string {
  const then = Date.parse(time);
  return Number.isNaN(then) ? "<unknown>" : formatAge((now - then) / 1000);
}

const NAME: Column = {
  name: "Name",
  type: "string",
  format: "name",
  priority: 0,
  cell: (object) => textAt(object, "metadata", "name"),
};

const AGE = text(
  "Age",
  (object, now) => ageOf(textAt(object, "metadata", "creationTimestamp"), now),
);

function formatLabels(labels: JsonObject): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? NONE : pairs.sort().join(",");
}

function namesOf(list: readonly JsonValue[], name: string): string {
  return list.map((item) => textAt(item, name)).join(",") || NONE;
}

function templateColumns(...path: readonly string[]): Column[] {
  return [
    text("Containers", (o) => namesOf(listAt(o, ...path), "name"), 1),
    text("Images", (o) => namesOf(listAt(o, ...path), "image"), 1),
  ];
}

const TEMPLATE = ["spec", "template", "spec", "containers"] as const;

const SELECTOR = text(
  "Selector",
  (object) => formatLabels(objectAt(object, "spec", "selector", "matchLabels")),
  1,
);

/** Main containers, and the init containers that stay (sidecars). */
function lastingContainers(pod: JsonObject): readonly JsonValue[] {
  const sidecars = listAt(pod, "spec", "initContainers").filter((container) =>
    textAt(container, "restartPolicy") === "Always"
  );
  return [...listAt(pod, "spec", "containers"), ...sidecars];
}

function containerStatuses(pod: JsonObject): readonly JsonValue[] {
  return [
    ...listAt(pod, "status", "containerStatuses"),
    ...listAt(pod, "status", "initContainerStatuses"),
  ];
}

function podStatus(pod: JsonObject): string {
  if (valueAt(pod, "metadata", "deletionTimestamp") !== undefined) {
    return "Terminating";
  }
  const waiting = containerStatuses(pod)
    .map((status) => textAt(status, "state", "waiting", "reason"))
    .find((reason) => reason !== "");
  return waiting ?? (textAt(pod, "status", "reason") ||
    textAt(pod, "status", "phase") || "Unknown");
}

function readyContainers(pod: JsonObject): string {
  const lasting = lastingContainers(pod).map((item) => textAt(item, "name"));
  const ready = containerStatuses(pod).filter((status) =>
    valueAt(status, "ready") === true &&
    lasting.includes(textAt(status, "name"))
  );
  return `${ready.length}/${lasting.length}`;
}

function restarts(pod: JsonObject): number {
  return containerStatuses(pod).reduce<number>(
    (sum, status) => sum + numberAt(status, "restartCount"),
    0,
  );
}

function servicePorts(service: JsonObject): string {
  return listAt(service, "spec", "ports").map((port) => {
    const node = numberAt(port, "nodePort");
    return `${numberAt(port, "port")}${node === 0 ? "" : `:${node}`}/${
      textAt(port, "protocol") || "TCP"
    }`;
  }).join(",") || NONE;
}

function nodeStatus(node: JsonObject): string {
  const ready = listAt(node, "status", "conditions").find((condition) =>
    textAt(condition, "type") === "Ready"
  );
  const state = ready === undefined
    ? "Unknown"
    : textAt(ready, "status") === "True"
    ? "Ready"
    : "NotReady";
  return valueAt(node, "spec", "unschedulable") === true
    ? `${state},SchedulingDisabled`
    : state;
}

function nodeRoles(node: JsonObject): string {
  const prefix = "node-role.kubernetes.io/";
  return Object.keys(objectAt(node, "metadata", "labels"))
    .filter((label) => label.startsWith(prefix))
    .map((label) => label.slice(prefix.length)).sort().join(",") || NONE;
}

function involvedObject(event: JsonObject): string {
  const kind = textAt(event, "involvedObject", "kind").toLowerCase();
  const name = textAt(event, "involvedObject", "name");
  return name === "" ? kind : `${kind}/${name}`;
}

function lastSeen(event: JsonObject, now: number): string {
  const time = textAt(event, "lastTimestamp") || textAt(event, "eventTime") ||
    textAt(event, "metadata", "creationTimestamp");
  return ageOf(time, now);
}

function readyOf(wanted: readonly string[]): Column {
  return text(
    "Ready",
    (object) =>
      `${numberAt(object, "status", "readyReplicas")}/${
        numberAt(object, ...wanted)
      }`,
  );
}

function replicaCounts(): Column[] {
  return [
    count("Desired", "spec", "replicas"),
    count("Current", "status", "replicas"),
    count("Ready", "status", "readyReplicas"),
  ];
}

/** By the resource's plural name; whatever is not here shows its name and age. */
const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
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
    text(
      "Suspend",
      (o) => valueAt(o, "spec", "suspend") === true ? "True" : "False",
    ),
    text("Active", (o) => listAt(o, "status", "active").length),
    text("Last Schedule", (o, now) => {
      const time = textAt(o, "status", "lastScheduleTime");
      return time === "" ? NONE : ageOf(time, now);
    }),
    AGE,
    ...templateColumns("spec", "jobTemplate", ...TEMPLATE),
  ],
  daemonsets: [
    NAME,
    count("Desired", "status", "desiredNumberScheduled"),
    count("Current", "status", "currentNumberScheduled"),
    count("Ready", "status", "numberReady"),
    count("Up-to-date", "status", "updatedNumberScheduled"),
    count("Available", "status", "numberAvailable"),
    text(
      "Node Selector",
      (o) =>
        formatLabels(objectAt(o, "spec", "template", "spec", "nodeSelector")),
    ),
    AGE,
    ...templateColumns(...TEMPLATE),
    SELECTOR,
  ],
  deployments: [
    NAME,
    readyOf(["spec", "replicas"]),
    count("Up-to-date", "status", "updatedReplicas"),
    count("Available", "status", "availableReplicas"),
    AGE,
    ...templateColumns(...TEMPLATE),
    SELECTOR,
  ],
  events: [
    text("Last Seen", lastSeen),
    field("Type", "type"),
    field("Reason", "reason"),
    text("Object", involvedObject),
    field("Message", "message"),
    text("Name", (object) => textAt(object, "metadata", "name"), 1),
  ],
  jobs: [
    NAME,
    text(
      "Status",
      (o) =>
        listAt(o, "status", "conditions").map((condition) =>
          textAt(condition, "status") === "True"
            ? textAt(condition, "type")
            : ""
        ).find((type) => type !== "") ?? "Running",
    ),
    text(
      "Completions",
      (o) =>
        `${numberAt(o, "status", "succeeded")}/${
          numberAt(o, "spec", "completions") || 1
        }`,
    ),
    AGE,
    ...templateColumns(...TEMPLATE),
    SELECTOR,
  ],
  leases: [NAME, field("Holder", "spec", "holderIdentity"), AGE],
  namespaces: [NAME, field("Status", "status", "phase"), AGE],
  nodes: [
    NAME,
    text("Status", nodeStatus),
    text("Roles", nodeRoles),
    AGE,
    field("Version", "status", "nodeInfo", "kubeletVersion"),
  ],
  persistentvolumeclaims: [
    NAME,
    field("Status", "status", "phase"),
    field("Volume", "spec", "volumeName"),
    field("StorageClass", "spec", "storageClassName"),
    AGE,
  ],
  pods: [
    NAME,
    text("Ready", readyContainers),
    text("Status", podStatus),
    text("Restarts", restarts),
    AGE,
    wide("IP", "status", "podIP"),
    wide("Node", "spec", "nodeName"),
  ],
  replicasets: [
    NAME,
    ...replicaCounts(),
    AGE,
    ...templateColumns(...TEMPLATE),
    SELECTOR,
  ],
  replicationcontrollers: [
    NAME,
    ...replicaCounts(),
    AGE,
    ...templateColumns(...TEMPLATE),
  ],
  secrets: [
    NAME,
    field("Type", "type"),
    text("Data", (object) => Object.keys(objectAt(object, "data")).length),
    AGE,
  ],
  serviceaccounts: [
    NAME,
    text("Secrets", (object) => listAt(object, "secrets").length),
    AGE,
  ],
  services: [
    NAME,
    field("Type", "spec", "type"),
    field("Cluster-IP", "spec", "clusterIP"),
    text("External-IP", (o) =>
      textAt(o, "spec", "externalName") ||
      listAt(o, "spec", "externalIPs").join(",") || NONE),
    text("Port(s)", servicePorts),
    AGE,
    text("Selector", (o) => formatLabels(objectAt(o, "spec", "selector")), 1),
  ],
  statefulsets: [
    NAME,
    readyOf(["spec", "replicas"]),
    AGE,
    ...templateColumns(...TEMPLATE),
  ],
};

/** The columns of a resource. */
export function columnsOf(plural: string): readonly Column[] {
  return (Object.hasOwn(COLUMNS, plural) ? COLUMNS[plural] : undefined) ??
    [NAME, AGE];
}
