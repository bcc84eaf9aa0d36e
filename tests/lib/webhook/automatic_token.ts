/** What the API server's ServiceAccount admission does to a pod before webhooks see it. */

import { STATUS_ANNOTATION } from "../../../lib/inject/contract.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../../lib/kube/json.ts";

const PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
/** The volume's name: five random characters at its end. */
export const AUTOMATIC_VOLUME = "kube-api-access-x7k2p";

function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/**
 * The pod with the automatic token, as plugin/pkg/admission/serviceaccount does
 * it: a volume, mounted into each container and init container that has nothing
 * at the standard path; nothing where all have something there.
 */
export function addAutomaticToken(pod: JsonObject): JsonObject {
  const spec = pod["spec"];
  if (!isJsonObject(spec)) return pod;
  if (spec["automountServiceAccountToken"] === false) return pod;
  const volumes = objects(spec["volumes"]);
  const there = volumes.find(({ name }) =>
    typeof name === "string" && name.startsWith("kube-api-access-")
  );
  const name = there?.["name"] ?? AUTOMATIC_VOLUME;
  let isNeeded = false;
  const result: JsonObject = { ...spec };
  for (const list of ["initContainers", "containers"]) {
    if (spec[list] === undefined || spec[list] === null) continue;
    result[list] = objects(spec[list]).map((container) => {
      const mounts = objects(container["volumeMounts"]);
      if (mounts.some(({ mountPath }) => mountPath === PATH)) return container;
      isNeeded = true;
      return {
        ...container,
        volumeMounts: [...mounts, { name, readOnly: true, mountPath: PATH }],
      };
    });
  }
  if (!isNeeded) return pod;
  if (there === undefined) {
    result["volumes"] = [...volumes, {
      name,
      projected: {
        defaultMode: 420,
        sources: [
          { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
          {
            configMap: {
              name: "kube-root-ca.crt",
              items: [{ key: "ca.crt", path: "ca.crt" }],
            },
          },
          {
            downwardAPI: {
              items: [{
                path: "namespace",
                fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" },
              }],
            },
          },
        ],
      },
    }];
  }
  return { ...pod, spec: result };
}

/** The pod without what its status annotation remembers. */
export function withoutOriginals(pod: JsonObject): JsonValue {
  return JSON.parse(JSON.stringify(pod, (key, value) => {
    if (key !== STATUS_ANNOTATION || typeof value !== "string") return value;
    const { originals: _, text: __, ...status } = JSON.parse(value);
    return status;
  }));
}
