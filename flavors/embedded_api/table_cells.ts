/**
 * The texts in the cells that `kubectl get` shows, where they are more than a
 * field's value.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "../../lib/kube/json.ts";
import {
  listAt,
  numberAt,
  objectAt,
  textAt,
  valueAt,
} from "../../lib/kube/object_fields.ts";

/** What stands in an empty cell. */
export const NONE = "<none>";

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
 * import { formatAge } from "./table_cells.ts";
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

/** How long ago a time was; `<unknown>` where there is none. */
export function ageOf(time: string, now: number): string {
  const then = Date.parse(time);
  return Number.isNaN(then) ? "<unknown>" : formatAge((now - then) / 1000);
}

/** Labels as a selector. */
export function formatLabels(labels: JsonObject): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? NONE : pairs.sort().join(",");
}

/** One field of each item. */
export function namesOf(list: readonly JsonValue[], name: string): string {
  return list.map((item) => textAt(item, name)).join(",") || NONE;
}

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

/** Why a container waits, or else the pod's phase. */
export function podStatus(pod: JsonObject): string {
  if (valueAt(pod, "metadata", "deletionTimestamp") !== undefined) {
    return "Terminating";
  }
  const waiting = containerStatuses(pod)
    .map((status) => textAt(status, "state", "waiting", "reason"))
    .find((reason) => reason !== "");
  return waiting ?? (textAt(pod, "status", "reason") ||
    textAt(pod, "status", "phase") || "Unknown");
}

/** How many of the lasting containers are ready. */
export function readyContainers(pod: JsonObject): string {
  const lasting = lastingContainers(pod).map((item) => textAt(item, "name"));
  const ready = containerStatuses(pod).filter((status) =>
    valueAt(status, "ready") === true &&
    lasting.includes(textAt(status, "name"))
  );
  return `${ready.length}/${lasting.length}`;
}

/** How often containers were started again. */
export function restarts(pod: JsonObject): number {
  return containerStatuses(pod).reduce<number>(
    (sum, status) => sum + numberAt(status, "restartCount"),
    0,
  );
}

/** The ports of a service: `80:30080/TCP`. */
export function servicePorts(service: JsonObject): string {
  return listAt(service, "spec", "ports").map((port) => {
    const node = numberAt(port, "nodePort");
    return `${numberAt(port, "port")}${node === 0 ? "" : `:${node}`}/${
      textAt(port, "protocol") || "TCP"
    }`;
  }).join(",") || NONE;
}

/** Whether a node is ready, and takes pods. */
export function nodeStatus(node: JsonObject): string {
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

/** The roles in a node's labels. */
export function nodeRoles(node: JsonObject): string {
  const prefix = "node-role.kubernetes.io/";
  return Object.keys(objectAt(node, "metadata", "labels"))
    .filter((label) => label.startsWith(prefix))
    .map((label) => label.slice(prefix.length)).sort().join(",") || NONE;
}

/** What an event is about: `pod/web`. */
export function involvedObject(event: JsonObject): string {
  const kind = textAt(event, "involvedObject", "kind").toLowerCase();
  const name = textAt(event, "involvedObject", "name");
  return name === "" ? kind : `${kind}/${name}`;
}

/** When an event was last seen. */
export function lastSeen(event: JsonObject, now: number): string {
  const time = textAt(event, "lastTimestamp") || textAt(event, "eventTime") ||
    textAt(event, "metadata", "creationTimestamp");
  return ageOf(time, now);
}

/** When an event was first seen. */
export function firstSeen(event: JsonObject, now: number): string {
  const time = textAt(event, "firstTimestamp") || textAt(event, "eventTime") ||
    textAt(event, "metadata", "creationTimestamp");
  return ageOf(time, now);
}

/** Who reports an event, and from where: `kubelet, node-0`. */
export function eventSource(event: JsonObject): string {
  return [
    textAt(event, "source", "component") ||
    textAt(event, "reportingComponent"),
    textAt(event, "source", "host") || textAt(event, "reportingInstance"),
  ].filter((part) => part !== "").join(", ");
}

/** How often an event was seen. */
export function eventCount(event: JsonObject): number {
  return numberAt(event, "series", "count") || numberAt(event, "count") || 1;
}

/** The address of a type that a node has. */
export function nodeAddress(node: JsonObject, type: string): string {
  const address = listAt(node, "status", "addresses").find((item) =>
    textAt(item, "type") === type
  );
  return textAt(address, "address") || NONE;
}

/** The addresses with their ports that stand behind a service. */
export function endpointAddresses(endpoints: JsonObject): string {
  const all = listAt(endpoints, "subsets").flatMap((subset) => {
    const ports = listAt(subset, "ports");
    const addresses = listAt(subset, "addresses").map((address) =>
      textAt(address, "ip")
    );
    return ports.length === 0
      ? addresses
      : ports.flatMap((port) =>
        addresses.map((address) => `${address}:${numberAt(port, "port")}`)
      );
  });
  const more = all.length > 3 ? ` + ${all.length - 3} more...` : "";
  return all.length === 0 ? NONE : all.slice(0, 3).join(",") + more;
}

const ACCESS_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};

/** The access modes of a bound claim, shortened. */
export function accessModes(claim: JsonObject): string {
  return listAt(claim, "status", "accessModes")
    .map((mode) => ACCESS_MODES[String(mode)] ?? String(mode)).join(",");
}

/** How many of a pod's readiness gates are passed. */
export function readinessGates(pod: JsonObject): string {
  const gates = listAt(pod, "spec", "readinessGates").map((gate) =>
    textAt(gate, "conditionType")
  );
  const passed = listAt(pod, "status", "conditions").filter((condition) =>
    textAt(condition, "status") === "True" &&
    gates.includes(textAt(condition, "type"))
  );
  return gates.length === 0 ? NONE : `${passed.length}/${gates.length}`;
}

/** The condition that ended a job, or what it does. */
export function jobStatus(job: JsonObject): string {
  const met = listAt(job, "status", "conditions").filter((condition) =>
    textAt(condition, "status") === "True"
  ).map((condition) => textAt(condition, "type"));
  const ends = ["Complete", "Failed", "Suspended", "FailureTarget"];
  return ends.find((type) => met.includes(type)) ??
    (valueAt(job, "metadata", "deletionTimestamp") === undefined
      ? "Running"
      : "Terminating");
}

/** How many runs of a job succeeded, of how many. */
export function jobCompletions(job: JsonObject): string {
  const succeeded = numberAt(job, "status", "succeeded");
  const parallelism = numberAt(job, "spec", "parallelism");
  if (valueAt(job, "spec", "completions") !== undefined) {
    return `${succeeded}/${numberAt(job, "spec", "completions")}`;
  }
  return parallelism > 1
    ? `${succeeded}/1 of ${parallelism}`
    : `${succeeded}/1`;
}

/** How long a job has run, or ran. */
export function jobDuration(job: JsonObject, now: number): string {
  const start = Date.parse(textAt(job, "status", "startTime"));
  if (Number.isNaN(start)) return "";
  const end = Date.parse(textAt(job, "status", "completionTime"));
  return formatAge(((Number.isNaN(end) ? now : end) - start) / 1000);
}

/** The subjects of a kind that a role binding names. */
export function boundSubjects(binding: JsonObject, kind: string): string {
  return listAt(binding, "subjects").filter((subject) =>
    textAt(subject, "kind") === kind
  ).map((subject) => {
    const namespace = textAt(subject, "namespace");
    const name = textAt(subject, "name");
    return kind === "ServiceAccount" ? `${namespace}/${name}` : name;
  }).join(", ");
}
