import {
  deepStrictEqual,
  match,
  notStrictEqual,
  ok,
  rejects,
  strictEqual,
} from "node:assert/strict";
import { memoryFiles } from "../../../flavors/memory_files.ts";
import { formatError, McaError } from "../../../lib/errors.ts";
import { inClusterTarget } from "../../../lib/kube/in_cluster.ts";
import type { ClusterTarget } from "../../../lib/kube/cluster_target.ts";
import { FaultyFiles } from "../../fakes/faulty_files.ts";
import { tlsMaterial } from "../../flavors/tls_material.ts";
import { ManualClock } from "./manual_clock.ts";

const DIRECTORY = "/var/run/secrets/kubernetes.io/serviceaccount";
const TOKEN = "eyJhbGciOiJSUzI1NiJ9.secret.signature";

interface Pod {
  readonly files: FaultyFiles;
  readonly clock: ManualClock;
  readonly log: string[];
  readonly environment: Map<string, string>;
  readonly write: (name: string, text: string) => Promise<void>;
  readonly target: () => Promise<ClusterTarget>;
}

/** A pod as kubelet makes one. */
async function pod(): Promise<Pod> {
  const clock = new ManualClock();
  const files = new FaultyFiles(memoryFiles(clock));
  const log: string[] = [];
  const environment = new Map([
    ["KUBERNETES_SERVICE_HOST", "10.96.0.1"],
    ["KUBERNETES_SERVICE_PORT", "443"],
  ]);
  const write = (name: string, text: string) =>
    files.writeAtomic(`${DIRECTORY}/${name}`, text, 0o644);
  await files.makeDirectory(DIRECTORY, 0o755);
  await write("token", TOKEN);
  await write("ca.crt", (await tlsMaterial()).ca.certificate);
  await write("namespace", "shop");
  return {
    files,
    clock,
    log,
    environment,
    write,
    target: () =>
      inClusterTarget({
        files,
        clock,
        environment,
        directory: DIRECTORY,
        log: (level, message) => log.push(`${level}: ${message}`),
      }),
  };
}

async function fault(pod: Pod): Promise<McaError> {
  try {
    await pod.target();
  } catch (error) {
    if (error instanceof McaError) return error;
    throw error;
  }
  throw new Error("Expected inClusterTarget() to fail");
}

async function authorization(target: ClusterTarget): Promise<string> {
  const fields = await target.credentials.headers();
  strictEqual(fields.length, 1);
  strictEqual(fields[0]?.[0], "Authorization");
  return fields[0][1];
}

Deno.test("inClusterTarget() gives the API server and the pod's identity", async () => {
  const target = await (await pod()).target();
  const { ca } = await tlsMaterial();
  strictEqual(target.name, "in-cluster");
  strictEqual(target.host, "10.96.0.1:443");
  strictEqual(target.basePath, "");
  strictEqual(target.namespace, "shop");
  strictEqual(target.connect.hostname, "10.96.0.1");
  strictEqual(target.connect.port, 443);
  deepStrictEqual(
    target.connect.tls?.caCertificates.map((pem) => pem.trim()),
    [ca.certificate.trim()],
  );
  strictEqual(target.connect.tls?.caCertificates, target.caCertificates);
  strictEqual(await authorization(target), `Bearer ${TOKEN}`);
});

Deno.test("inClusterTarget() puts an IPv6 address in brackets in Host alone", async () => {
  for (const host of ["fd00:10:96::1", "[fd00:10:96::1]"]) {
    const ipv6 = await pod();
    ipv6.environment.set("KUBERNETES_SERVICE_HOST", host);
    const target = await ipv6.target();
    strictEqual(target.host, "[fd00:10:96::1]:443");
    strictEqual(target.connect.hostname, "fd00:10:96::1");
  }
});

Deno.test("inClusterTarget() gives each certificate of a bundle", async () => {
  const { ca, otherCa } = await tlsMaterial();
  const bundled = await pod();
  await bundled.write(
    "ca.crt",
    `# first\n${ca.certificate}\r\n\r\n# second\n${otherCa.certificate}`,
  );
  const target = await bundled.target();
  deepStrictEqual(
    target.caCertificates.map((pem) => pem.trim()),
    [ca.certificate.trim(), otherCa.certificate.trim()],
  );
});

Deno.test("inClusterTarget() tells what is missing outside a pod", async () => {
  const cases: [
    variable: string,
    value: string | undefined,
    message: RegExp,
  ][] = [
    ["KUBERNETES_SERVICE_HOST", undefined, /^KUBERNETES_SERVICE_HOST is not/],
    ["KUBERNETES_SERVICE_HOST", "", /^KUBERNETES_SERVICE_HOST is not set$/],
    ["KUBERNETES_SERVICE_PORT", undefined, /^KUBERNETES_SERVICE_PORT is not/],
    ["KUBERNETES_SERVICE_PORT", "0", /not a port number$/],
    ["KUBERNETES_SERVICE_PORT", "65536", /not a port number$/],
    ["KUBERNETES_SERVICE_PORT", "tcp://1.2.3.4:443", /not a port number$/],
  ];
  for (const [variable, value, message] of cases) {
    const outside = await pod();
    if (value === undefined) outside.environment.delete(variable);
    else outside.environment.set(variable, value);
    const error = await fault(outside);
    strictEqual(error.code, "service-account");
    match(error.message, message);
    match(error.hint ?? "", /develop flavor/);
  }
});

Deno.test("inClusterTarget() tells a directory that is not there", async () => {
  const bare = await pod();
  for (const name of ["token", "ca.crt", "namespace", ""]) {
    await bare.files.remove(`${DIRECTORY}/${name}`);
  }
  strictEqual(
    formatError("mca", await fault(bare)),
    `mca: ${DIRECTORY}: The ServiceAccount directory does not exist\n` +
      "hint: Mount a projected volume with token, ca.crt and namespace there, as `mca inject` does for its sidecar.",
  );
});

Deno.test("inClusterTarget() tells all that a directory lacks", async () => {
  const cases: [removed: string[], message: string][] = [
    [["token"], "The ServiceAccount directory lacks token"],
    [["ca.crt"], "The ServiceAccount directory lacks ca.crt"],
    [
      ["token", "namespace"],
      "The ServiceAccount directory lacks token and namespace",
    ],
    [
      ["token", "ca.crt", "namespace"],
      "The ServiceAccount directory lacks token and ca.crt and namespace",
    ],
  ];
  for (const [removed, message] of cases) {
    const half = await pod();
    for (const name of removed) {
      await half.files.remove(`${DIRECTORY}/${name}`);
    }
    const error = await fault(half);
    strictEqual(error.message, message);
    strictEqual(error.code, "service-account");
    strictEqual(error.place.file, DIRECTORY);
    ok(error.hint !== undefined);
  }
});

Deno.test("inClusterTarget() tells a directory that may not be read", async () => {
  for (const operation of ["info", "readText"] as const) {
    const closed = await pod();
    closed.files.fail(operation, DIRECTORY, "EACCES");
    const error = await fault(closed);
    strictEqual(error.code, "service-account");
    strictEqual(error.message, "The file cannot be read (EACCES)");
    strictEqual(error.place.file, `${DIRECTORY}/token`);
    match(error.hint ?? "", /fsGroup/);
  }
});

Deno.test("inClusterTarget() refuses files that hold something else", async () => {
  const cases: [name: string, text: string, message: RegExp][] = [
    ["token", "", /^The token is empty$/],
    ["token", " \n", /^The token is empty$/],
    ["token", "secret-1\r\nX-Evil: secret-2", /characters that no token has$/],
    ["ca.crt", "", /^There is no certificate in PEM$/],
    ["ca.crt", "secret", /^There is no certificate in PEM$/],
    [
      "ca.crt",
      "-----BEGIN CERTIFICATE-----\nsecret\n-----END CERTIFICATE-----\n",
      /^A certificate in PEM is damaged$/,
    ],
    ["namespace", "", /^There is no namespace's name$/],
    ["namespace", "Not A Name", /^There is no namespace's name$/],
  ];
  for (const [name, text, message] of cases) {
    const odd = await pod();
    await odd.write(name, text);
    const error = await fault(odd);
    strictEqual(error.code, "service-account");
    match(error.message, message);
    strictEqual(error.place.file, `${DIRECTORY}/${name}`);
    ok(error.hint !== undefined);
    ok(!formatError("mca", error).includes("secret-"));
  }
});

Deno.test("headers() reads the token again once it is 10 seconds old", async () => {
  const { clock, files, target: open, write, log } = await pod();
  const target = await open();
  await write("token", "renewed\n");
  const reads = () => files.operations.filter((it) => it.startsWith("read"));
  const before = reads().length;
  clock.advance(9_999);
  strictEqual(await authorization(target), `Bearer ${TOKEN}`);
  strictEqual(reads().length, before);
  clock.advance(1);
  strictEqual(await authorization(target), "Bearer renewed");
  strictEqual(await authorization(target), "Bearer renewed");
  strictEqual(reads().length, before + 2);
  deepStrictEqual(log, [`info: ${DIRECTORY}/token changed`]);
});

Deno.test("headers() shares one look among all that ask at once", async () => {
  const { clock, files, target: open } = await pod();
  const target = await open();
  clock.advance(60_000);
  const before = files.operations.length;
  await Promise.all(
    Array.from({ length: 20 }, () => target.credentials.headers()),
  );
  deepStrictEqual(files.operations.slice(before), [
    `readText ${DIRECTORY}/token`,
    `readText ${DIRECTORY}/ca.crt`,
  ]);
});

Deno.test("refresh() looks at once and tells whether the token changed", async () => {
  const { target: open, write } = await pod();
  const target = await open();
  strictEqual(await target.credentials.refresh(), false);
  await write("token", "renewed");
  strictEqual(await target.credentials.refresh(), true);
  strictEqual(await authorization(target), "Bearer renewed");
  strictEqual(await target.credentials.refresh(), false);
});

Deno.test("headers() keeps the last good token while the file is bad, and says so once", async () => {
  const { clock, files, target: open, write, log } = await pod();
  const target = await open();
  files.fail("readText", `${DIRECTORY}/token`, "ENOENT");
  for (let look = 0; look < 3; look++) {
    clock.advance(10_000);
    strictEqual(await authorization(target), `Bearer ${TOKEN}`);
  }
  files.heal();
  await write("token", "");
  clock.advance(10_000);
  strictEqual(await authorization(target), `Bearer ${TOKEN}`);
  strictEqual(await target.credentials.refresh(), false);
  deepStrictEqual(log, [
    `warn: ${DIRECTORY}/token cannot be used, and what it gave before stays in use: The file cannot be read (ENOENT)`,
  ]);
  await write("token", TOKEN);
  await target.credentials.refresh();
  strictEqual(log.at(-1), `info: ${DIRECTORY}/token can be used again`);
  await write("token", "renewed");
  await target.credentials.refresh();
  strictEqual(await authorization(target), "Bearer renewed");
  strictEqual(log.length, 3);
  ok(
    log.every((line) =>
      !line.includes("signature") && !line.includes("renewed")
    ),
  );
});

Deno.test("inClusterTarget() follows a CA that changes, and only then", async () => {
  const { clock, target: open, write } = await pod();
  const target = await open();
  const before = target.connect;
  const { otherCa } = await tlsMaterial();
  clock.advance(10_000);
  await target.credentials.headers();
  strictEqual(target.connect, before);
  await write("ca.crt", otherCa.certificate);
  clock.advance(10_000);
  await target.credentials.headers();
  notStrictEqual(target.connect, before);
  strictEqual(
    target.connect.tls?.caCertificates[0]?.trim(),
    otherCa.certificate.trim(),
  );
  strictEqual(target.caCertificates, target.connect.tls?.caCertificates);
});

Deno.test("refreshRoots() reads the CA at once", async () => {
  const { write, target: open } = await pod();
  const target = await open();
  const before = target.connect;
  await target.refreshRoots?.();
  strictEqual(target.connect, before);
  const { otherCa } = await tlsMaterial();
  await write("ca.crt", otherCa.certificate);
  await target.refreshRoots?.();
  deepStrictEqual(target.connect.tls?.caCertificates, [otherCa.certificate]);
});

Deno.test("inClusterTarget() keeps the runtime's error as the cause", async () => {
  const closed = await pod();
  closed.files.fail("readText", `${DIRECTORY}/ca.crt`, "EIO");
  await rejects(
    closed.target(),
    (error) => error instanceof McaError && error.cause instanceof Error,
  );
});
