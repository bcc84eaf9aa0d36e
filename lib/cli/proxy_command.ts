/**
 * `mca proxy`: the sidecar.
 *
 * @module
 */

import { parseArgs } from "node:util";
import {
  type KeyAlgorithmName,
  keyAlgorithms,
} from "../certs/key_algorithms.ts";
import { McaError } from "../errors.ts";
import { LineBuffer } from "../log/line_buffer.ts";
import { LOG_FORMATS, LOG_LEVELS, Logger } from "../log/logger.ts";
import type { Platform, Signals } from "../platform.ts";
import { checkProxy } from "../proxy/check_proxy.ts";
import { formatDescription } from "../proxy/proxy_description.ts";
import { startProxy } from "../proxy/start_proxy.ts";
import type { Command } from "./command.ts";
import { oneOf, portNumber, usage } from "./option_values.ts";

const HELP = `Usage: mca proxy [OPTIONS]

Serves the Kubernetes API to the pod's other containers: ends their TLS, puts
the real credentials in place of theirs, and streams the answers back. Runs
until SIGTERM or SIGINT; then lets running requests finish. A second one ends it
at once. SIGUSR2 prints what it is doing to standard error.

Options:
  --check            Tell whether a running proxy is ready, and exit: 0 when its
                     listener answers and the ServiceAccount files are there,
                     1 when not. For startup probes.
  --port PORT        Port to listen on (MCA_PROXY_PORT; default 6443).
  --log-level LEVEL  debug, info, warn, error or off (MCA_LOG_LEVEL; default
                     info, which writes one line per request).
  --log-format FMT   json or text (MCA_LOG_FORMAT; default json, on a terminal
                     text).
  --access-log WHICH all, none, or one in so many requests, as a number
                     (MCA_ACCESS_LOG; default all). Requests that failed are
                     logged whatever is set.
  --grace SECONDS    How long running requests may take after SIGTERM
                     (MCA_GRACE_SECONDS; default 10).
  --key-algorithm ALG
                     ecdsa-p256, ecdsa-p384, rsa-2048 or rsa-3072, for the
                     certificates that apps see (MCA_KEY_ALGORITHM; default
                     ecdsa-p256).
  --help             Show this text.

Environment:
  KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT
                     The API server, as Kubernetes sets them in each pod.
  MCA_K8S_CTX        Develop builds alone: the kubeconfig context to use.

Examples:
  mca proxy
  mca proxy --check
  mca proxy --port 7443 --log-format text
`;

const KEY_ALGORITHM_NAMES = Object.keys(keyAlgorithms).filter((
  name,
): name is KeyAlgorithmName => name in keyAlgorithms);

/** What the options come to. */
interface ProxySettings {
  readonly isCheck: boolean;
  readonly isHelp: boolean;
  readonly port: number;
  readonly level: typeof LOG_LEVELS[number];
  readonly format: typeof LOG_FORMATS[number];
  /** One in so many requests; 0: none. */
  readonly accessLog: number;
  /** Milliseconds. */
  readonly grace: number;
  readonly keyAlgorithm: KeyAlgorithmName;
}

/** `mca proxy`. */
export const proxyCommand: Command = {
  name: "proxy",
  summary: "Serve the Kubernetes API to the pod's other containers",
  help: HELP,
  run: async (args, platform, signals) => {
    const settings = readSettings(args, platform);
    if (settings.isHelp) {
      await platform.terminal.writeOut(HELP);
      return 0;
    }
    if (settings.isCheck) return await check(settings, platform);
    return await serve(settings, platform, signals);
  },
};

function readSettings(
  args: readonly string[],
  platform: Platform,
): ProxySettings {
  const { values } = usage("proxy", () =>
    parseArgs({
      args: [...args],
      allowPositionals: false,
      options: {
        check: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
        port: { type: "string" },
        "log-level": { type: "string" },
        "log-format": { type: "string" },
        "access-log": { type: "string" },
        grace: { type: "string" },
        "key-algorithm": { type: "string" },
      },
    }));
  const value = (flag: keyof typeof values, variable: string) => {
    const given = values[flag];
    return typeof given === "string"
      ? { name: `--${flag}`, text: given }
      : { name: variable, text: variableText(platform, variable) };
  };
  const { isTerminal } = platform.terminal;
  return {
    isCheck: values.check,
    isHelp: values.help,
    port: portNumber(
      value("port", "MCA_PROXY_PORT"),
      platform.proxyListen.port,
    ),
    level: oneOf(LOG_LEVELS, value("log-level", "MCA_LOG_LEVEL"), "info"),
    format: oneOf(
      LOG_FORMATS,
      value("log-format", "MCA_LOG_FORMAT"),
      isTerminal.stderr ? "text" : "json",
    ),
    accessLog: accessLogRate(value("access-log", "MCA_ACCESS_LOG")),
    grace: seconds(value("grace", "MCA_GRACE_SECONDS"), 10) * 1000,
    keyAlgorithm: oneOf(
      KEY_ALGORITHM_NAMES,
      value("key-algorithm", "MCA_KEY_ALGORITHM"),
      "ecdsa-p256",
    ),
  };
}

/**
 * The variable's value. One that Kubernetes sets for a Service named `mca-proxy`
 * (`MCA_PROXY_PORT=tcp://10.0.0.7:80`) is not meant for MCA.
 */
function variableText(
  platform: Platform,
  variable: string,
): string | undefined {
  const text = platform.environment.get(variable);
  return text !== undefined && /^(?:tcp|udp|sctp):\/\//.test(text)
    ? undefined
    : text;
}

function seconds(
  given: { readonly name: string; readonly text: string | undefined },
  otherwise: number,
): number {
  if (given.text === undefined) return otherwise;
  if (!/^[0-9]{1,6}$/.test(given.text)) {
    throw new McaError("usage", `${given.name} is not a number of seconds`, {
      hint: "Give a whole number such as 10.",
    });
  }
  return Number(given.text);
}

/** `all` is one in one, `none` is 0. */
function accessLogRate(
  given: { readonly name: string; readonly text: string | undefined },
): number {
  const { name, text = "all" } = given;
  if (text === "all") return 1;
  if (text === "none") return 0;
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new McaError("usage", `${name} is neither all, none nor a number`, {
    hint: "Give all, none, or 100 for one in a hundred requests.",
  });
}

async function check(
  settings: ProxySettings,
  platform: Platform,
): Promise<number> {
  await checkProxy({
    files: platform.files,
    network: platform.network,
    directory: platform.proxyPaths.appServiceAccount,
    port: settings.port,
  });
  return 0;
}

async function serve(
  settings: ProxySettings,
  platform: Platform,
  signals: Signals,
): Promise<number> {
  const { clock, terminal } = platform;
  const lines = new LineBuffer(clock, (text) => terminal.writeError(text));
  const { level, format } = settings;
  const logger = new Logger({ level, format, clock, sink: lines.sink });
  const stop = Promise.withResolvers<void>();
  const stopAtOnce = Promise.withResolvers<"at once">();
  let isStopping = false;
  const onStop = (): void => {
    if (isStopping) stopAtOnce.resolve("at once");
    isStopping = true;
    stop.resolve();
  };
  // Before anything else: as the first process of a container it would ignore them.
  const unsubscribe = [
    signals.on("SIGTERM", onStop),
    signals.on("SIGINT", onStop),
  ];
  try {
    const target = await platform.clusterTarget((level, message) =>
      logger[level](message)
    );
    const proxy = await startProxy({
      platform,
      target,
      logger,
      keyAlgorithm: settings.keyAlgorithm,
      accessLog: settings.accessLog,
      listen: { ...platform.proxyListen, port: settings.port },
    });
    logger.info("Serving", {
      address: `${proxy.hostname}:${proxy.port}`,
      cluster: target.name,
      server: target.host,
    });
    unsubscribe.push(
      // Not SIGUSR1: at that Deno opens its debugger on loopback, for every container of
      // the pod to attach to.
      signals.on("SIGUSR2", () => {
        lines.flush();
        terminal.writeError(formatDescription(proxy.describe()));
      }),
    );
    await stop.promise;
    logger.info("Stopping", { grace: settings.grace / 1000 });
    const end = await Promise.race([
      proxy.shutdown(settings.grace),
      stopAtOnce.promise,
    ]);
    if (end === undefined) return 0;
    void proxy.shutdown(0);
    logger.warn("Stopped at once; requests were cut off");
    return 1;
  } finally {
    for (const end of unsubscribe) end();
    lines.flush();
  }
}
