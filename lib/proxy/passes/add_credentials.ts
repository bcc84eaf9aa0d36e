/**
 * The pass that gives the pod its real credentials.
 *
 * @module
 */

import type { Pass } from "../proxy_request.ts";

/**
 * Adds the cluster's credentials to requests of the pod, and to no others.
 * Where there are none to be had, its error becomes the answer.
 */
export function addCredentials(): Pass {
  return {
    name: "credentials",
    decide: (request) => {
      if (request.caller !== "pod" || request.cluster === undefined) {
        return undefined;
      }
      const fields = request.cluster.target.credentials.headers();
      if (!(fields instanceof Promise)) {
        request.credentials = fields;
        return undefined;
      }
      return fields.then((later) => {
        request.credentials = later;
        return undefined;
      });
    },
  };
}
