/**
 * What a scalar's text means to kubectl.
 *
 * kubectl reads YAML through sigs.k8s.io/yaml, which is go.yaml.in/yaml/v2: in
 * the main YAML 1.1, with numbers as Go's strconv reads them and without base
 * 60. The tables below are that package's `resolve.go`, version 2.4.4.
 *
 * @module
 */

/** The types that kubectl's parser tells apart. */
export type ScalarKind =
  | "string"
  | "boolean"
  | "null"
  | "integer"
  | "float"
  | "timestamp";

/** A scalar's meaning. */
export interface ResolvedScalar {
  readonly kind: ScalarKind;
  readonly value: string | number | boolean | null;
  /** The digits of an integer that a JavaScript number cannot hold exactly. */
  readonly digits?: string;
}

const WORDS: ReadonlyMap<string, ResolvedScalar> = new Map([
  ...words("boolean", true, "y Y yes Yes YES true True TRUE on On ON"),
  ...words("boolean", false, "n N no No NO false False FALSE off Off OFF"),
  ...words("null", null, "~ null Null NULL"),
  ["", { kind: "null", value: null }],
  ...words("float", NaN, ".nan .NaN .NAN"),
  ...words("float", Infinity, ".inf .Inf .INF +.inf +.Inf +.INF"),
  ...words("float", -Infinity, "-.inf -.Inf -.INF"),
]);

/** First characters of plain scalars that may mean something other than a string. */
const FIRST_CHARACTERS = new Set("+-.0123456789yYnNtTfFoO~");

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const DOTTED_FLOAT = /^\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?$/;
const INTEGER =
  /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const TIMESTAMP =
  /^\d{4}-\d{1,2}-\d{1,2}([Tt]\d{1,2}:\d{1,2}:\d{1,2}([.,]\d+)?(Z|[-+]\d{2}:\d{2})| \d{1,2}:\d{1,2}:\d{1,2}([.,]\d+)?)?$/;

const MIN_INT64 = -(2n ** 63n);
const MAX_UINT64 = 2n ** 64n - 1n;

/**
 * The meaning of a plain scalar without a tag.
 *
 * @example
 * ```ts
 * import { resolvePlainScalar } from "./scalar_resolution.ts";
 *
 * console.log(resolvePlainScalar("on").value); // true
 * console.log(resolvePlainScalar("0777").value); // 511
 * console.log(resolvePlainScalar("12:30:45").value); // "12:30:45"
 * ```
 */
export function resolvePlainScalar(text: string): ResolvedScalar {
  if (text !== "" && !FIRST_CHARACTERS.has(text.charAt(0))) {
    return { kind: "string", value: text };
  }
  return WORDS.get(text) ?? resolveNumber(text) ??
    { kind: "string", value: text };
}

/** Whether a plain scalar of this text is the string itself. */
export function isPlainString(text: string): boolean {
  return resolvePlainScalar(text).kind === "string";
}

const TAG_PREFIX = "tag:yaml.org,2002:";

/** For each tag that asks for a type: which kinds of text satisfy it. */
const TAG_KINDS: ReadonlyMap<string, readonly ScalarKind[]> = new Map([
  ["bool", ["boolean"]],
  ["int", ["integer"]],
  ["float", ["float", "integer"]],
  ["null", ["null"]],
  ["timestamp", ["timestamp"]],
]);

/**
 * The meaning of a scalar with a tag, however it is quoted.
 *
 * @param tag the resolved tag, `tag:yaml.org,2002:int` for `!!int`
 * @returns undefined where the text is not what the tag says
 */
export function resolveTaggedScalar(
  tag: string,
  text: string,
): ResolvedScalar | undefined {
  const name = tag.startsWith(TAG_PREFIX) ? tag.slice(TAG_PREFIX.length) : "";
  if (name === "binary") return decodeBinary(text);
  const kinds = TAG_KINDS.get(name);
  if (kinds === undefined) return { kind: "string", value: text };
  const resolved: ResolvedScalar = name === "timestamp" && TIMESTAMP.test(text)
    ? { kind: "timestamp", value: text }
    : resolvePlainScalar(text);
  return kinds.includes(resolved.kind) ? resolved : undefined;
}

/** The string that kubectl makes of a scalar used as a key; undefined for null. */
export function resolveKey(scalar: ResolvedScalar): string | undefined {
  const { value } = scalar;
  if (value === null) return undefined;
  return typeof value === "number" && scalar.kind === "float"
    ? formatFloat32(value)
    : scalar.digits ?? String(value);
}

function words(
  kind: ScalarKind,
  value: boolean | number | null,
  list: string,
): [string, ResolvedScalar][] {
  return list.split(" ").map((word) => [word, { kind, value }]);
}

function resolveNumber(text: string): ResolvedScalar | undefined {
  const first = text.charCodeAt(0);
  if (text.charAt(0) === ".") {
    return DOTTED_FLOAT.test(text)
      ? finiteFloat(text.replaceAll("_", ""))
      : undefined;
  }
  const isNumeric = first <= 0x39;
  if (!isNumeric) return undefined;
  const plain = text.replaceAll("_", "");
  return resolveInteger(plain) ??
    (FLOAT.test(plain) ? finiteFloat(plain) : undefined);
}

/** Go's ParseFloat refuses what overflows; such text stays a string. */
function finiteFloat(text: string): ResolvedScalar | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? { kind: "float", value } : undefined;
}

function resolveInteger(plain: string): ResolvedScalar | undefined {
  const match = INTEGER.exec(plain);
  if (match === null) return undefined;
  const [, sign = "", digits = ""] = match;
  const isOctal = /^0[0-7]/.test(digits);
  const magnitude = BigInt(isOctal ? `0o${digits.slice(1)}` : digits);
  const exact = sign === "-" ? -magnitude : magnitude;
  const max = sign === "" ? MAX_UINT64 : 2n ** 63n - 1n;
  if (exact < MIN_INT64 || exact > max) return undefined;
  const value = Number(exact);
  return Number.isSafeInteger(value)
    ? { kind: "integer", value }
    : { kind: "integer", value, digits: String(exact) };
}

function decodeBinary(text: string): ResolvedScalar | undefined {
  const base64 = text.replaceAll(/[\r\n]/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) {
    return undefined;
  }
  try {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const value = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    return { kind: "string", value };
  } catch {
    return undefined;
  }
}

/** Go's `strconv.FormatFloat(value, 'g', -1, 32)`, with YAML's names for what is no number. */
function formatFloat32(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single > 0 ? ".inf" : "-.inf";
  if (single === 0) return Object.is(single, -0) ? "-0" : "0";
  let precision = 1;
  while (Math.fround(Number(single.toExponential(precision - 1))) !== single) {
    precision++;
  }
  const [mantissa = "", exponent = "0"] = single
    .toExponential(precision - 1).split("e");
  const power = Number(exponent);
  // Without a precision, 'g' takes 6 for the choice between the notations.
  if (power >= -4 && power < 6) return expand(mantissa, power);
  const sign = power < 0 ? "-" : "+";
  return `${mantissa}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** A mantissa and a power of ten without an exponent. */
function expand(mantissa: string, power: number): string {
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replaceAll(/[-.]/g, "");
  if (power < 0) return `${sign}0.${"0".repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, "0");
  const fraction = digits.slice(power + 1);
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}
