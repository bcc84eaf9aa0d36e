/**
 * The status annotation: what was injected, with which settings, and what has
 * to be put back when it is undone.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import { type PodView, readPod } from "../kube/pod.ts";
import { SIDECAR_NAME, STATUS_ANNOTATION, VOLUME_NAMES } from "./contract.ts";
import type { InjectSettings } from "./settings.ts";

/** The version of the annotation's format. */
const FORMAT_VERSION = 1;

/** Something of the user's that injection took away, and where it was. */
export interface Original {
  /**
   * `["volumes"]`, `["containers"]`, `["containers", "app", "env"]`: the list
   * in the pod's spec, containers by name; or `["metadata", …]`.
   */
  readonly at: readonly string[];
  /** Where in the list it was; absent where `value` is the whole field. */
  readonly index?: number;
  readonly value: JsonValue;
}

/** What the status annotation says. */
export interface InjectStatus {
  /** A digest of the settings. */
  readonly settings: string;
  /** What was taken away, in the order in which it is put back. */
  readonly originals: readonly Original[];
  /** What bytes to put back where values alone do not give the original text again. */
  readonly text: JsonValue | undefined;
}

/** A digest of the settings: equal settings, equal digests. Not for security. */
export function digestSettings(settings: InjectSettings): string {
  const text = JSON.stringify(
    Object.entries({
      ...settings,
      proxyEnv: JSON.stringify(Object.entries(settings.proxyEnv).sort()),
    }).sort(),
  );
  return digestText(text);
}

/** 64 bits of FNV-1a, as two runs of 32 with different offsets, in hexadecimal. */
export function digestText(text: string): string {
  let first = 0x811c9dc5;
  let second = 0x01000193;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ code, 0x85ebca6b);
  }
  return [first, second]
    .map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}

/** The annotation's value: compact JSON. */
export function formatStatus(status: InjectStatus): string {
  return JSON.stringify({
    version: FORMAT_VERSION,
    settings: status.settings,
    initContainers: [SIDECAR_NAME],
    volumes: VOLUME_NAMES,
    ...(status.originals.length === 0 ? {} : { originals: status.originals }),
    ...(status.text === undefined ? {} : { text: status.text }),
  });
}

function malformed(why: string): McaError {
  return new McaError("manifest", `Annotation ${STATUS_ANNOTATION} ${why}`, {
    place: {
      field: `metadata.annotations[${JSON.stringify(STATUS_ANNOTATION)}]`,
    },
    hint:
      "Take the annotation and what MCA injected out by hand, or start again from the original manifest.",
  });
}

function readOriginal(value: JsonValue): Original {
  const at = isJsonObject(value) ? value["at"] : undefined;
  const path = Array.isArray(at)
    ? at.filter((part) => typeof part === "string")
    : [];
  if (
    !isJsonObject(value) || path.length === 0 || !Array.isArray(at) ||
    path.length !== at.length
  ) {
    throw malformed("holds an original without a place");
  }
  const index = value["index"];
  return {
    at: path,
    ...(typeof index === "number" && Number.isInteger(index) && index >= 0
      ? { index }
      : {}),
    value: value["value"] ?? null,
  };
}

/**
 * What a pod's status annotation says; undefined where it has none.
 *
 * @throws {McaError} `manifest` where the annotation is not what MCA writes.
 */
export function readStatus(pod: PodView): InjectStatus | undefined {
  const text = pod.annotations?.[STATUS_ANNOTATION];
  if (text === undefined) return undefined;
  if (typeof text !== "string") throw malformed("is not a string");
  const status = parseObject(text);
  if (status === undefined) throw malformed("is not a JSON object");
  if (status["version"] !== FORMAT_VERSION) {
    throw malformed(
      `has the unknown version ${JSON.stringify(status["version"] ?? null)}`,
    );
  }
  const { settings, originals = [] } = status;
  if (typeof settings !== "string" || !Array.isArray(originals)) {
    throw malformed("lacks its settings or originals");
  }
  return {
    settings,
    originals: originals.map(readOriginal),
    text: status["text"],
  };
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The pod with `text` in its status annotation; the pod itself where it has none. */
export function withText(pod: JsonObject, text: JsonValue): JsonObject {
  const view = readPod(pod);
  const status = readStatus(view);
  if (status === undefined) return pod;
  return {
    ...pod,
    metadata: {
      ...view.metadata,
      annotations: {
        ...view.annotations,
        [STATUS_ANNOTATION]: formatStatus({ ...status, text }),
      },
    },
  };
}
