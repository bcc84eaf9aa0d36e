/** A platform for commands that read, change and write manifests: all in memory. */

import { memoryFiles } from "../../../flavors/memory_files.ts";
import type { Clock, FileStore, Platform } from "../../../lib/platform.ts";

/** What a command is given, and what it did. */
export interface FakePlatform {
  readonly platform: Platform;
  readonly files: FileStore;
  /** What it wrote to standard output. */
  out(): string;
  /** What it wrote to standard error. */
  error(): string;
}

/** What a command is given. */
export interface Given {
  readonly stdin?: string | Uint8Array | readonly Uint8Array[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
  /** The clock's milliseconds; it stands still otherwise. */
  readonly monotonic?: () => number;
  /** Told of each write to standard output as it happens. */
  readonly onWrite?: (text: string) => void;
}

function chunksOf(stdin: Given["stdin"]): Uint8Array<ArrayBuffer>[] {
  if (stdin === undefined) return [];
  if (typeof stdin === "string") return [new TextEncoder().encode(stdin)];
  if (stdin instanceof Uint8Array) return [new Uint8Array(stdin)];
  return stdin.map((chunk) => new Uint8Array(chunk));
}

const refuse = (what: string) => () => {
  throw new Error(`The command is not to use ${what}`);
};

/** A platform with these inputs. Whatever else a command would use fails the test. */
export function fakePlatform(given: Given = {}): FakePlatform {
  const clock: Clock = {
    now: () => 0,
    monotonic: given.monotonic ?? (() => 0),
    after: refuse("timers"),
  };
  const out: Uint8Array[] = [];
  const error: string[] = [];
  const files = memoryFiles(clock);
  const isTerminal = given.isTerminal ?? false;
  const platform: Platform = {
    flavor: "testing",
    clock,
    environment: { get: (name) => given.environment?.[name] },
    crypto,
    files,
    network: {
      listenTls: refuse("the network"),
      connect: refuse("the network"),
    },
    terminal: {
      stdin: ReadableStream.from(chunksOf(given.stdin)),
      writeOut: (data) => {
        const bytes = typeof data === "string"
          ? new TextEncoder().encode(data)
          : data.slice();
        out.push(bytes);
        given.onWrite?.(new TextDecoder().decode(bytes));
        return Promise.resolve();
      },
      writeError: (text) => {
        error.push(text);
      },
      isTerminal: {
        stdin: isTerminal,
        stdout: isTerminal,
        stderr: isTerminal,
      },
    },
    proxyListen: { hostname: "127.0.0.1", port: 6443 },
    proxyPaths: {
      serviceAccount: "/serviceaccount",
      appServiceAccount: "/mca-serviceaccount",
      state: "/state",
      areVolumes: false,
    },
    webhookListen: { hostname: "127.0.0.1", port: 8443 },
    webhookCertificates: { source: "directory", directory: "/webhook" },
    serveHttps: refuse("a server"),
    clusterTarget: refuse("a cluster"),
  };
  const decode = (parts: readonly Uint8Array[]) => {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    return parts.map((part) => decoder.decode(part, { stream: true })).join("");
  };
  return {
    platform,
    files,
    out: () => decode(out),
    error: () => error.join(""),
  };
}

/** Signals that never come. */
export const noSignals = { on: () => () => {} };
