/**
 * What `mca status` can see of a cluster.
 *
 * @module
 */

import {
  type ApiClient,
  ApiError,
  type ObjectReference,
} from "../kube/api_client.ts";
import type { JsonObject } from "../kube/json.ts";
import type { Seen } from "./finding.ts";

/** What is asked of an {@link ApiClient}: nothing that changes anything. */
export type ClusterReader = Pick<ApiClient, "read" | "list" | "tryCreate">;

/**
 * An object by name, as far as the user may read it.
 *
 * @throws {McaError} `upstream` where the API server cannot be asked.
 */
export async function seeObject(
  reader: Pick<ClusterReader, "read">,
  reference: ObjectReference,
): Promise<Seen<JsonObject>> {
  try {
    const { object } = await reader.read(reference);
    return object === undefined
      ? { kind: "absent" }
      : { kind: "present", value: object };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) return { kind: "absent" };
    if (error.status !== 403) throw error;
    return { kind: "unreadable", why: error.message };
  }
}
