/**
 * TCP options of sockets for which the runtime has no method: those behind
 * TLS. They are set by libc through FFI, which knows a socket by its file
 * descriptor; that is found by asking each open one for its address.
 *
 * Only Linux with glibc is served; anywhere else, and without the permission
 * for FFI, nothing happens.
 *
 * @module
 */

/** The socket a process has at a local port. */
export interface LocalSocket {
  readonly port: number;
  readonly kind: "listening" | "connected";
}

/** Sets options of one socket; the names are those of tcp(7). */
export interface TcpOptions {
  /** Sends small segments at once instead of waiting for an acknowledgement. */
  readonly noDelay?: boolean;
  /** Notices a peer that is silently gone. */
  readonly keepAlive?: {
    /** Seconds without traffic before the first probe. */
    readonly idle: number;
    /** Seconds between probes. */
    readonly interval: number;
    /** Probes without an answer after which the connection is dead. */
    readonly count: number;
  };
  /** Milliseconds for which sent data may stay without acknowledgement. */
  readonly userTimeout?: number;
}

const IPPROTO_TCP = 6;
const SOL_SOCKET = 1;
const SO_KEEPALIVE = 9;
const SO_ACCEPTCONN = 30;
const TCP_NODELAY = 1;
const TCP_KEEPIDLE = 4;
const TCP_KEEPINTVL = 5;
const TCP_KEEPCNT = 6;
const TCP_USER_TIMEOUT = 18;
const AF_INET = 2;
const AF_INET6 = 10;

/** Descriptors above this are not looked at; the lowest free number is always taken. */
const MAX_DESCRIPTOR = 65_536;
/** So many unused numbers in a row are taken for the end of those in use. */
const MAX_GAP = 512;

const SYMBOLS = {
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "buffer"],
    result: "i32",
  },
  setsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "u32"],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/**
 * Where libc is: where Debian has it, by its path, which a permission can name;
 * elsewhere by the loader's own search, which takes a permission for all of FFI.
 */
const LIBC_PATHS: readonly string[] = [
  `/lib/${Deno.build.arch}-linux-gnu/libc.so.6`,
  "libc.so.6",
];

/**
 * Null where FFI is not to be had. Opened with the module, since a library
 * opened later counts as a leak of the test that happened to be first.
 */
const libc = openLibc();

function openLibc(): Libc | null {
  if (Deno.build.os !== "linux") return null;
  for (const path of LIBC_PATHS) {
    // Asked first, so that nobody is ever prompted.
    if (Deno.permissions.querySync({ name: "ffi", path }).state !== "granted") {
      continue;
    }
    try {
      return Deno.dlopen(path, SYMBOLS).symbols;
    } catch {
      // It is not there; the next may be.
    }
  }
  return null;
}

/**
 * Sets options of one of the process's sockets. False where that is not
 * possible; the socket then works as it did before.
 *
 * @example
 * ```ts
 * import { setTcpOptions } from "./socket_options.ts";
 *
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const { port } = listener.addr;
 * setTcpOptions({ port, kind: "listening" }, { noDelay: true });
 * ```
 */
export function setTcpOptions(
  socket: LocalSocket,
  options: TcpOptions,
): boolean {
  if (libc === null) return false;
  const descriptor = findDescriptor(libc, socket);
  if (descriptor === undefined) return false;
  let done = true;
  for (const [level, name, value] of settings(options)) {
    const result = libc.setsockopt(
      descriptor,
      level,
      name,
      Int32Array.of(value),
      4,
    );
    if (result !== 0) done = false;
  }
  return done;
}

function settings(
  { noDelay, keepAlive, userTimeout }: TcpOptions,
): [level: number, name: number, value: number][] {
  const list: [number, number, number][] = [];
  if (noDelay !== undefined) {
    list.push([IPPROTO_TCP, TCP_NODELAY, noDelay ? 1 : 0]);
  }
  if (keepAlive !== undefined) {
    list.push(
      [SOL_SOCKET, SO_KEEPALIVE, 1],
      [IPPROTO_TCP, TCP_KEEPIDLE, keepAlive.idle],
      [IPPROTO_TCP, TCP_KEEPINTVL, keepAlive.interval],
      [IPPROTO_TCP, TCP_KEEPCNT, keepAlive.count],
    );
  }
  if (userTimeout !== undefined) {
    list.push([IPPROTO_TCP, TCP_USER_TIMEOUT, userTimeout]);
  }
  return list;
}

function findDescriptor(
  libc: Libc,
  { port, kind }: LocalSocket,
): number | undefined {
  const address = new Uint8Array(128);
  const view = new DataView(address.buffer);
  const length = new Uint32Array(1);
  const wanted = kind === "listening" ? 1 : 0;
  for (let at = 0, gap = 0; at < MAX_DESCRIPTOR && gap < MAX_GAP; at++) {
    length[0] = address.length;
    if (libc.getsockname(at, address, length) !== 0) {
      gap++;
      continue;
    }
    gap = 0;
    // struct sockaddr_in and sockaddr_in6: the family in host order, the port in network order.
    const family = address[0];
    if (family !== AF_INET && family !== AF_INET6) continue;
    if (view.getUint16(2) !== port) continue;
    if (socketOption(libc, at, SOL_SOCKET, SO_ACCEPTCONN) === wanted) return at;
  }
  return undefined;
}

function socketOption(
  libc: Libc,
  descriptor: number,
  level: number,
  name: number,
): number | undefined {
  const value = new Int32Array(1);
  const length = Uint32Array.of(4);
  return libc.getsockopt(descriptor, level, name, value, length) === 0
    ? value[0]
    : undefined;
}

/**
 * The options of one of the process's sockets as the system has them;
 * undefined where they cannot be told. `keepAlive` is absent where it is off.
 *
 * @example
 * ```ts
 * import { tcpOptions } from "./socket_options.ts";
 *
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const { port } = listener.addr;
 * console.log(tcpOptions({ port, kind: "listening" })?.noDelay);
 * ```
 */
export function tcpOptions(socket: LocalSocket): TcpOptions | undefined {
  if (libc === null) return undefined;
  const descriptor = findDescriptor(libc, socket);
  if (descriptor === undefined) return undefined;
  const symbols = libc;
  const read = (level: number, name: number) =>
    socketOption(symbols, descriptor, level, name) ?? 0;
  const keepAlive = {
    idle: read(IPPROTO_TCP, TCP_KEEPIDLE),
    interval: read(IPPROTO_TCP, TCP_KEEPINTVL),
    count: read(IPPROTO_TCP, TCP_KEEPCNT),
  };
  return {
    noDelay: read(IPPROTO_TCP, TCP_NODELAY) !== 0,
    userTimeout: read(IPPROTO_TCP, TCP_USER_TIMEOUT),
    ...(read(SOL_SOCKET, SO_KEEPALIVE) === 0 ? {} : { keepAlive }),
  };
}
