/**
 * Kubernetes resource quantities, as far as comparing them goes.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 *
 * @module
 */

const SYNTAX =
  /^\+?(?<number>\d+(?:\.\d*)?|\.\d+)(?:(?<suffix>[KMGTPE]i|[numkMGTPE])|[eE](?<exponent>[+-]?\d+))?$/;

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * The quantity as a number in its base unit (cores, bytes); undefined where it
 * is not a quantity, or is negative. Exact enough to compare what people write.
 *
 * @example
 * ```ts
 * import { parseQuantity } from "./quantity.ts";
 *
 * console.log(parseQuantity("64Mi")); // 67108864
 * console.log(parseQuantity("64 MB")); // undefined
 * ```
 */
export function parseQuantity(text: string): number | undefined {
  const groups = SYNTAX.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const factor = FACTORS[groups["suffix"] ?? ""] ?? 1;
  return Number(groups["number"]) * factor *
    10 ** Number(groups["exponent"] ?? 0);
}
