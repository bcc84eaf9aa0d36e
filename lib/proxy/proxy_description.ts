/**
 * What a running proxy is doing, for people: `mca proxy` prints it on SIGUSR2.
 *
 * @module
 */

/** One client's connection. */
export interface ClientDescription {
  /** `127.0.0.1:40122`. */
  readonly peer: string;
  /** Octets that went to the client, heads included. */
  readonly octetsWritten: number;
  /** What is being served; undefined between two requests. */
  readonly request?: {
    readonly method: string;
    /** Without the query. */
    readonly path: string;
    readonly caller: string | undefined;
    /** Milliseconds since its head was complete. */
    readonly duration: number;
  };
}

/** The connections to one API server. */
export interface PoolDescription {
  readonly name: string;
  readonly open: number;
  readonly idle: number;
  readonly connecting: number;
}

/** A running proxy at one moment. */
export interface ProxyDescription {
  readonly listening: string;
  readonly clients: readonly ClientDescription[];
  /** Clients that have not finished their TLS handshake. */
  readonly handshakes: number;
  readonly pools: readonly PoolDescription[];
}

/**
 * The description in lines, each with its newline.
 *
 * @example
 * ```ts
 * import { formatDescription } from "./proxy_description.ts";
 *
 * console.log(formatDescription({
 *   listening: "127.0.0.1:6443",
 *   clients: [{ peer: "127.0.0.1:40122", octetsWritten: 0 }],
 *   handshakes: 0,
 *   pools: [{ name: "in-cluster", open: 1, idle: 1, connecting: 0 }],
 * }));
 * ```
 */
export function formatDescription(description: ProxyDescription): string {
  const { listening, clients, handshakes, pools } = description;
  const lines = [
    `listening on ${listening}: ${clients.length} clients, ${handshakes} in their handshake`,
    ...pools.map(({ name, open, idle, connecting }) =>
      `upstream ${name}: ${open} open, ${idle} of them idle, ${connecting} connecting`
    ),
    ...clients.map(clientLine),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function clientLine(client: ClientDescription): string {
  const { peer, octetsWritten, request } = client;
  const begin = `client ${peer}: ${octetsWritten} octets written`;
  if (request === undefined) return `${begin}, idle`;
  const { method, path, caller, duration } = request;
  const seconds = (duration / 1000).toFixed(1);
  return `${begin}, ${method} ${path} of ${
    caller ?? "nobody yet"
  } for ${seconds} s`;
}
