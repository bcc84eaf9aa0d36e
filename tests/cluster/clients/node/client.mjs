/**
 * An app that uses Kubernetes' JavaScript client on Node with what it finds in
 * the ServiceAccount's directory. It prints what it sees as lines of JSON.
 */

import { connect, createServer } from "node:net";
import process from "node:process";
import { PassThrough, Writable } from "node:stream";
import {
  CoreV1Api,
  Exec,
  KubeConfig,
  makeInformer,
  PortForward,
} from "@kubernetes/client-node";

const config = new KubeConfig();
config.loadFromCluster();
const core = config.makeApiClient(CoreV1Api);

function say(event, facts = {}) {
  process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`);
}

/** Collects what is written to it. */
function collector() {
  const chunks = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

const commands = {
  /** Objects, and answers that are no successes. */
  async list(namespace) {
    for (let _continue = undefined; _continue !== "";) {
      const page = await core.listNamespacedConfigMap({
        namespace,
        limit: 7,
        _continue,
      });
      say("page", { items: page.items });
      _continue = page.metadata._continue ?? "";
    }
    const attempts = [
      () => core.readNamespacedConfigMap({ name: "none", namespace }),
      () =>
        core.createNamespacedConfigMap({
          namespace,
          body: { metadata: { name: "Not_A_Name" } },
        }),
      () =>
        core.createNamespacedConfigMap({
          namespace,
          body: { metadata: { name: "map-3" } },
        }),
    ];
    for (const attempt of attempts) {
      const { code, body, headers } = await attempt().catch((error) => error);
      say("response", { status: code, body, headers });
    }
  },

  /** Changes up to the deletion of the one of the name "last". */
  async informer(namespace) {
    const { promise, resolve, reject } = Promise.withResolvers();
    const informer = makeInformer(
      config,
      `/api/v1/namespaces/${namespace}/configmaps`,
      () => core.listNamespacedConfigMap({ namespace }),
    );
    for (const type of ["add", "update", "delete"]) {
      informer.on(type, (object) => {
        say("change", { type, object });
        if (type === "delete" && object.metadata.name === "last") resolve();
      });
    }
    informer.on("error", reject);
    await informer.start();
    await promise;
    await informer.stop();
  },

  /** Commands in a pod: outputs, exit codes, input. */
  async exec(namespace) {
    const run = (command, input) => {
      const { promise, resolve, reject } = Promise.withResolvers();
      const [stdout, stderr] = [collector(), collector()];
      const stdin = input === undefined ? null : new PassThrough();
      new Exec(config).exec(
        namespace,
        "pod",
        "app",
        command,
        stdout.stream,
        stderr.stream,
        stdin,
        false,
        (status) => {
          const output = stdout.text();
          say("exec", {
            stdout: output.length < 100 ? output : output.length,
            stderr: stderr.text(),
            status,
          });
          resolve();
        },
      ).then((socket) => {
        socket.on("error", reject);
        stdin?.write(input);
      }, reject);
      return promise;
    };
    await run(["sh", "-c", "echo out; echo err >&2; exit 7"]);
    await run(["head", "-c", "300000", "/dev/zero"]);
    await run(["sh", "-c", "read line; echo got $line"], "typed\n");
  },

  /** A port of a pod: what is sent there, and what comes back. */
  async "port-forward"(namespace, port) {
    const { promise, resolve } = Promise.withResolvers();
    const forward = new PortForward(config);
    const server = createServer((socket) => {
      forward.portForward(
        namespace,
        "pod",
        [Number(port)],
        socket,
        null,
        socket,
      );
    });
    server.listen(0, "127.0.0.1", () => {
      let answer = "";
      const socket = connect(server.address().port, "127.0.0.1", () => {
        socket.write("question.");
      });
      socket.on("data", (chunk) => {
        answer += chunk;
        if (answer.endsWith(".")) {
          socket.end();
          resolve(answer);
        }
      });
    });
    say("answer", { text: await promise });
    server.close();
  },
};

const [command, ...args] = process.argv.slice(2);
await commands[command](...args);
