import assert from "node:assert/strict";
import {
  decodeMessage,
  ProtobufError,
  type ProtobufSchema,
} from "../../../flavors/embedded_api/decode_message.ts";
import { decodeProtobufBody } from "../../../flavors/embedded_api/protobuf_body.ts";

const SCHEMA: ProtobufSchema = {
  Outer: {
    "1": "name string",
    "2": "count int",
    "3": "optional int?",
    "4": "kept int!",
    "5": "flag bool",
    "6": "data {}bytes",
    "7": "items []Inner",
    "8": " Inlined",
    "9": "time time",
    "10": "micro microtime",
    "11": "amount quantity",
    "12": "port intorstring",
    "13": "extra {}strings",
    "14": "raw json",
    "15": "inner Inner",
    "200": "far string",
  },
  Inner: { "1": "value string!" },
  Lists: { "1": "must []string!", "2": "may []string", "3": "map {}string!" },
  Inlined: { "1": "inlined string" },
};

function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

function int(field: number, value: number | bigint): number[] {
  return [...varint(field << 3), ...varint(value)];
}

function bytes(field: number, value: string | readonly number[]): number[] {
  const content = typeof value === "string"
    ? [...new TextEncoder().encode(value)]
    : value;
  return [...varint(field << 3 | 2), ...varint(content.length), ...content];
}

function decode(...fields: readonly (readonly number[])[]) {
  return decodeMessage(SCHEMA, "Outer", new Uint8Array(fields.flat()));
}

Deno.test("decodeMessage() reads each type as Kubernetes writes it in JSON", () => {
  const seconds = Date.parse("2026-01-02T03:04:05Z") / 1000;
  const time = [...int(1, seconds), ...int(2, 60_000)];
  const rows = [
    [bytes(1, "ä"), { name: "ä" }],
    [int(2, 300), { count: 300 }],
    [int(2, -1), { count: -1 }],
    [int(5, 1), { flag: true }],
    [bytes(6, [...bytes(1, "k"), ...bytes(2, "v")]), { data: { k: "dg==" } }],
    [bytes(7, bytes(1, "a")), { items: [{ value: "a" }] }],
    [bytes(8, bytes(1, "x")), { inlined: "x" }],
    [bytes(9, time), { time: "2026-01-02T03:04:05Z" }],
    [bytes(10, time), { micro: "2026-01-02T03:04:05.000060Z" }],
    [bytes(11, bytes(1, "100m")), { amount: "100m" }],
    [bytes(12, [...int(1, 0), ...int(2, 80)]), { port: 80 }],
    [bytes(12, [...int(1, 1), ...bytes(3, "http")]), { port: "http" }],
    [
      bytes(13, [...bytes(1, "k"), ...bytes(2, bytes(1, "v"))]),
      { extra: { k: ["v"] } },
    ],
    [bytes(14, bytes(1, '{"a":[1]}')), { raw: { a: [1] } }],
    [bytes(15, []), { inner: {} }],
    [bytes(200, "y"), { far: "y" }],
  ] as const;
  for (const [wire, expected] of rows) assert.deepEqual(decode(wire), expected);
});

Deno.test("decodeMessage() leaves out zeros that Go leaves out, and keeps the others", () => {
  const zeros = [bytes(1, ""), int(2, 0), int(5, 0), bytes(9, [])];
  assert.deepEqual(decode(...zeros), {});
  assert.deepEqual(decode(int(3, 0), int(4, 0)), { optional: 0, kept: 0 });
  assert.deepEqual(
    decodeMessage(SCHEMA, "Lists", new Uint8Array()),
    { must: null, map: null },
  );
});

Deno.test("decodeMessage() collects lists and maps, and skips what it does not know", () => {
  assert.deepEqual(
    decode(
      bytes(7, bytes(1, "a")),
      bytes(99, "unknown"),
      int(98, 5),
      [...varint(97 << 3 | 5), 1, 2, 3, 4],
      [...varint(96 << 3 | 1), 1, 2, 3, 4, 5, 6, 7, 8],
      bytes(7, bytes(1, "b")),
    ),
    { items: [{ value: "a" }, { value: "b" }] },
  );
});

Deno.test("decodeMessage() refuses a message that is cut off", () => {
  const whole = [...bytes(1, "name"), ...bytes(7, bytes(1, "a"))];
  assert.deepEqual(decode(whole), { name: "name", items: [{ value: "a" }] });
  for (const length of [1, 3, 7, 9, whole.length - 1]) {
    assert.throws(() => decode(whole.slice(0, length)), ProtobufError);
  }
  assert.throws(() => decode(Array(11).fill(0xff)), ProtobufError);
  assert.throws(() => decode(int(1, 5)), ProtobufError);
  assert.throws(() => decode(bytes(2, "x")), ProtobufError);
  assert.throws(() => decode([3]), ProtobufError);
});

Deno.test("decodeProtobufBody() opens the envelope", () => {
  const typeMeta = [...bytes(1, "v1"), ...bytes(2, "ConfigMap")];
  const entry = [...bytes(1, "key"), ...bytes(2, "value")];
  const object = [...bytes(1, bytes(1, "name")), ...bytes(2, entry)];
  const envelope = [...bytes(1, typeMeta), ...bytes(2, object)];
  const magic = [..."k8s\0"].map((character) => character.charCodeAt(0));
  assert.deepEqual(
    decodeProtobufBody(new Uint8Array([...magic, ...envelope])),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "name" },
      data: { key: "value" },
    },
  );
  for (
    const body of [envelope, magic, [...magic, ...bytes(1, bytes(2, "X"))]]
  ) {
    assert.throws(
      () => decodeProtobufBody(new Uint8Array(body)),
      ProtobufError,
    );
  }
});
