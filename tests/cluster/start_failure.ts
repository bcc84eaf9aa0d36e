/** What is said, and tried again, when a component does not start. */

import { ClusterError } from "./cluster_error.ts";
import type { Component } from "./component.ts";
import { freePort } from "./free_port.ts";

const tries = 5;

/** The port was taken between the search for a free one and the start. */
class PortTakenError extends ClusterError {}

/** Stops what there is of the component; gives the error with the end of its log. */
export async function startFailure(
  component: Component,
  error: unknown,
): Promise<unknown> {
  await component.kill();
  if (!(error instanceof ClusterError)) return error;
  const tail = component.logTail();
  const message = `${error.message}; the end of its log:\n${tail}`;
  return tail.includes("address already in use")
    ? new PortTakenError(message, { cause: error })
    : new ClusterError(message, { cause: error });
}

/** Starts something on a free port; on another one if somebody else was faster. */
export async function onFreePort<Started>(
  start: (port: number) => Promise<Started>,
): Promise<Started> {
  for (let left = tries;; left--) {
    try {
      return await start(freePort());
    } catch (error) {
      if (!(error instanceof PortTakenError) || left <= 1) throw error;
    }
  }
}
