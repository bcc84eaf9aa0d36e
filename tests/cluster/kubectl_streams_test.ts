/** The commands of kubectl that upgrade a connection, over both protocols. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { runCommand } from "./command.ts";
import { readyPod } from "./ready_pod.ts";
import { type TestCluster, testCluster } from "./test_cluster.ts";
import { waitUntil } from "./wait_until.ts";

const deadline = 30_000;
let cluster: TestCluster;
Deno.test.beforeAll(async () => {
  cluster = await testCluster();
});
Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

function hasProgram(name: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(join(folder, name)).isFile;
    } catch {
      return false;
    }
  });
}

/** Serves one connection: answers all that it is sent with the same in capitals. */
async function shout(listener: Deno.TcpListener): Promise<void> {
  using connection = await listener.accept();
  const decoder = new TextDecoder();
  let question = "";
  const buffer = new Uint8Array(1024);
  for (
    let count = await connection.read(buffer);
    count !== null;
    count = await connection.read(buffer)
  ) question += decoder.decode(buffer.subarray(0, count));
  await connection.write(new TextEncoder().encode(question.toUpperCase()));
}

for (const protocol of ["WebSocket", "SPDY"]) {
  const isWebSocket = String(protocol === "WebSocket");
  const env = {
    KUBECTL_REMOTE_COMMAND_WEBSOCKETS: isWebSocket,
    KUBECTL_PORT_FORWARD_WEBSOCKETS: isWebSocket,
  };

  Deno.test(`\`kubectl exec\` over ${protocol} carries outputs, input and exit code`, async (t) => {
    const { namespace } = await readyPod(cluster, {
      containers: [{
        name: "app",
        image: "app",
        env: [{ name: "COLOR", value: "red" }],
      }],
    });
    const exec = (command: readonly string[], stdin = "") =>
      cluster.kubectl(
        ["exec", "-i", "pod", "-n", namespace, "--", ...command],
        { env, stdin, signal: AbortSignal.timeout(deadline) },
      );
    await t.step("exit code and both outputs", async () => {
      const { code, stdout, stderr } = await exec(
        ["sh", "-c", "echo out; echo $COLOR >&2; exit 7"],
      );
      assert.equal(code, 7);
      assert.equal(stdout, "out\n");
      assert.match(stderr, /^red\n/);
    });
    await t.step("a command that does not exist", async () => {
      assert.equal((await exec(["no-such-command"])).code, 127);
    });
    await t.step("input to its end", async () => {
      const { stdout } = await exec(["wc", "-c"], "x".repeat(1_000_000));
      assert.equal(stdout.trim(), "1000000");
    });
    await t.step("much output", async () => {
      const { stdout } = await exec(["head", "-c", "1000000", "/dev/zero"]);
      assert.equal(stdout.length, 1_000_000);
    });
  });

  Deno.test(
    `\`kubectl exec -it\` over ${protocol} gives a terminal of the client's size (needs script)`,
    {
      ignore: Deno.build.os !== "linux" || !hasProgram("script"),
    },
    async () => {
      const { namespace } = await readyPod(cluster);
      // the size comes beside the command, maybe a moment later
      const command =
        'until [ "$(stty size)" = "33 77" ]; do :; done; echo sized; exit 5';
      const exec =
        `'${cluster.state.kubectl}' exec -it pod -n ${namespace} -- sh -c '${command}'`;
      const { code, stdout } = await runCommand("script", [
        "-qec",
        `stty rows 33 cols 77; ${exec}`,
        "/dev/null",
      ], {
        env: { ...env, KUBECONFIG: cluster.kubeconfig },
        signal: AbortSignal.timeout(deadline),
      });
      assert.match(stdout, /sized\r\n/);
      assert.equal(code, 5);
    },
  );

  Deno.test(`\`kubectl cp\` over ${protocol} copies files both ways`, async () => {
    const { namespace } = await readyPod(cluster);
    const folder = await Deno.makeTempDir();
    const cp = (from: string, to: string) =>
      cluster.kubectl(["cp", from, to, "-n", namespace], { env, cwd: folder });
    await Deno.writeTextFile(join(folder, "sent"), "content");
    assert.equal((await cp("sent", "pod:kept")).code, 0);
    assert.equal((await cp("pod:kept", "received")).code, 0);
    const received = await Deno.readTextFile(join(folder, "received"));
    assert.equal(received, "content");
    await Deno.remove(folder, { recursive: true });
  });

  Deno.test(`\`kubectl attach\` over ${protocol} shows what is printed`, async () => {
    const pod = await readyPod(cluster);
    await using attach = cluster.spawnKubectl(
      ["attach", "pod", "-n", pod.namespace],
      { env },
    );
    // nothing tells when it is attached: print until a line arrives
    await waitUntil("a line from kubectl attach", async () => {
      await cluster.printInContainer(pod, ["tick"]);
      return attach.stdout.includes("tick\n");
    });
  });

  Deno.test(`\`kubectl attach -i\` over ${protocol} is joined with a process like cat`, async () => {
    const { namespace } = await readyPod(cluster);
    const { code, stdout } = await cluster.kubectl(
      ["attach", "-i", "pod", "-n", namespace],
      { env, stdin: "typed\n", signal: AbortSignal.timeout(deadline) },
    );
    assert.equal(code, 0);
    assert.equal(stdout, "typed\n");
    const logs = await cluster.kubectl(["logs", "pod", "-n", namespace]);
    assert.match(logs.stdout, /^typed$/m);
  });

  Deno.test(`\`kubectl port-forward\` over ${protocol} reaches the same port of this machine`, async () => {
    const { namespace } = await readyPod(cluster);
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const served = shout(listener);
    await using forward = cluster.spawnKubectl(
      ["port-forward", "pod/pod", `:${listener.addr.port}`, "-n", namespace],
      { env },
    );
    const [, port] = await forward.waitFor(/127\.0\.0\.1:(\d+) ->/);
    using connection = await Deno.connect({
      hostname: "127.0.0.1",
      port: Number(port),
    });
    await connection.write(new TextEncoder().encode("question"));
    await connection.closeWrite();
    const buffer = new Uint8Array(1024);
    const count = await connection.read(buffer);
    const answer = new TextDecoder().decode(buffer.subarray(0, count ?? 0));
    assert.equal(answer, "QUESTION");
    await served;
  });
}
