/** How `mca proxy` starts and refuses to, as a process on a pod's volumes. */

import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { startEmbeddedApi } from "../../flavors/embedded_api/embedded_api.ts";
import { denoClock } from "../../flavors/deno_clock.ts";
import { issueCertificateAuthority } from "../../lib/certs/issue.ts";
import { PodProcess } from "../pod/pod_process.ts";
import { PROXY_COMMAND } from "./proxy_command.ts";

/** What a start begins with, and may spoil. */
interface Scene {
  /** The ServiceAccount directory. */
  readonly serviceAccount: string;
  readonly env: Record<string, string>;
  host: string;
  port: number;
}

interface Refusal {
  readonly name: string;
  readonly spoil: (scene: Scene) => Promise<unknown> | unknown;
  readonly message: RegExp;
}

const DIRECTORY = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Overwrites a file of the ServiceAccount directory. */
const write = (name: string, text: string) => (scene: Scene) =>
  Deno.writeTextFile(join(scene.serviceAccount, name), text);

/** Removes one. */
const remove = (name: string) => (scene: Scene) =>
  Deno.remove(join(scene.serviceAccount, name));

const REFUSALS: readonly Refusal[] = [
  ...["token", "ca.crt", "namespace"].map((name) => ({
    name: `a ServiceAccount directory without ${name}`,
    spoil: remove(name),
    message: new RegExp(
      `^mca: ${DIRECTORY}: The ServiceAccount directory lacks ${name}\nhint: `,
    ),
  })),
  {
    name: "an empty token",
    spoil: write("token", ""),
    message: /\/token: The token is empty\nhint: /,
  },
  {
    name: "a CA that is none",
    spoil: write("ca.crt", "no certificate"),
    message: /\/ca\.crt: There is no certificate in PEM\nhint: /,
  },
  {
    name: "the certificate of another CA",
    spoil: async (scene) => {
      const engine = { crypto, now: Date.now() };
      const options = { commonName: "another" };
      const { certificate } = await issueCertificateAuthority(options, engine);
      await write("ca.crt", certificate)(scene);
    },
    message: /shows a certificate that the trusted CA did not issue\nhint: /,
  },
  {
    name: "no address of an API server",
    spoil: (scene) => scene.env["KUBERNETES_SERVICE_HOST"] = "",
    message: /^mca: KUBERNETES_SERVICE_HOST is not set\nhint: /,
  },
  {
    name: "a port that is taken",
    spoil: (scene) => scene.env["MCA_PROXY_PORT"] = String(scene.port),
    message: /^mca: Cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\)\nhint: /m,
  },
];

/** Runs it to its end on a pod's volumes; tells what it left in the app's directory. */
async function refusedStart(refusal: Refusal) {
  await using api = await startEmbeddedApi({ clock: denoClock });
  const url = new URL(api.url);
  const env: Record<string, string> = { MCA_PROXY_PORT: "0" };
  await using pod = await PodProcess.prepare({
    server: {
      host: url.hostname,
      port: Number(url.port),
      caCertificate: api.caCertificate,
    },
    token: api.adminToken,
    namespace: "default",
    // The scene may change the variables after the volumes are mounted.
    command: [
      "sh",
      "-c",
      '. "$0"; exec "$@"',
      "/var/run/mca/env",
      ...PROXY_COMMAND,
    ],
  });
  await refusal.spoil({
    serviceAccount: join(pod.tokenFile, ".."),
    env,
    host: url.hostname,
    port: Number(url.port),
  });
  const assignments = Object.entries(env)
    .map(([name, value]) => `export ${name}='${value}'\n`);
  await Deno.writeTextFile(pod.path("state/env"), assignments.join(""));
  await pod.start();
  const { code } = await pod.status;
  const left = [...Deno.readDirSync(pod.appDirectory)];
  return { code, log: await pod.log(), left };
}

for (const refusal of REFUSALS) {
  Deno.test(`\`mca proxy\` refuses to start with ${refusal.name}`, async () => {
    const { code, log, left } = await refusedStart(refusal);
    match(log, refusal.message);
    strictEqual(code, 1);
    deepStrictEqual(left, []);
  });
}

Deno.test("`mca proxy` refuses to start with an API server that speaks plain HTTP", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("plain"),
  );
  const engine = { crypto, now: Date.now() };
  const { certificate } = await issueCertificateAuthority({
    commonName: "ca",
  }, engine);
  await using pod = await PodProcess.prepare({
    server: {
      host: "127.0.0.1",
      port: server.addr.port,
      caCertificate: certificate,
    },
    token: "token",
    namespace: "default",
    command: PROXY_COMMAND,
    env: { MCA_PROXY_PORT: "0" },
  });
  await pod.start();
  const { code } = await pod.status;
  match(await pod.log(), /does not speak TLS\nhint: /);
  strictEqual(code, 1);
  deepStrictEqual([...Deno.readDirSync(pod.appDirectory)], []);
});

Deno.test("`mca proxy` refuses to start without a ServiceAccount directory", async () => {
  await using pod = await PodProcess.prepare({
    server: { host: "127.0.0.1", port: 9, caCertificate: "" },
    token: "token",
    namespace: "default",
    command: [
      "sh",
      "-c",
      'umount "$0" && rmdir "$0" && exec "$@"',
      DIRECTORY,
      ...PROXY_COMMAND,
    ],
  });
  await pod.start();
  const { code } = await pod.status;
  strictEqual(code, 1);
  match(
    await pod.log(),
    /^mca: \S+: The ServiceAccount directory does not exist\nhint: /,
  );
});
