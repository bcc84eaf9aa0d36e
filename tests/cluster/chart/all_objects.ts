/** All that is in a cluster. */

import { isJsonObject } from "../../../lib/kube/json.ts";
import { objectsAt, textAt } from "../../charts/object_path.ts";
import type { Cluster } from "../cluster.ts";

/** What comes and goes by itself. */
const PASSING: ReadonlySet<string> = new Set([
  "events",
  "leases",
  "componentstatuses",
]);

async function get(cluster: Cluster, path: string) {
  const object = await cluster.request("GET", path);
  return isJsonObject(object) ? object : {};
}

/** The paths of the collections of every resource that can be listed. */
async function collections(cluster: Cluster): Promise<string[]> {
  const groups = objectsAt(await get(cluster, "/apis"), "groups")
    .map((group) =>
      `/apis/${textAt(group, "preferredVersion", "groupVersion")}`
    );
  const lists = await Promise.all(
    ["/api/v1", ...groups].map(async (path) =>
      objectsAt(await get(cluster, path), "resources")
        .filter(({ name, verbs }) =>
          Array.isArray(verbs) && verbs.includes("list") &&
          !PASSING.has(String(name))
        )
        .map(({ name }) => `${path}/${name}`)
    ),
  );
  return lists.flat();
}

/** Every object as collection, namespace and name, sorted. */
export async function allObjects(cluster: Cluster): Promise<string[]> {
  const found: string[] = [];
  for (const collection of await collections(cluster)) {
    for (const item of objectsAt(await get(cluster, collection), "items")) {
      const namespace = textAt(item, "metadata", "namespace");
      found.push(
        `${collection} ${namespace}/${textAt(item, "metadata", "name")}`,
      );
    }
  }
  return found.toSorted();
}
