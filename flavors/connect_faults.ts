/**
 * What goes wrong on the way to an API server, in words.
 *
 * @module
 */

import { McaError, type McaErrorCode, systemErrorCode } from "../lib/errors.ts";
import type { ConnectOptions } from "../lib/platform.ts";

/** A fault as the runtime tells it, and as a user wants it told. */
interface Fault {
  /** The operating system's error code, or what the runtime's message says. */
  readonly sign: string | RegExp;
  /** Follows `HOST:PORT `. */
  readonly message: string;
  readonly hint: string;
  /** What kind of fault it is: `upstream`, which may pass, unless told. */
  readonly code?: McaErrorCode;
}

const CHECK_SERVER =
  "Check that the API server runs, and that the address and port are its own.";
const CHECK_NETWORK =
  "Check the network and its policies between here and the API server.";

/** The first sign that fits counts. TLS faults are told apart by rustls's words alone. */
const FAULTS: readonly Fault[] = [
  {
    sign: "ECONNREFUSED",
    message: "refused the connection",
    hint: CHECK_SERVER,
  },
  {
    sign: "ETIMEDOUT",
    message: "did not answer",
    hint: CHECK_NETWORK,
  },
  {
    sign: /^(?:EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/,
    message: "cannot be reached from this network",
    hint: CHECK_NETWORK,
  },
  {
    sign: /^(?:EMFILE|ENFILE)$/,
    message: "cannot be reached: there are no file descriptors left",
    hint: "Raise the limit of open files (ulimit -n).",
  },
  {
    sign: "failed to lookup address information",
    message: "has a name that cannot be resolved",
    hint: "Check the server's name and the DNS configuration.",
  },
  {
    sign: "certificate not valid for name",
    message: "shows a certificate for another name",
    code: "certificate",
    hint:
      "Use one of the names in the certificate, or set tls-server-name to one of them.",
  },
  {
    sign: "certificate expired",
    message: "shows a certificate that has expired",
    code: "certificate",
    hint: "Renew the API server's certificate, and check this machine's clock.",
  },
  {
    sign: "certificate not valid yet",
    message: "shows a certificate that is not valid yet",
    code: "certificate",
    hint: "Check this machine's clock.",
  },
  {
    sign: "CaUsedAsEndEntity",
    message: "shows a CA's certificate as its own",
    code: "certificate",
    hint: "Give the API server a certificate that a CA issued to it.",
  },
  {
    sign: /UnknownIssuer|BadSignature/,
    message: "shows a certificate that the trusted CA did not issue",
    code: "certificate",
    hint:
      "Check that the CA in use (ca.crt, certificate-authority) is this cluster's, and that nothing sits between.",
  },
  {
    sign: "invalid peer certificate",
    message: "shows a certificate that cannot be verified",
    code: "certificate",
    hint: "Look at it with: openssl s_client -connect HOST:PORT -showcerts",
  },
  {
    sign: /InvalidContentType|corrupt message/,
    message: "does not speak TLS",
    code: "protocol",
    hint:
      "The server seems to speak plain HTTP there; use its https port, or an http:// address.",
  },
  {
    sign:
      /fatal alert: (?:CertificateRequired|BadCertificate|UnknownCA|AccessDenied|CertificateUnknown)/,
    message: "refused the client certificate, or wants one",
    hint: "Check client-certificate and client-key of the kubeconfig's user.",
  },
  {
    sign: /fatal alert|peer is incompatible|NoSuitable|HandshakeFailure/,
    message: "offers no TLS version or cipher that this program speaks",
    hint: "The API server has to offer TLS 1.2 or 1.3.",
  },
  {
    sign: /unexpected (?:end of file|eof)|UnexpectedEof|close_notify/i,
    message: "closed the connection during the handshake",
    hint: CHECK_SERVER,
  },
  {
    sign: /^(?:ECONNRESET|ECONNABORTED|EPIPE)$/,
    message: "broke the connection",
    hint: CHECK_SERVER,
  },
];

/**
 * Puts a failed connection attempt into words. The error's own message stays
 * available as the cause. Faults that do not pass by themselves have codes of
 * their own: `certificate` and `protocol`.
 *
 * @example
 * ```ts
 * import { connectError } from "./connect_faults.ts";
 *
 * const target = { hostname: "10.0.0.1", port: 443 };
 * try {
 *   await Deno.connect(target);
 * } catch (error) {
 *   throw connectError(target, error);
 * }
 * ```
 */
export function connectError(
  { hostname, port }: ConnectOptions,
  cause: unknown,
): McaError {
  const code = systemErrorCode(cause) ?? "";
  const detail = cause instanceof Error ? cause.message : "unknown error";
  const fault = FAULTS.find(({ sign }) =>
    typeof sign === "string"
      ? sign === code || detail.includes(sign)
      : sign.test(code) || sign.test(detail)
  );
  const server = `${
    hostname.includes(":") ? `[${hostname}]` : hostname
  }:${port}`;
  return new McaError(
    fault?.code ?? "upstream",
    `The API server ${server} ${
      fault?.message ?? `cannot be connected to (${code || detail})`
    }`,
    { hint: fault?.hint ?? CHECK_SERVER, cause },
  );
}
