/**
 * What is there from the start, as in a new cluster: the system's namespaces,
 * and what its controllers put into every namespace.
 *
 * @module
 */

import type { JsonObject } from "../../lib/kube/json.ts";
import type { ApiContext } from "./api_context.ts";
import { createObject } from "./create_object.ts";
import { textAt } from "../../lib/kube/object_fields.ts";
import { apiVersionOf, RESOURCE_TYPES } from "./resource_types.ts";

const NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];

function create(
  context: ApiContext,
  kind: string,
  namespace: string,
  name: string,
  rest: JsonObject = {},
): JsonObject {
  const type = RESOURCE_TYPES.find((type) => type.kind === kind);
  if (type === undefined) throw new TypeError(`Unknown kind ${kind}`);
  const known = context.store.get(type, namespace, name);
  if (known !== undefined) return known;
  return createObject(
    context,
    { type, namespace, name: "", subresource: "" },
    { apiVersion: apiVersionOf(type), kind, metadata: { name }, ...rest },
    { dryRun: false, manager: "kube-controller-manager" },
  );
}

/** Makes a ServiceAccount, and its namespace, where there is none. Gives back its UID. */
export function ensureServiceAccount(
  context: ApiContext,
  namespace: string,
  name: string,
): string {
  create(context, "Namespace", "", namespace);
  const object = create(context, "ServiceAccount", namespace, name);
  return textAt(object, "metadata", "uid");
}

/**
 * Makes the objects of a new cluster, and from then on in each new namespace
 * the ServiceAccount `default` and the ConfigMap `kube-root-ca.crt`.
 */
export function createFirstObjects(
  context: ApiContext,
  caCertificate: string,
): void {
  context.store.subscribe(({ type, resource, name }) => {
    if (type !== "ADDED" || resource.kind !== "Namespace") return;
    ensureServiceAccount(context, name, "default");
    create(context, "ConfigMap", name, "kube-root-ca.crt", {
      data: { "ca.crt": caCertificate },
    });
  });
  for (const name of NAMESPACES) create(context, "Namespace", "", name);
  create(context, "Service", "default", "kubernetes", {
    spec: { ports: [{ name: "https", port: 443, targetPort: 6443 }] },
  });
}
