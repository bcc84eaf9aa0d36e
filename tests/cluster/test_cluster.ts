/**
 * One control plane for all tests of a run. Each test file has a module graph of
 * its own, so what they share is a running cluster, named by an environment
 * variable, and not a variable in a module.
 */

import { attachControlPlane, Cluster } from "./cluster.ts";
import { stateVariable } from "./cluster_state.ts";
import {
  type ControlPlaneOptions,
  startControlPlane,
} from "./control_plane.ts";

/** What it is started with, by whoever starts it. */
export const testClusterOptions: ControlPlaneOptions = {
  nodes: ["node-0", "node-1"],
  audit: true,
};

/** A cluster to use, and to dispose of in any case: it stops if it was started for this. */
export class TestCluster extends Cluster implements AsyncDisposable {
  readonly #stop: () => Promise<void>;

  constructor(cluster: Cluster, stop: () => Promise<void>) {
    super(cluster.state);
    this.#stop = stop;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }
}

/**
 * The cluster whose state file MCA_CLUSTER_STATE names; one of its own when it
 * is not set, so that a test file also runs alone. Tests use their own
 * namespaces in it, and leave the API server running.
 */
export async function testCluster(): Promise<TestCluster> {
  const file = Deno.env.get(stateVariable);
  if (file) {
    return new TestCluster(await attachControlPlane(file), async () => {});
  }
  const plane = await startControlPlane(testClusterOptions);
  return new TestCluster(plane, () => plane.stop());
}
