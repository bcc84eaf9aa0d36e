/**
 * The narrow interfaces through which lib touches the world, and the contract
 * that each flavor fulfils. Types only: nothing here runs.
 *
 * @module
 */

import type { ClusterTarget, HeaderField } from "./kube/cluster_target.ts";
import type { CredentialsLog } from "./kube/renewed_value.ts";

/** Time. Milliseconds throughout. */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch. It can jump. */
  now(): number;
  /** Milliseconds since an arbitrary start. Never goes back. */
  monotonic(): number;
  /** Calls `action` once after `delay` milliseconds; the returned function calls it off. */
  after(delay: number, action: () => void): () => void;
}

/** Read access to environment variables. */
export interface Environment {
  /** The variable's value; undefined where it is not set. */
  get(name: string): string | undefined;
}

/** What is told of a file without reading it. */
export interface FileInfo {
  readonly isDirectory: boolean;
  /** Whether it is an ordinary file: no directory, pipe, socket or device. */
  readonly isFile: boolean;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the Unix epoch; null where the file system keeps none. */
  readonly modified: number | null;
  /** Tells a replaced file from an edited one; null where there are no inodes. */
  readonly inode: number | null;
  /** Permission bits; null where there are none. */
  readonly mode: number | null;
}

/**
 * Files. Failures are the runtime's own errors; their `code` is the operating
 * system's (`ENOENT`, `EACCES`, `ENOSPC` …).
 */
export interface FileStore {
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
  readText(path: string): Promise<string>;
  /** Writes beside the path, then renames: a reader sees the old file or the new one. */
  writeAtomic(
    path: string,
    data: Uint8Array | string,
    mode: number,
  ): Promise<void>;
  /** Makes the directory and its parents; no error where it is there. */
  makeDirectory(path: string, mode: number): Promise<void>;
  /** Follows symbolic links; null where nothing is there. */
  info(path: string): Promise<FileInfo | null>;
  /** The path with symbolic links resolved. */
  realPath(path: string): Promise<string>;
  /** The names in a directory, sorted. */
  list(path: string): Promise<string[]>;
  remove(path: string): Promise<void>;
}

/** A byte stream both ways, with backpressure and half-close. `Deno.Conn` fits. */
export interface Connection {
  /** Fills some of `buffer`; null at the orderly end of what the peer sends. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Sends some of `data` and tells how much. */
  write(data: Uint8Array): Promise<number>;
  /** Ends this side's sending; the peer's goes on. */
  closeWrite(): Promise<void>;
  /**
   * From now on the peer may leave unread what it is sent, for as long as it
   * likes, and does not count as gone. Absent where that is so anyway.
   */
  tolerateStalls?(): void;
  /** Frees the connection; pending reads and writes fail. */
  close(): void;
}

/** A {@link Connection} that a listener accepted. */
export interface AcceptedConnection extends Connection {
  /** The peer's address, for the log: `127.0.0.1:40122`. */
  readonly peer: string;
  /** Completes the TLS handshake. */
  handshake(): Promise<void>;
}

/** A listening TLS socket. */
export interface TlsListener {
  readonly hostname: string;
  readonly port: number;
  /** The next connection, before its handshake. Rejects once the listener is closed. */
  accept(): Promise<AcceptedConnection>;
  close(): void;
}

/** Where and how to listen. */
export interface ListenTlsOptions {
  readonly hostname: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** The certificate chain in PEM. */
  readonly certificate: string;
  /** The private key in PEM (PKCS #8). */
  readonly privateKey: string;
}

/** Where and how to connect. */
export interface ConnectOptions {
  readonly hostname: string;
  readonly port: number;
  /** Absent: a plain TCP connection. */
  readonly tls?: {
    /** The only roots trusted, in PEM; empty: the system's. */
    readonly caCertificates: readonly string[];
    /** The name to verify and to send as SNI, where it is not `hostname`. */
    readonly serverName?: string;
    /** The client certificate chain and key in PEM. */
    readonly clientCertificate?: {
      readonly certificate: string;
      readonly privateKey: string;
    };
  };
  /** Gives up the attempt; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Sockets. */
export interface Network {
  /** Listens with ALPN `http/1.1` alone, and with TCP_NODELAY where the system lets it. */
  listenTls(options: ListenTlsOptions): Promise<TlsListener>;
  /** Connects, and completes the handshake where TLS is asked for. */
  connect(options: ConnectOptions): Promise<Connection>;
}

/** A certificate chain and its private key, both in PEM, the key as PKCS #8. */
export interface ServingCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/** A request whose head has come. */
export interface HttpsRequest {
  readonly method: string;
  /** The request target as it came: `/mutate?timeout=10s`. */
  readonly target: string;
  /** The field's value; undefined where there is none. */
  header(lowerName: string): string | undefined;
  /**
   * Reads the body to its end. `take` is told the length of each piece before
   * it is kept; once it refuses one, the rest is thrown away as it comes, and
   * the promise resolves to null. Rejects where the client goes away.
   */
  readBody(
    take: (octets: number) => boolean,
  ): Promise<Uint8Array<ArrayBuffer> | null>;
}

/** A whole answer. */
export interface HttpsResponse {
  readonly status: number;
  /** Content-Length is added. `Connection: close` ends the connection. */
  readonly fields: readonly HeaderField[];
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Where and how to serve HTTPS. */
export interface ServeHttpsOptions extends ServingCertificate {
  /** `::` is every address of the machine, IPv4's too. */
  readonly hostname: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** How long a client may take, in milliseconds; then its connection is closed. */
  readonly timeouts: {
    /** For the TLS handshake. */
    readonly handshake: number;
    /** For a request's head. */
    readonly head: number;
    /** For a whole request. */
    readonly request: number;
    /** Between two requests. */
    readonly idle: number;
  };
  /** Answers; a rejection closes the connection. */
  readonly handle: (request: HttpsRequest) => Promise<HttpsResponse>;
}

/** An HTTPS server for small messages: bodies are held in memory as a whole. */
export interface HttpsServer {
  readonly hostname: string;
  readonly port: number;
  /**
   * Serves new connections with another certificate; those that are there stay.
   *
   * @throws {McaError} `certificate`; then the old one goes on.
   */
  setCertificate(pair: ServingCertificate): void;
  /**
   * Accepts no more, closes idle connections, and the others after their
   * answer, or when `grace` milliseconds have passed.
   */
  shutdown(grace: number): Promise<void>;
}

/** Standard input and output. */
export interface Terminal {
  readonly stdin: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Writes all of it; data goes here and nothing else. */
  writeOut(data: Uint8Array | string): Promise<void>;
  /** Writes all of it; everything that is not data goes here. Synchronous, so that order holds. */
  writeError(text: string): void;
  /** Whether each stream is a terminal. */
  readonly isTerminal: {
    readonly stdin: boolean;
    readonly stdout: boolean;
    readonly stderr: boolean;
  };
}

/** The process's signals, as far as commands react to them. */
export interface Signals {
  /** Calls `action` at each such signal; the returned function ends that. */
  on(name: SignalName, action: () => void): () => void;
}

/** The signals that commands react to. */
export type SignalName = "SIGTERM" | "SIGINT" | "SIGHUP" | "SIGUSR2";

/** The directories the proxy reads and writes. */
export interface ProxyPaths {
  /** The real ServiceAccount directory (token, ca.crt, namespace). */
  readonly serviceAccount: string;
  /** What the app sees as its ServiceAccount directory. */
  readonly appServiceAccount: string;
  /** Private to the proxy: its CA, keys and the app's token outlive a restart here. */
  readonly state: string;
  /**
   * Whether they are volumes that somebody mounts: then an absent one is an
   * error. Else MCA makes them.
   */
  readonly areVolumes: boolean;
}

/** Where the webhook's certificate comes from. */
export type WebhookCertificates =
  /** A Secret that all replicas share; its CA is published in the API server. */
  | { readonly source: "secret" }
  /** A CA of this machine alone, in a directory. Nothing is published. */
  | { readonly source: "directory"; readonly directory: string };

/** The name of a flavor. */
export type FlavorName = "release" | "develop" | "testing";

/** What a flavor gives the entry points: the operating system, and where the API server is. */
export interface Platform {
  readonly flavor: FlavorName;
  readonly clock: Clock;
  readonly environment: Environment;
  /** WebCrypto: keys, signatures and random bytes. */
  readonly crypto: Crypto;
  readonly files: FileStore;
  readonly network: Network;
  readonly terminal: Terminal;
  /** Where `mca proxy` listens unless told otherwise. */
  readonly proxyListen: { readonly hostname: string; readonly port: number };
  readonly proxyPaths: ProxyPaths;
  /** Where `mca webhook` listens unless told otherwise. */
  readonly webhookListen: { readonly hostname: string; readonly port: number };
  /** Where its certificate comes from unless told otherwise. */
  readonly webhookCertificates: WebhookCertificates;
  /** Serves HTTPS. What that takes is loaded by the first call. */
  serveHttps(options: ServeHttpsOptions): Promise<HttpsServer>;
  /**
   * The API server to forward to, and the credentials for it. `log` is told
   * when their source changes, fails and recovers.
   *
   * @throws {McaError} `service-account` or `kubeconfig`, with a hint.
   */
  clusterTarget(log?: CredentialsLog): Promise<ClusterTarget>;
}
