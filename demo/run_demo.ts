/**
 * The demo from its start to its end.
 *
 * @module
 */

import { dirname } from "node:path";
import { denoFiles } from "../flavors/deno_files.ts";
import { platform } from "../flavors/testing.ts";
import { Logger } from "../lib/log/logger.ts";
import { type RunningProxy, startProxy } from "../lib/proxy/start_proxy.ts";
import { ApiClient } from "./api_client.ts";
import {
  type AppFiles,
  demoFolder,
  shownPath,
  writeAppFiles,
} from "./app_files.ts";
import type { DemoCluster } from "./demo_cluster.ts";
import type { DemoOptions } from "./demo_options.ts";
import { startEmbeddedCluster } from "./embedded_cluster.ts";
import type { Narrator } from "./narrator.ts";
import { choosePort } from "./proxy_port.ts";
import {
  createObjects,
  showCredentials,
  showInjection,
  showRequests,
  showWatch,
} from "./steps.ts";

/** How long requests that run may take after Ctrl-C, in milliseconds. */
const GRACE = 500;

/**
 * Runs the demo until the signal aborts, or to its last step where the options
 * say so. Whatever it made is gone when it settles.
 *
 * @throws {McaError}
 */
export async function runDemo(
  options: DemoOptions,
  narrator: Narrator,
  signal: AbortSignal,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  narrator.line(
    "MCA demo: an ordinary Kubernetes client, unchanged, through the sidecar's proxy.",
  );

  narrator.step("An API server");
  const cluster = stack.use(
    options.isCluster
      ? await startRealCluster(signal, narrator)
      : await startEmbeddedCluster(),
  );
  narrator.say(cluster.introduction);
  signal.throwIfAborted();

  const objects = await showInjection(narrator);
  const pod = await createObjects(narrator, cluster, objects);
  signal.throwIfAborted();

  narrator.step("The proxy, as the sidecar runs it");
  const log = new AccessLogLines(narrator);
  const proxy = await serve(options, cluster, narrator, log, stack);
  const files = await placeFiles(proxy, stack);
  const url = `https://127.0.0.1:${proxy.port}`;
  narrator.say(`It listens at ${url}. The app finds the usual files:`);
  narrator.say(`${shownPath(files.serviceAccount)}/ca.crt, namespace, token`);
  signal.throwIfAborted();

  narrator.step(
    "Requests through the proxy, by a client with these files alone",
  );
  const app = stack.use(new ApiClient({ url, ...proxy.appServiceAccount }));
  await showRequests(narrator, app);
  signal.throwIfAborted();

  narrator.step("A watch through the proxy");
  await showWatch(narrator, cluster, app, signal);

  narrator.step("What became of the credentials");
  await showCredentials(narrator, cluster, url, proxy.appServiceAccount);
  signal.throwIfAborted();

  narrator.step("The pod");
  await cluster.showPod(pod, files, narrator, signal);
  signal.throwIfAborted();

  narrator.line();
  if (options.exits) return;
  await tellReady(narrator, files, url);
  log.show();
  await aborted(signal);
}

/** Loaded only when it is wanted. */
async function startRealCluster(
  signal: AbortSignal,
  narrator: Narrator,
): Promise<DemoCluster> {
  narrator.say("Starting a control plane; the first time it has to be built …");
  const { startRealCluster } = await import("./real_cluster.ts");
  return await startRealCluster(signal);
}

async function serve(
  options: DemoOptions,
  cluster: DemoCluster,
  narrator: Narrator,
  log: AccessLogLines,
  stack: AsyncDisposableStack,
): Promise<RunningProxy> {
  const { hostname, port: usual } = platform.proxyListen;
  const { port, isFallback } = choosePort(options.port, usual);
  if (isFallback) {
    narrator.say(`Port ${usual} is taken, so it gets ${port}.`);
  }
  const proxy = await startProxy({
    platform,
    target: await cluster.target(),
    listen: { hostname, port },
    logger: new Logger({
      level: "info",
      format: "text",
      clock: platform.clock,
      sink: log.sink,
    }),
  });
  stack.defer(() => proxy.shutdown(GRACE));
  return proxy;
}

async function placeFiles(
  proxy: RunningProxy,
  stack: AsyncDisposableStack,
): Promise<AppFiles> {
  const folder = demoFolder(proxy.port, platform.proxyListen.port);
  const isFirst = await denoFiles.info(dirname(folder)) === null;
  await removeFolder(folder);
  stack.defer(async () => {
    await removeFolder(folder);
    // Others may have put something there meanwhile.
    if (isFirst) await Deno.remove(dirname(folder)).catch(() => {});
  });
  const { appServiceAccount, port } = proxy;
  return await writeAppFiles(denoFiles, folder, port, appServiceAccount);
}

async function removeFolder(folder: string): Promise<void> {
  try {
    await Deno.remove(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function hasKubectl(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("kubectl", {
      args: ["version", "--client"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function tellReady(
  narrator: Narrator,
  files: AppFiles,
  url: string,
): Promise<void> {
  narrator.line("Ready. In another terminal:", "bold");
  narrator.line();
  narrator.line(
    `  KUBECONFIG=${shownPath(files.kubeconfig)} kubectl get pods -A`,
    "hint",
  );
  if (!await hasKubectl()) {
    const folder = shownPath(files.serviceAccount);
    narrator.line();
    narrator.line("There is no kubectl on the PATH; curl does it, too:");
    narrator.line(
      `  curl --cacert ${folder}/ca.crt -H "Authorization: Bearer $(cat ${folder}/token)" ${url}/api/v1/pods`,
      "hint",
    );
  }
  narrator.line();
  narrator.line("The proxy's log follows. Ctrl-C ends the demo.");
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true })
  );
}

/** The proxy's log: warnings at once, the rest once the steps are through. */
class AccessLogLines {
  readonly #narrator: Narrator;
  #isShown = false;

  constructor(narrator: Narrator) {
    this.#narrator = narrator;
  }

  readonly sink = (line: string, level: string): void => {
    if (!this.#isShown && level === "info") return;
    this.#narrator.line(line.trimEnd(), "dim");
  };

  show(): void {
    this.#isShown = true;
  }
}
