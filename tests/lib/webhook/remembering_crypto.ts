/**
 * WebCrypto that does the same work once: replicas check the same certificates
 * over and over, and what comes of it is the same each time. Keys are always
 * made anew.
 */

/** What has one result for the same arguments; of the signatures of ECDSA any will do. */
const REPEATABLE: ReadonlySet<unknown> = new Set([
  "digest",
  "importKey",
  "sign",
  "verify",
]);

const results = new Map<string, Promise<unknown>>();
const keyNumbers = new WeakMap<CryptoKey, number>();
let lastKeyNumber = 0;

function describe(_: string, value: unknown): unknown {
  if (value instanceof CryptoKey) {
    const number = keyNumbers.get(value) ?? ++lastKeyNumber;
    keyNumbers.set(value, number);
    return `key ${number}`;
  }
  if (value instanceof ArrayBuffer) return new Uint8Array(value).toHex();
  return value instanceof Uint8Array ? value.toHex() : value;
}

/**
 * WebCrypto's part that works in the background.
 *
 * @param watch Told of each piece of work that is not remembered.
 */
export function rememberingCrypto(
  watch: (work: Promise<unknown>) => void,
): Crypto {
  const subtle = new Proxy(crypto.subtle, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      const work = (args: readonly unknown[]): unknown => {
        const result: unknown = Reflect.apply(method, target, args);
        if (result instanceof Promise) watch(result);
        return result;
      };
      return (...args: unknown[]) => {
        if (!REPEATABLE.has(name)) return work(args);
        const question = JSON.stringify([name, args], describe);
        const known = results.get(question);
        if (known !== undefined) return known;
        const result = work(args);
        if (result instanceof Promise) results.set(question, result);
        return result;
      };
    },
  });
  return new Proxy(crypto, {
    get: (target, name) => {
      if (name === "subtle") return subtle;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
