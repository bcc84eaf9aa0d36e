import assert from "node:assert/strict";
import { attachControlPlane } from "./cluster.ts";
import { isRunning } from "./process_identity.ts";
import { RunningCommand } from "./running_command.ts";
import { waitUntil } from "./wait_until.ts";

const program = `
import { startControlPlane } from "${
  import.meta.resolve("./control_plane.ts")
}";
const cluster = await startControlPlane({ nodes: ["node-0"] });
console.log(cluster.stateFile);
await new Promise(() => setInterval(() => {}, 60_000));
`;

Deno.test("Guard.start() ends the components of a process that was killed", async () => {
  const file = await Deno.makeTempFile({
    dir: new URL(".", import.meta.url).pathname,
    suffix: ".ts",
  });
  await Deno.writeTextFile(file, program);
  try {
    await using starter = new RunningCommand(Deno.execPath(), [
      "run",
      "-A",
      file,
    ]);
    const [, stateFile] = await starter.waitFor(/^(.*state\.json)\n/m);
    assert.ok(stateFile);
    const { processes, directory } = await attachControlPlane(stateFile);
    assert.ok(processes.every(isRunning));
    await starter.kill("SIGKILL");
    await waitUntil(
      "the end of the components",
      () => !processes.some(isRunning),
    );
    await waitUntil(
      "the end of the folder",
      () => Deno.stat(directory).then(() => false, () => true),
    );
  } finally {
    await Deno.remove(file);
  }
});
