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
  for (const [name, value] of EMPTY_STORE) {
    const permission = { name: "env", variable: name } as const;
    if (Deno.permissions.querySync(permission).state !== "granted") {
      return false;
    }
    Deno.env.set(name, value);
  }
  done = true;
  return true;
}

let done = false;

/** The system's store instead of the built-in one, and that one in an empty file. The runtime reads no directory. */
const EMPTY_STORE = [
  ["DENO_TLS_CA_STORE", "system"],
  ["SSL_CERT_FILE", "/dev/null"],
] as const;
