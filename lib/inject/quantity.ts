/**
 * Kubernetes resource quantities, as far as comparing them goes.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 *
 * @module
 */

/** What a quantity that is not negative looks like, as a regular expression. */
export const QUANTITY_PATTERN =
  "^\\+?([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?[0-9]+))?$";

const SYNTAX = new RegExp(QUANTITY_PATTERN);

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
  const match = SYNTAX.exec(text);
  if (match === null) return undefined;
  const [, number, suffix = "", exponent = "0"] = match;
  return Number(number) * (FACTORS[suffix] ?? 1) * 10 ** Number(exponent);
}
