import {
  deepStrictEqual,
  match,
  rejects,
  strictEqual,
} from "node:assert/strict";
import { startEmbeddedApi } from "../../../flavors/embedded_api/embedded_api.ts";
import { denoClock } from "../../../flavors/deno_clock.ts";
import { denoNetwork } from "../../../flavors/deno_network.ts";
import { memoryFiles } from "../../../flavors/memory_files.ts";
import { proxyCommand } from "../../../lib/cli/proxy_command.ts";
import { readCertificate } from "../../../lib/certs/certificate.ts";
import { keyAlgorithms } from "../../../lib/certs/key_algorithms.ts";
import { keyAlgorithmOf } from "../../../lib/certs/verification.ts";
import { McaError } from "../../../lib/errors.ts";
import type { Platform, Signals } from "../../../lib/platform.ts";
import { fakePlatform, noSignals } from "./fake_platform.ts";

/** Signals that the test sends. */
function fakeSignals() {
  const actions = new Map<string, Set<() => void>>();
  const signals: Signals = {
    on: (name, action) => {
      const set = actions.get(name) ?? new Set();
      actions.set(name, set.add(action));
      return () => set.delete(action);
    },
  };
  return {
    signals,
    send: (name: string) => actions.get(name)?.forEach((action) => action()),
    count: () => [...actions.values()].reduce((sum, set) => sum + set.size, 0),
  };
}

Deno.test("`mca proxy` shows its help", async () => {
  const fake = fakePlatform();
  const code = await proxyCommand.run(["--help"], fake.platform, noSignals);
  strictEqual(code, 0);
  strictEqual(fake.out(), proxyCommand.help);
});

const MISUSES: readonly (readonly [
  args: string[],
  environment: Record<string, string>,
  message: RegExp,
])[] = [
  [["--prot", "1"], {}, /^Unknown option '--prot'$/],
  [["extra"], {}, /^Unexpected argument 'extra'/],
  [["--port", "x"], {}, /^--port is not a port$/],
  [[], { MCA_PROXY_PORT: "x" }, /^MCA_PROXY_PORT is not a port$/],
  [[], { MCA_LOG_LEVEL: "loud" }, /^MCA_LOG_LEVEL cannot be "loud"$/],
  [["--log-format", "xml"], {}, /^--log-format cannot be "xml"$/],
  [["--grace", "soon"], {}, /^--grace is not a number of seconds$/],
  [["--access-log", "some"], {}, /^--access-log is neither all, none nor a/],
  [[], { MCA_ACCESS_LOG: "0" }, /^MCA_ACCESS_LOG is neither all, none nor a/],
  [[], { MCA_KEY_ALGORITHM: "dsa" }, /^MCA_KEY_ALGORITHM cannot be "dsa"$/],
];
for (const [args, environment, message] of MISUSES) {
  const given = [...args, ...Object.values(environment)].join(" ");
  Deno.test(`\`mca proxy\` refuses ${given} before it does anything`, async () => {
    const { platform } = fakePlatform({ environment });
    await rejects(
      proxyCommand.run(args, platform, noSignals),
      (error) =>
        error instanceof McaError && error.exitCode === 2 &&
        message.test(error.message),
    );
  });
}

Deno.test("`mca proxy` is not misled by the variables of a Service named mca-proxy", async () => {
  const { platform } = fakePlatform({
    environment: { MCA_PROXY_PORT: "tcp://10.0.0.7:80" },
  });
  // It goes on to look for the app's files.
  await rejects(
    proxyCommand.run(["--check"], platform, noSignals),
    (error) => error instanceof McaError && error.code === "not-ready",
  );
});

Deno.test("`mca proxy` --check tells what is missing", async () => {
  const { platform } = fakePlatform();
  await rejects(
    proxyCommand.run(["--check"], platform, noSignals),
    (error) =>
      error instanceof McaError && error.code === "not-ready" &&
      error.message === "/mca-serviceaccount/ca.crt is missing",
  );
});

Deno.test("`mca proxy` serves until SIGTERM, is ready by --check, and leaves no listener for signals", async () => {
  await using api = await startEmbeddedApi({ clock: denoClock });
  const log = Promise.withResolvers<string>();
  const fake = fakePlatform();
  const files = memoryFiles(denoClock);
  const platform: Platform = {
    ...fake.platform,
    clock: denoClock,
    network: denoNetwork,
    files,
    clusterTarget: () => Promise.resolve(api.target),
    terminal: {
      ...fake.platform.terminal,
      writeError: (text) => {
        const line = text.split("\n").find((l) => l.includes('"Serving"'));
        if (line !== undefined) log.resolve(line);
      },
    },
  };
  const { signals, send, count } = fakeSignals();
  const running = proxyCommand.run(
    ["--port", "0", "--key-algorithm", "ecdsa-p384"],
    platform,
    signals,
  );
  const line = JSON.parse(await log.promise);
  match(line.address, /^127\.0\.0\.1:[0-9]+$/);
  const port = line.address.split(":")[1];
  deepStrictEqual(
    await files.list("/mca-serviceaccount"),
    ["ca.crt", "namespace", "token"],
  );
  strictEqual(
    await proxyCommand.run(["--check", "--port", port], platform, noSignals),
    0,
  );
  const authority = readCertificate(
    await files.readText("/mca-serviceaccount/ca.crt"),
  );
  strictEqual(keyAlgorithmOf(authority), keyAlgorithms["ecdsa-p384"]);
  send("SIGTERM");
  strictEqual(await running, 0);
  strictEqual(count(), 0);
  await rejects(
    proxyCommand.run(["--check", "--port", port], platform, noSignals),
    /The proxy does not answer: /,
  );
});

Deno.test("`mca proxy` prints what it does on SIGUSR2, and ends at once on a second SIGTERM", async () => {
  await using api = await startEmbeddedApi({ clock: denoClock });
  const serving = Promise.withResolvers<void>();
  const described = Promise.withResolvers<string>();
  const fake = fakePlatform({ environment: { MCA_ACCESS_LOG: "none" } });
  const platform: Platform = {
    ...fake.platform,
    clock: denoClock,
    network: denoNetwork,
    files: memoryFiles(denoClock),
    clusterTarget: () => Promise.resolve(api.target),
    terminal: {
      ...fake.platform.terminal,
      writeError: (text) => {
        if (text.includes('"Serving"')) serving.resolve();
        if (text.startsWith("listening on")) described.resolve(text);
      },
    },
  };
  const { signals, send, count } = fakeSignals();
  const running = proxyCommand.run(
    ["--port", "0", "--grace", "3600"],
    platform,
    signals,
  );
  await serving.promise;
  const files = platform.files;
  send("SIGUSR2");
  const [, port] = /:([0-9]+):/.exec(await described.promise) ?? [];
  const connection = await denoNetwork.connect({
    hostname: "127.0.0.1",
    port: Number(port),
    tls: {
      caCertificates: [await files.readText("/mca-serviceaccount/ca.crt")],
    },
  });
  const token = await files.readText("/mca-serviceaccount/token");
  await connection.write(
    new TextEncoder().encode(
      `GET /api/v1/pods?watch=1 HTTP/1.1\r\nHost: k\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    ),
  );
  // The head of the watch: it runs.
  await connection.read(new Uint8Array(1024));
  send("SIGTERM");
  send("SIGTERM");
  strictEqual(await running, 1);
  strictEqual(count(), 0);
  connection.close();
});
