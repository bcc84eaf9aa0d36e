/**
 * What the Pod Security Standard "restricted" asks of a pod's spec, as far as
 * the chart could break it.
 */

import { isEqual } from "../../lib/kube/json_equality.ts";
import type { JsonObject } from "../../lib/kube/json.ts";
import { at, objectsAt, textAt } from "./object_path.ts";

/** Each breach as a sentence. */
export function restrictedFaults(spec: JsonObject): string[] {
  const faults: string[] = [];
  if (at(spec, "hostNetwork") === true) faults.push("hostNetwork");
  if (at(spec, "securityContext", "runAsNonRoot") !== true) {
    faults.push("runAsNonRoot");
  }
  if (
    textAt(spec, "securityContext", "seccompProfile", "type") !==
      "RuntimeDefault"
  ) faults.push("seccompProfile");
  for (const container of objectsAt(spec, "containers")) {
    const context = at(container, "securityContext");
    if (at(context, "allowPrivilegeEscalation") !== false) {
      faults.push("allowPrivilegeEscalation");
    }
    if (!isEqual(at(context, "capabilities", "drop") ?? null, ["ALL"])) {
      faults.push("capabilities");
    }
    if (at(context, "readOnlyRootFilesystem") !== true) {
      faults.push("readOnlyRootFilesystem");
    }
    if (at(container, "ports", 0, "hostPort") !== undefined) {
      faults.push("hostPort");
    }
  }
  const allowed = new Set(["configMap", "secret", "emptyDir", "projected"]);
  for (const { name: _, ...source } of objectsAt(spec, "volumes")) {
    for (const kind of Object.keys(source)) {
      if (!allowed.has(kind)) faults.push(`volume ${kind}`);
    }
  }
  return faults;
}
