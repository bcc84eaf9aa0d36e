/**
 * The whole proxy: identity, server, the app-facing directory, and what keeps
 * them in order while it runs.
 *
 * @module
 */

import type { KeyAlgorithmName } from "../certs/key_algorithms.ts";
import { McaError } from "../errors.ts";
import type { ClusterTarget } from "../kube/cluster_target.ts";
import type { Logger } from "../log/logger.ts";
import type { Platform } from "../platform.ts";
import { BlockPool } from "../wire/block_pool.ts";
import { Deadlines } from "../wire/deadlines.ts";
import { UpstreamPool } from "../wire/upstream_pool.ts";
import {
  type AppServiceAccount,
  ensureAppServiceAccount,
} from "./app_service_account.ts";
import { tokenMatches } from "./app_service_account_token.ts";
import { SESSION_TIMEOUTS } from "./client_session.ts";
import { accessLog } from "./passes/access_log.ts";
import { addCredentials } from "./passes/add_credentials.ts";
import { identifyCaller } from "./passes/identify_caller.ts";
import { route } from "./passes/route.ts";
import type { ProxyDescription } from "./proxy_description.ts";
import { ProxyServer } from "./proxy_server.ts";
import type { Pass, UpstreamCluster } from "./proxy_request.ts";
import {
  leafCheckInterval,
  loadOrCreateServingIdentity,
  renewLeafWhenDue,
  type ServingIdentity,
  type ServingIdentityOptions,
} from "./serving_identity.ts";

/** How often the app-facing directory is looked at, in milliseconds. */
const DIRECTORY_CHECK_INTERVAL = 10_000;
/** How long to wait after the port could not be had anew, in milliseconds. */
const LISTEN_PAUSE = 1_000;
/** How long the start waits to hear from the API server, in milliseconds. */
const FIRST_CONTACT = 1_000;

/** What a proxy is started with. */
export interface ProxyOptions {
  readonly platform: Pick<
    Platform,
    "clock" | "crypto" | "files" | "network" | "proxyPaths"
  >;
  readonly target: ClusterTarget;
  readonly listen: { readonly hostname: string; readonly port: number };
  readonly logger: Logger;
  /** One in so many requests is logged, all unless told; 0: none but those that failed. */
  readonly accessLog?: number;
  /** The key algorithm of the certificates that apps see; `ecdsa-p256` unless told. */
  readonly keyAlgorithm?: KeyAlgorithmName;
}

/** A proxy that serves. */
export interface RunningProxy {
  readonly hostname: string;
  readonly port: number;
  /** What is in the app-facing directory. The token: never to be logged. */
  readonly appServiceAccount: AppServiceAccount;
  /** How many client and upstream connections are open. */
  connectionCounts(): {
    readonly clients: number;
    readonly upstream: number;
    readonly upstreamIdle: number;
  };
  /** What it is doing at the moment. */
  describe(): ProxyDescription;
  /**
   * Lets running requests finish, ends watches, and closes what is left after
   * the grace period.
   *
   * @param grace Milliseconds.
   */
  shutdown(grace: number): Promise<void>;
}

/**
 * Starts the proxy. When it resolves, the listener answers and the app-facing
 * directory is complete, the token written last.
 *
 * An API server that cannot be reached at the moment is only logged: it may
 * come back. One that is not what it should be (another CA, no TLS) is an
 * error, before anything is written.
 *
 * @throws {McaError} `file`, `listen`, `certificate` or `protocol`, with a hint.
 */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const { platform, target, logger } = options;
  const { clock, network } = platform;
  const deadlines = new Deadlines(clock);
  const blocks = new BlockPool();
  const shared = {
    connect: network.connect,
    clock,
    blocks,
    deadlines,
    refreshRoots: target.refreshRoots,
  };
  const pool = new UpstreamPool({ ...shared, options: () => target.connect });
  const anonymousPool = new UpstreamPool({
    ...shared,
    options: withoutClientCertificate(target),
  });
  const closePools = (): void => {
    pool.close();
    anonymousPool.close();
  };
  const cluster: UpstreamCluster = {
    target,
    poolFor: (caller) =>
      caller === "pod" || target.connect.tls?.clientCertificate === undefined
        ? pool
        : anonymousPool,
  };
  const closers: (() => void)[] = [closePools, () => deadlines.close()];
  try {
    await firstContact(options, pool);
    const identityOptions = await prepareDirectories(options);
    const identity = await loadOrCreateServingIdentity(identityOptions);
    const server = new ProxyServer({
      network,
      clock,
      deadlines,
      blocks,
      logger,
      timeouts: SESSION_TIMEOUTS,
      passes: passesFor(identity, cluster, options),
    });
    const { hostname, port } = await server.listen({
      ...options.listen,
      ...identity.leaf,
    });
    closers.unshift(() => void server.shutdown(0));
    const appServiceAccount: AppServiceAccount = {
      caCertificate: identity.authority.certificate,
      namespace: target.namespace,
      token: identity.token,
    };
    await ensureAppServiceAccount(
      platform.files,
      platform.proxyPaths.appServiceAccount,
      appServiceAccount,
    );
    const stopUpkeep = [
      keepDirectory(options, appServiceAccount),
      keepLeaf(options, server, identity, identityOptions, { hostname, port }),
    ];
    return {
      hostname,
      port,
      appServiceAccount,
      connectionCounts: () => ({
        clients: server.sessionCount,
        upstream: pool.counts.open + anonymousPool.counts.open,
        upstreamIdle: pool.counts.idle + anonymousPool.counts.idle,
      }),
      describe: () => ({
        listening: `${hostname}:${port}`,
        ...server.describe(),
        pools: [
          { name: target.name, ...pool.counts },
          { name: `${target.name}, anonymous`, ...anonymousPool.counts },
        ].filter(({ open, connecting }, index) =>
          index === 0 || open + connecting > 0
        ),
      }),
      shutdown: async (grace) => {
        for (const stop of stopUpkeep) stop();
        // Who still waits for a connection then has waited long enough.
        const cancel = clock.after(grace, closePools);
        await server.shutdown(grace);
        cancel();
        closePools();
        deadlines.close();
      },
    };
  } catch (error) {
    for (const close of closers) close();
    throw error;
  }
}

/** The way of a request: in this order, each pass sees what those before it found. */
function passesFor(
  identity: ServingIdentity,
  cluster: UpstreamCluster,
  { logger, accessLog: one = 1 }: ProxyOptions,
): readonly Pass[] {
  return [
    identifyCaller((token) => tokenMatches(token, identity.token)),
    route(() => cluster),
    addCredentials(),
    accessLog(logger, one),
  ];
}

/** The target's options, the same object as long as they are the same. */
function withoutClientCertificate(
  target: ClusterTarget,
): () => ClusterTarget["connect"] {
  let given: ClusterTarget["connect"] | undefined;
  let stripped: ClusterTarget["connect"] | undefined;
  return () => {
    const { connect } = target;
    if (stripped === undefined || connect !== given) {
      given = connect;
      const { clientCertificate: _, ...tls } = connect.tls ??
        { caCertificates: [] };
      stripped = connect.tls === undefined ? connect : { ...connect, tls };
    }
    return stripped;
  };
}

/** Opens a first connection: it is warm when the first request comes. */
async function firstContact(
  { platform, target, logger }: ProxyOptions,
  pool: UpstreamPool,
): Promise<void> {
  const unreachable = (error: McaError): void =>
    logger.warn("The API server cannot be reached yet", {
      cluster: target.name,
      reason: error.message,
      hint: error.hint,
    });
  let cancel = (): void => {};
  const patience = new Promise<undefined>((resolve) => {
    cancel = platform.clock.after(FIRST_CONTACT, () => resolve(undefined));
  });
  const contact = pool.acquire().then(
    ({ peer }) => pool.giveBack(peer),
    (error: unknown) => {
      if (!(error instanceof McaError) || error.code !== "upstream") {
        throw error;
      }
      unreachable(error);
    },
  );
  try {
    await Promise.race([contact, patience]);
  } finally {
    cancel();
    // If it is the patience that ended, the fault shows with the first request.
    contact.catch(() => {});
  }
}

async function prepareDirectories(
  { platform, target, logger, keyAlgorithm }: ProxyOptions,
): Promise<ServingIdentityOptions> {
  const { files, crypto, clock, proxyPaths } = platform;
  if (!proxyPaths.areVolumes) {
    await files.makeDirectory(proxyPaths.appServiceAccount, 0o755);
  }
  return {
    files,
    crypto,
    clock,
    directory: proxyPaths.state,
    namespace: target.namespace,
    log: (level, message) => logger[level](message),
    ...(keyAlgorithm === undefined ? {} : { keyAlgorithm }),
  };
}

/** Repairs the app-facing directory until it is told to stop. */
function keepDirectory(
  { platform, logger }: ProxyOptions,
  content: AppServiceAccount,
): () => void {
  const { files, clock, proxyPaths } = platform;
  let isFailing = false;
  return repeat(clock, logger, DIRECTORY_CHECK_INTERVAL, async () => {
    try {
      const directory = proxyPaths.appServiceAccount;
      const written = await ensureAppServiceAccount(files, directory, content);
      if (written.length > 0) {
        logger.warn("Restored files of the app's ServiceAccount directory", {
          files: written.join(", "),
        });
      }
      isFailing = false;
    } catch (error) {
      if (!(error instanceof McaError)) throw error;
      if (!isFailing) {
        logger.error("The app's ServiceAccount directory cannot be restored", {
          file: error.place.file,
          reason: error.message,
          hint: error.hint,
        });
      }
      isFailing = true;
    }
    return DIRECTORY_CHECK_INTERVAL;
  });
}

/** Renews the serving certificate in good time until it is told to stop. */
function keepLeaf(
  { platform, logger }: ProxyOptions,
  server: ProxyServer,
  first: ServingIdentity,
  identityOptions: ServingIdentityOptions,
  address: { readonly hostname: string; readonly port: number },
): () => void {
  let identity = first;
  let isListening = true;
  return repeat(platform.clock, logger, leafCheckInterval, async () => {
    const renewed = await renewLeafWhenDue(identity, identityOptions);
    if (renewed === null && isListening) return leafCheckInterval;
    identity = renewed ?? identity;
    try {
      await server.listen({ ...address, ...identity.leaf });
      if (!isListening) logger.info("Listening again");
      isListening = true;
      return leafCheckInterval;
    } catch (error) {
      if (!(error instanceof McaError)) throw error;
      if (isListening) {
        logger.error("Cannot listen with the renewed certificate", {
          reason: error.message,
          hint: error.hint,
        });
      }
      isListening = false;
      return LISTEN_PAUSE;
    }
  });
}

/**
 * Calls `action` time and again, never twice at once, until the returned
 * function is called. The action tells how long to wait before the next time.
 */
function repeat(
  clock: Platform["clock"],
  logger: Logger,
  first: number,
  action: () => Promise<number>,
): () => void {
  let isStopped = false;
  let cancel = (): void => {};
  const schedule = (delay: number): void => {
    cancel = clock.after(delay, () => void act(delay));
  };
  const act = async (delay: number): Promise<void> => {
    let next = delay;
    try {
      next = await action();
    } catch (error) {
      logger.error("Upkeep failed", {
        reason: error instanceof Error ? error.message : String(error),
      });
    }
    if (!isStopped) schedule(next);
  };
  schedule(first);
  return () => {
    isStopped = true;
    cancel();
  };
}
