/**
 * The commands of kubectl that upgrade a connection, over both protocols: the
 * same tests for a direct connection and for one through the proxy.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Cluster, KubectlOptions } from "./cluster.ts";
import { runCommand } from "./command.ts";
import { readyPod } from "./ready_pod.ts";
import { waitUntil } from "./wait_until.ts";

const deadline = 30_000;

/** How the tests' kubectl reaches the cluster. */
export interface StreamRoute {
  readonly cluster: Cluster;
  /** A kubeconfig with all rights in all namespaces. */
  readonly kubeconfig: string;
}

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

/**
 * Declares the tests.
 *
 * @param way How kubectl goes, for the tests' names: `directly`.
 * @param route Called when the tests run.
 */
export function testKubectlStreams(
  way: string,
  route: () => StreamRoute,
): void {
  const run = (args: readonly string[], options: KubectlOptions) =>
    route().cluster.kubectl(args, {
      ...options,
      kubeconfig: route().kubeconfig,
    });
  const spawn = (args: readonly string[], options: KubectlOptions) =>
    route().cluster.spawnKubectl(args, {
      ...options,
      kubeconfig: route().kubeconfig,
    });
  for (const protocol of ["WebSocket", "SPDY"]) {
    const isWebSocket = String(protocol === "WebSocket");
    const env = {
      KUBECTL_REMOTE_COMMAND_WEBSOCKETS: isWebSocket,
      KUBECTL_PORT_FORWARD_WEBSOCKETS: isWebSocket,
    };

    Deno.test(`\`kubectl exec\` over ${protocol} ${way} carries outputs, input and exit code`, async (t) => {
      const { namespace } = await readyPod(route().cluster, {
        containers: [{
          name: "app",
          image: "app",
          env: [{ name: "COLOR", value: "red" }],
        }],
      });
      const exec = (command: readonly string[], stdin = "") =>
        run(
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
        // It ends when told: a busy API server may cut what a WebSocket still
        // carries when the command ends, without a proxy too.
        const command =
          "head -c 1000000 /dev/zero | tr '\\0' x; echo; read -r line";
        await using running = spawn(
          ["exec", "-i", "pod", "-n", namespace, "--", "sh", "-c", command],
          { env },
        );
        const [output] = await running.waitFor(/^x+\n/);
        assert.equal(output.length, 1_000_001);
        await running.write("done\n");
        assert.equal((await running.ended()).code, 0);
      });
    });

    Deno.test(
      `\`kubectl exec -it\` over ${protocol} ${way} gives a terminal of the client's size, and follows it (needs script)`,
      {
        ignore: Deno.build.os !== "linux" || !hasProgram("script"),
      },
      async () => {
        const { namespace } = await readyPod(route().cluster);
        const shown = await Deno.makeTempFile();
        // the size comes beside the command, maybe a moment later
        const command = `until [ "$(stty size)" = "33 77" ]; do :; done; ` +
          `echo sized; until [ "$(stty size)" = "44 88" ]; do :; done; ` +
          "echo resized; exit 5";
        const exec =
          `'${route().cluster.state.kubectl}' exec -it pod -n ${namespace} -- sh -c '${command}'`;
        const resize =
          `until grep -qa 'sized.$' '${shown}'; do sleep 0.1; done; ` +
          "stty -F /dev/tty rows 44 cols 88";
        const { code, stdout } = await runCommand("script", [
          "-qefc",
          `stty rows 33 cols 77; { ${resize}; } & ${exec}`,
          shown,
        ], {
          env: { ...env, KUBECONFIG: route().kubeconfig },
          signal: AbortSignal.timeout(deadline),
        });
        await Deno.remove(shown);
        assert.match(stdout, /sized\r\nresized\r\n/);
        assert.equal(code, 5);
      },
    );

    Deno.test(`\`kubectl cp\` over ${protocol} ${way} copies files both ways`, async () => {
      const { namespace } = await readyPod(route().cluster);
      const folder = await Deno.makeTempDir();
      const cp = (from: string, to: string) =>
        run(["cp", from, to, "-n", namespace], { env, cwd: folder });
      await Deno.writeTextFile(join(folder, "sent"), "content");
      assert.equal((await cp("sent", "pod:kept")).code, 0);
      assert.equal((await cp("pod:kept", "received")).code, 0);
      const received = await Deno.readTextFile(join(folder, "received"));
      assert.equal(received, "content");
      await Deno.remove(folder, { recursive: true });
    });

    Deno.test(`\`kubectl attach\` over ${protocol} ${way} shows what is printed`, async () => {
      const pod = await readyPod(route().cluster);
      await using attach = spawn(
        ["attach", "pod", "-n", pod.namespace],
        { env },
      );
      // nothing tells when it is attached: print until a line arrives
      await waitUntil("a line from kubectl attach", async () => {
        await route().cluster.printInContainer(pod, ["tick"]);
        return attach.stdout.includes("tick\n");
      });
    });

    Deno.test(`\`kubectl attach -i\` over ${protocol} ${way} is joined with a process like cat`, async () => {
      const { namespace } = await readyPod(route().cluster);
      const { code, stdout } = await run(
        ["attach", "-i", "pod", "-n", namespace],
        { env, stdin: "typed\n", signal: AbortSignal.timeout(deadline) },
      );
      assert.equal(code, 0);
      assert.equal(stdout, "typed\n");
      const logs = await run(["logs", "pod", "-n", namespace], {});
      assert.match(logs.stdout, /^typed$/m);
    });

    Deno.test(`\`kubectl port-forward\` over ${protocol} ${way} reaches the same port of this machine`, async () => {
      const { namespace } = await readyPod(route().cluster);
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const served = shout(listener);
      await using forward = spawn(
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
}
