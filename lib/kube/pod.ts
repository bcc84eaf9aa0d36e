/**
 * Open, structural reading of a pod or pod template: only the fields MCA needs
 * are looked at, each is checked for its type, and everything else is left alone.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import {
  childField,
  readBoolean,
  readName,
  readNumber,
  readObject,
  readObjects,
  readString,
} from "./pod_field.ts";
import type { JsonObject } from "./json.ts";

/** The lists of a pod's spec that hold containers, in the order they start. */
export const CONTAINER_LISTS = [
  "initContainers",
  "containers",
  "ephemeralContainers",
] as const;

/** One of the lists of a pod's spec that hold containers. */
export type ContainerList = typeof CONTAINER_LISTS[number];

/** A volume mount of a container. */
export interface MountView {
  /** The name of the volume. */
  readonly name: string;
  /** `mountPath` without final slashes. */
  readonly path: string;
}

/** A container, read. */
export interface ContainerView {
  readonly list: ContainerList;
  readonly index: number;
  /** `spec.containers[0]` */
  readonly field: string;
  readonly name: string;
  /** The container itself. */
  readonly object: JsonObject;
  readonly environment: readonly { readonly name: string }[];
  readonly mounts: readonly MountView[];
  /** The container ports of protocol TCP. */
  readonly tcpPorts: readonly number[];
  readonly requests: JsonObject | undefined;
  readonly limits: JsonObject | undefined;
}

/** A volume of a pod, read. */
export interface VolumeView {
  readonly name: string;
  readonly object: JsonObject;
}

/** A pod or pod template, read. */
export interface PodView {
  readonly object: JsonObject;
  readonly metadata: JsonObject | undefined;
  readonly labels: JsonObject | undefined;
  readonly annotations: JsonObject | undefined;
  readonly spec: JsonObject;
  /** Init containers first, then containers, then ephemeral containers. */
  readonly containers: readonly ContainerView[];
  readonly volumes: readonly VolumeView[];
  readonly hostNetwork: boolean;
  readonly automountServiceAccountToken: boolean;
  /** `spec.os.name`, or what the node selector says. */
  readonly operatingSystem: string | undefined;
  /** Pod-level `spec.resources`. */
  readonly resources: JsonObject | undefined;
}

/** A mount path without final slashes, so that `/a/` and `/a` are one place. */
export function normalizeMountPath(path: string): string {
  return path.replace(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "");
}

function readContainer(
  object: JsonObject,
  list: ContainerList,
  index: number,
): ContainerView {
  const field = `spec.${list}[${index}]`;
  const at = (key: string, item: number) => `${field}.${key}[${item}]`;
  const resources = readObject(object, "resources", field);
  const resourcesField = childField(field, "resources");
  return {
    list,
    index,
    field,
    object,
    name: readName(object, "name", field),
    environment: readObjects(object, "env", field).map((entry, item) => ({
      name: readName(entry, "name", at("env", item)),
    })),
    mounts: readObjects(object, "volumeMounts", field).map((mount, item) => ({
      name: readName(mount, "name", at("volumeMounts", item)),
      path: normalizeMountPath(
        readName(mount, "mountPath", at("volumeMounts", item)),
      ),
    })),
    tcpPorts: readObjects(object, "ports", field).flatMap((port, item) => {
      const number = readNumber(port, "containerPort", at("ports", item));
      const protocol = readString(port, "protocol", at("ports", item));
      const tcp = protocol === undefined || protocol === "TCP";
      return number === undefined || !tcp ? [] : [number];
    }),
    requests: resources &&
      readObject(resources, "requests", resourcesField),
    limits: resources && readObject(resources, "limits", resourcesField),
  };
}

function readOperatingSystem(spec: JsonObject): string | undefined {
  const os = readObject(spec, "os", "spec");
  const selector = readObject(spec, "nodeSelector", "spec");
  return (os && readString(os, "name", "spec.os")) ??
    (selector &&
      (readString(selector, "kubernetes.io/os", "spec.nodeSelector") ??
        readString(
          selector,
          "beta.kubernetes.io/os",
          "spec.nodeSelector",
        )));
}

/**
 * Reads a pod or pod template (`metadata` and `spec`) and checks the type of
 * every field it reads. `null` counts as absent, as it does for the API server.
 *
 * @throws {McaError} `manifest`, with the field in `place`.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
 *
 * @example
 * ```ts
 * import { readPod } from "./pod.ts";
 *
 * const pod = readPod({ spec: { containers: [{ name: "app" }] } });
 * console.log(pod.containers[0]?.name); // app
 * ```
 */
export function readPod(pod: JsonObject): PodView {
  const metadata = readObject(pod, "metadata", "");
  const spec = readObject(pod, "spec", "");
  const containers = spec === undefined
    ? []
    : CONTAINER_LISTS.flatMap((list) =>
      readObjects(spec, list, "spec").map((object, index) =>
        readContainer(object, list, index)
      )
    );
  if (
    spec === undefined || !containers.some(({ list }) => list === "containers")
  ) {
    throw new McaError("manifest", "Expected at least one container", {
      place: { field: spec === undefined ? "spec" : "spec.containers" },
      hint: "A pod needs spec.containers, a list with one container or more.",
    });
  }
  return {
    object: pod,
    metadata,
    labels: metadata && readObject(metadata, "labels", "metadata"),
    annotations: metadata && readObject(metadata, "annotations", "metadata"),
    spec,
    containers,
    volumes: readObjects(spec, "volumes", "spec").map((object, index) => ({
      name: readName(object, "name", `spec.volumes[${index}]`),
      object,
    })),
    hostNetwork: readBoolean(spec, "hostNetwork", "spec") ?? false,
    automountServiceAccountToken:
      readBoolean(spec, "automountServiceAccountToken", "spec") ?? true,
    operatingSystem: readOperatingSystem(spec),
    resources: readObject(spec, "resources", "spec"),
  };
}
