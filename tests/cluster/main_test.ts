/** `deno task cluster` as developers use it. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type CommandResult, runCommand } from "./command.ts";
import { help } from "./command_line.ts";
import { findProgram } from "./find_program.ts";
import { readState } from "./cluster_state.ts";
import { isRunning } from "./process_identity.ts";
import { RunningCommand } from "./running_command.ts";
import { waitUntil } from "./wait_until.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

/** A folder for clusters that are the test's own. */
class Workshop implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly #env: Readonly<Record<string, string>>;

  constructor(env: Readonly<Record<string, string>> = {}) {
    this.#env = { MCA_CLUSTER_DIR: this.folder, ...env };
  }

  run(...args: readonly string[]): Promise<CommandResult> {
    return runCommand(Deno.execPath(), ["run", "-A", main, ...args], {
      env: this.#env,
    });
  }

  spawn(...args: readonly string[]): RunningCommand {
    return new RunningCommand(Deno.execPath(), ["run", "-A", main, ...args], {
      env: this.#env,
    });
  }

  /** What is in the folder, but for locks. */
  get entries(): readonly string[] {
    return Array.from(Deno.readDirSync(this.folder), ({ name }) => name)
      .filter((name) => !name.startsWith("."));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.entries) await this.run("down", "--name", name);
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("`cluster up` leaves a cluster that goes on until `cluster down`", async (t) => {
  await using workshop = new Workshop();

  const up = await workshop.run("up", "--name", "dev");
  assert.equal(up.code, 0, up.stderr);
  const kubeconfig = `${workshop.folder}/dev/kubeconfig`;
  assert.equal(up.stdout, `${kubeconfig}\n`);
  assert.match(up.stderr, /Cluster dev is ready at https:\/\/127\.0\.0\.1:\d+/);
  const { processes } = await readState(`${workshop.folder}/dev/state.json`);
  assert.equal(processes.length, 3);

  await t.step("again, it finds that cluster", async () => {
    const again = await workshop.run("up", "--name", "dev");
    assert.deepEqual(again, {
      code: 0,
      stdout: `${kubeconfig}\n`,
      stderr: "Cluster dev is up already\n",
    });
  });

  await t.step("`cluster env` points a shell at it", async () => {
    const { stdout } = await workshop.run("env", "--name", "dev");
    const { stdout: nodes } = await runCommand("sh", [
      "-c",
      `${stdout}kubectl get nodes --no-headers`,
    ]);
    assert.match(nodes, /^node-0 +Ready /);
  });

  await t.step("`cluster status` shows it", async () => {
    const { stdout } = await workshop.run("status");
    assert.match(stdout, /^NAME +STATUS +SERVER .*\ndev +up +https:/);
    const json = await workshop.run("status", "-o", "json");
    const [cluster] = JSON.parse(json.stdout);
    assert.equal(cluster.name, "dev");
    assert.equal(cluster.kubeconfig, kubeconfig);
  });

  await t.step(
    "`cluster down` ends it, and a second time does no harm",
    async () => {
      const down = await workshop.run("down", "--name", "dev");
      assert.deepEqual(down, {
        code: 0,
        stdout: "",
        stderr: "Cluster dev is stopped\n",
      });
      assert.deepEqual(processes.filter(isRunning), []);
      assert.deepEqual(workshop.entries, []);
      const again = await workshop.run("down", "--name", "dev");
      assert.equal(again.code, 0);
      assert.equal(again.stderr, "There is no cluster dev\n");
    },
  );
});

Deno.test("`cluster up` makes a cluster anew whose processes are gone", async () => {
  await using workshop = new Workshop();
  assert.equal((await workshop.run("up", "--nodes", "0")).code, 0);
  const before = await readState(`${workshop.folder}/default/state.json`);
  const etcd = before.processes.find(({ name }) => name === "etcd");
  assert.ok(etcd !== undefined);
  Deno.kill(etcd.pid, "SIGKILL");
  await waitUntil("the end of etcd", () => !isRunning(etcd));

  const { stdout } = await workshop.run("status");
  assert.match(stdout, /^default +incomplete /m);
  const env = await workshop.run("env");
  assert.equal(env.code, 1);
  assert.match(env.stderr, /^hint: Start it with: deno task cluster up/m);

  const up = await workshop.run("up", "--nodes", "0");
  assert.equal(up.code, 0, up.stderr);
  assert.match(up.stderr, /is incomplete: removing its remains/);
  assert.deepEqual(before.processes.filter(isRunning), []);
  const after = await readState(`${workshop.folder}/default/state.json`);
  assert.ok(after.processes.every(isRunning));
});

Deno.test("`cluster down` spares a process that got the pid of one that ended", async () => {
  await using workshop = new Workshop();
  assert.equal((await workshop.run("up", "--nodes", "0")).code, 0);
  const file = `${workshop.folder}/default/state.json`;
  const state = await readState(file);
  await using bystander = new RunningCommand("sleep", ["1000"]);
  const taken = { name: "etcd", pid: bystander.pid, startedAt: "before" };
  await Deno.writeTextFile(
    file,
    JSON.stringify({
      version: 1,
      ...state,
      processes: [...state.processes, taken],
    }),
  );
  assert.equal((await workshop.run("down")).code, 0);
  assert.equal((await bystander.kill("SIGTERM")).code, 143);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`\`cluster up\` interrupted by ${signal} leaves nothing behind`, async () => {
    await using workshop = new Workshop();
    await using up = workshop.spawn("up");
    const pidFile = `${workshop.folder}/default/run/kube-apiserver.pid`;
    await waitUntil(
      "the API server to be there",
      () => Deno.stat(pidFile).then(() => true, () => false),
    );
    const { code, stdout, stderr } = await up.kill(signal);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /interrupted, nothing is left running/);
    assert.deepEqual(workshop.entries, []);
  });
}

Deno.test("`cluster up --foreground` stops the cluster when it is interrupted", async () => {
  await using workshop = new Workshop();
  await using up = workshop.spawn("up", "--foreground", "--nodes", "0");
  await up.waitFor(/kubeconfig\n/);
  const { processes } = await readState(
    `${workshop.folder}/default/state.json`,
  );
  const busy = await workshop.run("down");
  assert.equal(busy.code, 1);
  assert.match(busy.stderr, /Another command is at work on cluster default/);
  const { code } = await up.kill("SIGINT");
  assert.equal(code, 0);
  assert.deepEqual(processes.filter(isRunning), []);
  assert.deepEqual(workshop.entries, []);
});

Deno.test("`cluster` explains itself", async () => {
  await using workshop = new Workshop();
  assert.equal((await workshop.run("--help")).stdout, help);
  assert.equal((await workshop.run("up", "-h")).stdout, help);
  const wrong = await workshop.run("upp");
  assert.deepEqual(wrong, {
    code: 2,
    stdout: "",
    stderr:
      "cluster: There is no command 'upp'\nhint: deno task cluster --help\n",
  });
});

Deno.test("`cluster` tells of a folder that cannot be one, in words", async () => {
  await using workshop = new Workshop({
    MCA_CLUSTER_DIR: "/dev/null/clusters",
  });
  const { code, stderr } = await workshop.run("up");
  assert.equal(code, 1);
  assert.match(stderr, /^cluster: .+\nhint: MCA_CLUSTER_DIR names the folder/);
});

Deno.test("`cluster` tells how to get rid of a cluster whose state is broken", async () => {
  await using workshop = new Workshop();
  await Deno.mkdir(`${workshop.folder}/half`);
  await Deno.writeTextFile(`${workshop.folder}/half/state.json`, '{"version":');
  const { code, stderr } = await workshop.run("status");
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^hint: End its processes .+, remove .+\/half and start/m,
  );
});

Deno.test("`cluster up` shows the log of etcd where that is what does not start", async () => {
  const programs = await Deno.makeTempDir();
  try {
    for (const name of ["kube-apiserver", "kubectl"] as const) {
      await Deno.symlink(await findProgram(name), `${programs}/${name}`);
    }
    await Deno.writeTextFile(
      `${programs}/etcd`,
      "#!/bin/sh\necho 'there is no room'\nexit 3\n",
      { mode: 0o755 },
    );
    await using workshop = new Workshop({ KUBEBUILDER_ASSETS: programs });
    const { code, stderr } = await workshop.run("up", "--nodes", "0");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^cluster: etcd ended with exit code 3; the end of its log:\nthere is no room$/m,
    );
    assert.deepEqual(workshop.entries, []);
  } finally {
    await Deno.remove(programs, { recursive: true });
  }
});
