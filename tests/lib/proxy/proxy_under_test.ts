/** The whole proxy on real TLS sockets, with a scripted upstream. */

import { strictEqual } from "node:assert/strict";
import { denoClock } from "../../../flavors/deno_clock.ts";
import { denoNetwork } from "../../../flavors/deno_network.ts";
import { memoryFiles } from "../../../flavors/memory_files.ts";
import type {
  ClusterTarget,
  Credentials,
} from "../../../lib/kube/cluster_target.ts";
import { Logger, type LogLevel } from "../../../lib/log/logger.ts";
import type { Clock, FileStore, Network } from "../../../lib/platform.ts";
import {
  type RunningProxy,
  startProxy,
} from "../../../lib/proxy/start_proxy.ts";
import { RawPeer } from "./raw_peer.ts";
import { ScriptedUpstream, type UpstreamScript } from "./scripted_upstream.ts";

/** The API server's name in Host fields. */
export const UPSTREAM_HOST = "api.test:443";
/** The real credentials: nothing of this may reach the app, or a log. */
export const REAL_TOKEN = "real.token.of-the-pod";

/** How a test wants the proxy. */
export interface ProxyUnderTestOptions {
  readonly script?: UpstreamScript;
  readonly clock?: Clock;
  readonly network?: Network;
  /** Files that fail in some way, over those in memory. */
  readonly files?: (files: FileStore) => FileStore;
  readonly credentials?: Credentials;
  readonly basePath?: string;
  /** Another port than the upstream's to connect to, such as a cable's. */
  readonly connectPort?: (upstreamPort: number) => number | Promise<number>;
  readonly logLevel?: LogLevel;
  readonly accessLog?: number;
  /** Another target, made of the ordinary one. */
  readonly target?: (target: ClusterTarget) => ClusterTarget;
}

/** Credentials that never change. */
export function fixedCredentials(token: string): Credentials {
  return {
    headers: () => [["Authorization", `Bearer ${token}`]],
    refresh: () => Promise.resolve(false),
  };
}

/** Looks until something holds; a test's timeout ends what never comes. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** A running proxy, its upstream, and what it logged. */
export class ProxyUnderTest {
  readonly proxy: RunningProxy;
  readonly upstream: ScriptedUpstream;
  readonly files: FileStore;
  /** The log's lines. */
  readonly log: string[];
  readonly #clients: RawPeer[] = [];

  private constructor(
    proxy: RunningProxy,
    upstream: ScriptedUpstream,
    files: FileStore,
    log: string[],
  ) {
    this.proxy = proxy;
    this.upstream = upstream;
    this.files = files;
    this.log = log;
  }

  /** Starts upstream and proxy. */
  static async start(
    options: ProxyUnderTestOptions = {},
  ): Promise<ProxyUnderTest> {
    const upstream = await ScriptedUpstream.listen(options.script);
    const clock = options.clock ?? denoClock;
    const inMemory = memoryFiles(clock);
    const files = options.files?.(inMemory) ?? inMemory;
    const log: string[] = [];
    const target: ClusterTarget = {
      name: "test",
      connect: {
        hostname: "127.0.0.1",
        port: await options.connectPort?.(upstream.port) ?? upstream.port,
        tls: { caCertificates: upstream.caCertificates },
      },
      basePath: options.basePath ?? "",
      host: UPSTREAM_HOST,
      caCertificates: upstream.caCertificates,
      credentials: options.credentials ?? fixedCredentials(REAL_TOKEN),
      namespace: "default",
    };
    const proxy = await startProxy({
      platform: {
        clock,
        crypto,
        files,
        network: options.network ?? denoNetwork,
        proxyPaths: {
          serviceAccount: "/serviceaccount",
          appServiceAccount: "/mca-serviceaccount",
          state: "/state",
          areVolumes: false,
        },
      },
      target: options.target?.(target) ?? target,
      ...(options.accessLog === undefined
        ? {}
        : { accessLog: options.accessLog }),
      listen: { hostname: "127.0.0.1", port: 0 },
      logger: new Logger({
        level: options.logLevel ?? "debug",
        format: "text",
        clock,
        sink: (line) => log.push(line),
      }),
    });
    return new ProxyUnderTest(proxy, upstream, files, log);
  }

  /** The token in the app's ServiceAccount directory. */
  get token(): string {
    return this.proxy.appServiceAccount.token;
  }

  /** A request of the pod without a body. */
  request(
    line = "GET /api HTTP/1.1",
    fields = "",
  ): string {
    return `${line}\r\nHost: k\r\n${this.authorization}${fields}\r\n`;
  }

  /** The log as one text. */
  get logText(): string {
    return this.log.join("");
  }

  /** The field line that makes the caller the pod. */
  get authorization(): string {
    return `Authorization: Bearer ${this.token}\r\n`;
  }

  /** What the upstream gets in place of {@link authorization}. */
  get realAuthorization(): string {
    return `Authorization: Bearer ${REAL_TOKEN}\r\n`;
  }

  /** A client's connection, through its handshake; by way of another port where one is given. */
  async connect(port = this.proxy.port): Promise<RawPeer> {
    const client = new RawPeer(
      await denoNetwork.connect({
        hostname: "127.0.0.1",
        port,
        tls: {
          caCertificates: [this.proxy.appServiceAccount.caCertificate],
        },
      }),
    );
    this.#clients.push(client);
    return client;
  }

  /** Looks until the counts are as told; a test's timeout ends what never comes. */
  async untilCounts(
    wanted: Partial<ReturnType<RunningProxy["connectionCounts"]>>,
  ): Promise<void> {
    await until(() => {
      const counts = this.proxy.connectionCounts();
      return Object.entries(wanted).every(([name, count]) =>
        Object.entries(counts).some(([other, found]) =>
          other === name && found === count
        )
      );
    });
  }

  /** Looks until the upstream's script has seen all that the proxy sent and closed. */
  async untilUpstreamKnows(): Promise<void> {
    await until(() =>
      this.upstream.openCount === this.proxy.connectionCounts().upstream
    );
  }

  /** Ends everything, and holds that nothing is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.proxy.shutdown(0);
    await this.upstream[Symbol.asyncDispose]();
    const { clients, upstream, upstreamIdle } = this.proxy.connectionCounts();
    strictEqual(clients, 0, "Client connections are left");
    strictEqual(upstream, 0, "Upstream connections are left");
    strictEqual(upstreamIdle, 0, "Idle upstream connections are left");
  }
}

/** A test of the whole proxy. What hangs has failed. */
export function proxyTest(
  name: string,
  fn: (test: ProxyUnderTest) => Promise<void>,
  options: ProxyUnderTestOptions = {},
): void {
  Deno.test({
    name,
    timeout: 20_000,
    async fn() {
      await using test = await ProxyUnderTest.start(options);
      await fn(test);
    },
  });
}
