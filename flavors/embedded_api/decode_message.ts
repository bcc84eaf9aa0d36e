/**
 * Reading protobuf messages as the JSON that Kubernetes has for them, by a
 * schema in data. Go's typed clients send protobuf since Kubernetes 1.32.
 *
 * A schema has, by message and field number, the field's JSON name and type:
 * `replicas int?`. A type is a scalar, a well-known type or a message, after
 * `[]` for a list or `{}` for a map with text keys; `?` marks what is there
 * only when it was set, `!` what is written even when it is zero. A field
 * without a name is a message whose fields are the outer one's in JSON.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 * @module
 */

import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../lib/kube/json.ts";

/** By message, then by field number: name and type. */
export type ProtobufSchema = Readonly<
  Record<string, Readonly<Record<string, string>>>
>;

/** Bytes that are no message of that type. */
export class ProtobufError extends Error {
  override readonly name = "ProtobufError";
}

/** What stands on the wire for a field: a number, or bytes. */
type WireValue = bigint | Uint8Array<ArrayBuffer>;

/** The fields of a message as they stand on the wire. */
export function* readFields(
  bytes: Uint8Array<ArrayBuffer>,
): Generator<readonly [number: number, value: WireValue]> {
  const reader = new WireReader(bytes);
  while (!reader.isDone) {
    const tag = reader.varint();
    yield [Number(tag >> 3n), reader.value(Number(tag & 7n))];
  }
}

class WireReader {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #offset = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  get isDone(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  /** A number in groups of seven bits, the lowest first. */
  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#offset++];
      if (byte === undefined) throw new ProtobufError("A number is cut off");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new ProtobufError("A number is too long");
  }

  value(wireType: number): WireValue {
    if (wireType === 0) return this.varint();
    const length = wireType === 2
      ? Number(this.varint())
      : FIXED_LENGTHS[wireType];
    const end = this.#offset + (length ?? Infinity);
    if (end > this.#bytes.length) {
      throw new ProtobufError(
        length === undefined ? "Unknown wire type" : "A field is cut off",
      );
    }
    const bytes = this.#bytes.slice(this.#offset, end);
    this.#offset = end;
    return bytes;
  }
}

/** Bytes of the wire types that have no length of their own. */
const FIXED_LENGTHS: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

const utf8 = new TextDecoder("utf-8", { fatal: true });

function text(value: WireValue): string {
  if (typeof value === "bigint") throw new ProtobufError("Expected bytes");
  return utf8.decode(value);
}

function number(value: WireValue): number {
  if (typeof value !== "bigint") throw new ProtobufError("Expected a number");
  return Number(BigInt.asIntN(64, value));
}

function fieldsOf(value: WireValue): ReadonlyMap<number, WireValue> {
  if (typeof value === "bigint") throw new ProtobufError("Expected bytes");
  return new Map(readFields(value));
}

function timeText(value: WireValue, fraction: number): JsonValue {
  const fields = fieldsOf(value);
  const seconds = fields.get(1);
  if (seconds === undefined) return null;
  const nanoseconds = number(fields.get(2) ?? 0n);
  const date = new Date(number(seconds) * 1000).toISOString();
  const digits = String(nanoseconds).padStart(9, "0").slice(0, fraction);
  return date.replace(/\.\d+Z$/, fraction === 0 ? "Z" : `.${digits}Z`);
}

/** Scalars and well-known types. */
const DECODERS: Readonly<Record<string, (value: WireValue) => JsonValue>> = {
  string: text,
  int: number,
  bool: (value) => number(value) !== 0,
  bytes: (value) => {
    if (typeof value === "bigint") throw new ProtobufError("Expected bytes");
    return value.toBase64();
  },
  time: (value) => timeText(value, 0),
  microtime: (value) => timeText(value, 6),
  quantity: (value) => text(fieldsOf(value).get(1) ?? new Uint8Array()),
  intorstring: (value) => {
    const fields = fieldsOf(value);
    return number(fields.get(1) ?? 0n) === 0
      ? number(fields.get(2) ?? 0n)
      : text(fields.get(3) ?? new Uint8Array());
  },
  json: (value) => JSON.parse(text(fieldsOf(value).get(1) ?? utf8Null)),
  strings: (value) => {
    if (typeof value === "bigint") throw new ProtobufError("Expected bytes");
    return [...readFields(value)].map(([, item]) => text(item));
  },
};

const utf8Null = new TextEncoder().encode("null");

/** A field's type, taken apart. */
interface FieldType {
  readonly container: "" | "[]" | "{}";
  readonly base: string;
  readonly mark: "" | "?" | "!";
}

function parseType(type: string): FieldType {
  const groups = /^(?<container>\[\]|\{\})?(?<base>[^?!]+)(?<mark>[?!])?/.exec(
    type,
  )?.groups ?? {};
  const { container, base = "", mark } = groups;
  return {
    container: container === "[]" || container === "{}" ? container : "",
    base,
    mark: mark === "?" || mark === "!" ? mark : "",
  };
}

/** Whether Go leaves the value out of JSON where it is not wanted as such. */
function isZero(value: JsonValue): boolean {
  return value === null || value === "" || value === 0 || value === false;
}

/**
 * The message as JSON. Fields that the schema does not have are left out, as
 * a server of that version does it.
 *
 * @throws {ProtobufError} Where the bytes are no such message.
 */
export function decodeMessage(
  schema: ProtobufSchema,
  message: string,
  bytes: Uint8Array<ArrayBuffer>,
): JsonObject {
  const fields = schema[message];
  if (fields === undefined) throw new ProtobufError(`Unknown ${message}`);
  const result = absentLists(fields);
  for (const [number, value] of readFields(bytes)) {
    const [name = "", type = ""] = fields[number]?.split(" ") ?? [];
    if (type === "") continue;
    const { container, base, mark } = parseType(type);
    if (container === "{}") {
      Object.assign(ensureObject(result, name), mapEntry(schema, base, value));
      continue;
    }
    const decoded = decodeValue(schema, base, value);
    if (container === "[]") ensureList(result, name).push(decoded);
    else if (name === "" && isJsonObject(decoded)) {
      Object.assign(result, decoded);
    } else if (mark !== "" || !isZero(decoded)) result[name] = decoded;
  }
  return result;
}

/** Go writes null for lists and maps that are not there and that it does not leave out. */
function absentLists(fields: Readonly<Record<string, string>>): JsonObject {
  const names = Object.values(fields).map((field) => field.split(" "))
    .filter(([, type]) => type !== undefined && /^[[{].*!$/.test(type));
  return Object.fromEntries(names.map(([name = ""]) => [name, null]));
}

function decodeValue(
  schema: ProtobufSchema,
  base: string,
  value: WireValue,
): JsonValue {
  const decode = Object.hasOwn(DECODERS, base) ? DECODERS[base] : undefined;
  if (decode !== undefined) return decode(value);
  if (typeof value === "bigint") throw new ProtobufError("Expected a message");
  return decodeMessage(schema, base, value);
}

/** An entry of a map is a message with the key and the value. */
function mapEntry(
  schema: ProtobufSchema,
  base: string,
  entry: WireValue,
): JsonObject {
  const fields = fieldsOf(entry);
  const key = text(fields.get(1) ?? new Uint8Array());
  return {
    [key]: decodeValue(schema, base, fields.get(2) ?? new Uint8Array()),
  };
}

function ensureObject(result: JsonObject, name: string): JsonObject {
  const known = result[name];
  if (isJsonObject(known)) return known;
  const made: JsonObject = {};
  result[name] = made;
  return made;
}

function ensureList(result: JsonObject, name: string): JsonValue[] {
  const known = result[name];
  if (Array.isArray(known)) return known;
  const made: JsonValue[] = [];
  result[name] = made;
  return made;
}
