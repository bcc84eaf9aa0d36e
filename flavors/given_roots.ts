/**
 * Trust in the given certificates alone.
 *
 * The runtime adds the certificates it is given to a store of public ones. In
 * a cluster that is too much: whoever gets any public CA to sign the API
 * server's name could stand in for it, and no other Kubernetes client would
 * believe them.
 *
 * @module
 */

/**
 * Leaves the runtime's store of public certificates empty, for this process.
 * It has to be called before the first TLS connection, which is when the
 * runtime fills the store. False where the environment may not be changed.
 *
 * @example
 * ```ts
 * import { trustOnlyGivenRoots } from "./given_roots.ts";
 *
 * trustOnlyGivenRoots();
 * ```
 */
export function trustOnlyGivenRoots(): boolean {
  if (done) return true;
  if (![...EMPTY_STORE.keys(), EXTRA_CERTIFICATES].every(mayChange)) {
    return false;
  }
  for (const [name, value] of EMPTY_STORE) Deno.env.set(name, value);
  Deno.env.delete(EXTRA_CERTIFICATES);
  done = true;
  return true;
}

let done = false;

function mayChange(variable: string): boolean {
  const permission = { name: "env", variable } as const;
  return Deno.permissions.querySync(permission).state === "granted";
}

/** The system's store instead of the built-in one, and that one in an empty file. The runtime reads no directory. */
const EMPTY_STORE: ReadonlyMap<string, string> = new Map([
  ["DENO_TLS_CA_STORE", "system"],
  ["SSL_CERT_FILE", "/dev/null"],
]);

/** Names a file of more roots, which the runtime reads for each connection. */
const EXTRA_CERTIFICATES = "NODE_EXTRA_CA_CERTS";
