/** A proxy in its pod, before an API server of this process. */

import {
  type EmbeddedApi,
  startEmbeddedApi,
} from "../../flavors/embedded_api/embedded_api.ts";
import { denoClock } from "../../flavors/deno_clock.ts";
import { waitUntil } from "../cluster/wait_until.ts";
import { PodProcess } from "../pod/pod_process.ts";

/** What the pod has besides the ordinary. */
export interface ProxyInPodOptions {
  /** The executable, with its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** The CA that the ServiceAccount directory names, where it is not the API server's. */
  readonly caCertificate?: string;
  /** Called before the proxy starts. */
  readonly prepare?: (pod: PodProcess, api: EmbeddedApi) => Promise<void>;
}

/** A proxy that serves. */
export class ProxyInPod implements AsyncDisposable {
  readonly #resources: AsyncDisposableStack;
  readonly pod: PodProcess;
  readonly api: EmbeddedApi;

  private constructor(
    resources: AsyncDisposableStack,
    pod: PodProcess,
    api: EmbeddedApi,
  ) {
    this.#resources = resources;
    this.pod = pod;
    this.api = api;
  }

  /**
   * Starts both, and waits until the proxy serves.
   *
   * @throws {Error} With the proxy's log, where it ends instead.
   */
  static async start(options: ProxyInPodOptions): Promise<ProxyInPod> {
    await using resources = new AsyncDisposableStack();
    const api = resources.use(await startEmbeddedApi({ clock: denoClock }));
    const pod = resources.use(
      await PodProcess.prepare({
        server: {
          host: "127.0.0.1",
          port: api.port,
          caCertificate: options.caCertificate ?? api.caCertificate,
        },
        token: await tokenOf(api),
        namespace: "default",
        command: options.command,
        env: {
          MCA_PROXY_PORT: "0",
          MCA_LOG_FORMAT: "json",
          ...options.env,
        },
      }),
    );
    await options.prepare?.(pod, api);
    await pod.start();
    await served(pod, 1);
    return new ProxyInPod(resources.move(), pod, api);
  }

  /** Ends it without warning, and starts it again on the same volumes. */
  async restart(): Promise<void> {
    const before = starts(await this.pod.log()).length;
    await this.pod.restart();
    await this.pod.start();
    await served(this.pod, before + 1);
  }

  /** The port of the last start. */
  async port(): Promise<number> {
    return starts(await this.pod.log()).at(-1) ?? 0;
  }

  /** A file that the pod's other containers see as their ServiceAccount's. */
  appFile(name: "token" | "ca.crt" | "namespace"): Promise<string> {
    return Deno.readTextFile(`${this.pod.appDirectory}/${name}`);
  }

  /** Asks the API server through the proxy, as an app does; tells the status. */
  async ask(path: string): Promise<number> {
    using client = Deno.createHttpClient({
      caCerts: [await this.appFile("ca.crt")],
    });
    const response = await fetch(
      `https://127.0.0.1:${await this.port()}${path}`,
      {
        client,
        headers: { authorization: `Bearer ${await this.appFile("token")}` },
      },
    );
    await response.body?.cancel();
    return response.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

async function tokenOf({ target }: EmbeddedApi): Promise<string> {
  const fields = await target.credentials.headers();
  const [, value = ""] = fields.find(([name]) => name === "Authorization") ??
    [];
  return value.slice("Bearer ".length);
}

/** The port of each start that the log tells. */
function starts(log: string): number[] {
  const lines = log.matchAll(
    /"message":"Serving","address":"127\.0\.0\.1:(\d+)"/g,
  );
  return [...lines].map(([, port]) => Number(port));
}

async function served(pod: PodProcess, count: number): Promise<void> {
  let ended = false;
  const watched = pod.status.then(() => ended = true);
  await waitUntil("the proxy to serve", async () => {
    const log = await pod.log();
    if (starts(log).length >= count) return true;
    if (ended) throw new Error(`The proxy ended: ${log}`);
    return false;
  });
  // Of this process alone: the next has a status of its own.
  watched.catch(() => {});
}
