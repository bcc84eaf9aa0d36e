import assert from "node:assert/strict";
import { fromRoot, RunningDemo } from "../../demo/demo_process.ts";
import { runCommand } from "../command.ts";
import { findProgram } from "../find_program.ts";

Deno.test("`deno task demo` works with kubectl by the line it shows", async () => {
  const kubectl = await findProgram("kubectl");
  await using demo = new RunningDemo("--port=0");
  const [, kubeconfig = ""] = await demo.shows(/KUBECONFIG=(\S+) kubectl/);
  const env = { KUBECONFIG: fromRoot(kubeconfig) };
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCommand(kubectl, args, { env });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  assert.match(
    await run("get", "pods", "-A"),
    /demo +report-1 +0\/2 +Pending/,
  );
  await run("label", "pod", "report-1", "seen=yes");
  assert.match(await run("get", "pods", "-l", "seen=yes"), /report-1/);
  const { code } = await demo.end("SIGTERM");
  assert.equal(code, 0);
});
