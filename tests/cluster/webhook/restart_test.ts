/** The API server goes and comes back while the webhook rotates its CA. */

import assert from "node:assert/strict";
import { startControlPlane } from "../control_plane.ts";
import { waitUntil } from "../wait_until.ts";
import { AdmissionLoad } from "./admission_load.ts";
import { Deployment, ROTATION_STEPS } from "./deployment.ts";

Deno.test("the webhook ends a rotation in good order though the API server restarts amid it", async (t) => {
  await using plane = await startControlPlane();
  await using deployment = await Deployment.create(plane, 3);
  /** Creates a pod; tells what the API server said, undefined where it is injected. */
  const createPod = async (): Promise<string | undefined> => {
    const load = new AdmissionLoad(plane, deployment.place.apps);
    try {
      return await load.once();
    } finally {
      await load.stop();
    }
  };
  let rotations = 0;
  for (const step of ROTATION_STEPS) {
    await t.step(`when it has logged "${step.source}"`, async () => {
      const before = await deployment.settled();
      const logged = await deployment.listen();
      await deployment.deleteSecret();
      await waitUntil(
        `a replica to log ${step}`,
        async () => (await logged(step)).length > 0,
        { pollMilliseconds: 5 },
      );
      await plane.stopApiServer();
      await waitUntil(
        "every replica to miss the API server",
        async () =>
          (await logged(/The API server cannot be read/)).length ===
            deployment.replicas.length,
      );
      // What a restarted API server asks is to be answered: nobody gives up meanwhile.
      const probes = await Promise.all(
        deployment.replicas.map((replica) => replica.probe("/health")),
      );
      assert.deepEqual(probes.map(({ status }) => status), [200, 200, 200]);
      await plane.startApiServer();
      assert.equal(await createPod(), undefined, await deployment.logs());
      await waitUntil("the new CA to sign", async () => {
        const state = await deployment.state().catch(() => undefined);
        return state !== undefined &&
          state.authority.id !== before.authority.id;
      });
      const after = await deployment.settled();
      assert.equal(await createPod(), undefined, await deployment.logs());
      // The CAs of all rotations live for long; one more each time, whoever repeated what.
      rotations++;
      assert.equal(after.bundle.length, rotations + 1);
    });
  }
});
