/**
 * Patches that refuse to hit the wrong item of a list.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import type { JsonPatch, JsonPatchOperation } from "../kube/json_patch.ts";
import { formatPointer, parsePointer } from "../kube/json_pointer.ts";

const CONTAINERS: ReadonlySet<string> = new Set([
  "containers",
  "initContainers",
  "ephemeralContainers",
]);

/** The pointer to the container that the operation changes something within. */
function containerPath(path: string): string[] | undefined {
  const tokens = parsePointer(path);
  const list = tokens.findIndex((token) => CONTAINERS.has(token));
  return list === -1 || tokens.length < list + 3
    ? undefined
    : tokens.slice(0, list + 2);
}

function valueAt(value: JsonValue, path: readonly string[]): JsonValue {
  return path.reduce<JsonValue>((at, token) => {
    if (Array.isArray(at)) return at[Number(token)] ?? null;
    return isJsonObject(at) ? at[token] ?? null : null;
  }, value);
}

/**
 * The patch with tests (RFC 6902, section 4.6) in front: each container that is
 * changed within has to have the name it has here. A list index alone would
 * change whatever container stands there by the time the patch is applied.
 * Containers are tested by where they stand before the patch, so a patch that
 * puts in or takes out containers tests before it does.
 */
export function guardPatch(
  patch: JsonPatch,
  object: JsonObject,
): JsonPatchOperation[] {
  const tests = new Map<string, JsonPatchOperation>();
  for (const { path } of patch) {
    const container = containerPath(path);
    if (container === undefined) continue;
    const list = valueAt(object, container.slice(0, -1));
    if (!Array.isArray(list)) continue;
    list.forEach((item, index) => {
      if (!isJsonObject(item)) return;
      const at = formatPointer([...container.slice(0, -1), index, "name"]);
      tests.set(at, { op: "test", path: at, value: item["name"] ?? null });
    });
  }
  return [...tests.values(), ...patch];
}
