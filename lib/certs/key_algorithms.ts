/**
 * The key algorithms that MCA issues certificates for.
 *
 * @module
 */

/** How WebCrypto makes keys of one kind and signs with them. */
export interface KeyAlgorithm {
  /** For `subtle.generateKey` and `subtle.importKey`. */
  readonly key: EcKeyGenParams | RsaHashedKeyGenParams;
  /** For `subtle.sign`. */
  readonly signature: { readonly name: string; readonly hash: string };
  /** Whether the key can encrypt a session key (RFC 5280, section 4.2.1.3): RSA alone. */
  readonly keyEncipherment: boolean;
  /** The AlgorithmIdentifier in such a key's SubjectPublicKeyInfo (RFC 3279, RFC 5480), DER in hexadecimal. */
  readonly identifier: string;
}

/** The name of a key algorithm. */
export type KeyAlgorithmName =
  | "ecdsa-p256"
  | "ecdsa-p384"
  | "rsa-2048"
  | "rsa-3072";

/**
 * All key algorithms by name. ECDSA P-256 is the default: every TLS stack in
 * use has it, and it takes 20 ms where RSA takes hundreds.
 *
 * @example
 * ```ts
 * import { keyAlgorithms } from "./key_algorithms.ts";
 *
 * console.log(Object.keys(keyAlgorithms).join(", "));
 * ```
 */
export const keyAlgorithms: Readonly<Record<KeyAlgorithmName, KeyAlgorithm>> = {
  "ecdsa-p256": ecdsa("P-256", "SHA-256", "06082a8648ce3d030107"),
  "ecdsa-p384": ecdsa("P-384", "SHA-384", "06052b81040022"),
  "rsa-2048": rsa(2048),
  "rsa-3072": rsa(3072),
};

function ecdsa(
  namedCurve: string,
  hash: string,
  curve: string,
): KeyAlgorithm {
  const parameters = `06072a8648ce3d0201${curve}`;
  const length = (parameters.length / 2).toString(16).padStart(2, "0");
  return {
    key: { name: "ECDSA", namedCurve },
    signature: { name: "ECDSA", hash },
    keyEncipherment: false,
    identifier: `30${length}${parameters}`,
  };
}

function rsa(modulusLength: number): KeyAlgorithm {
  return {
    key: {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength,
      publicExponent: Uint8Array.of(1, 0, 1),
      hash: "SHA-256",
    },
    signature: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    keyEncipherment: true,
    identifier: "300d06092a864886f70d0101010500",
  };
}
