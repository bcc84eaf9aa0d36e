/**
 * Objects in protobuf, as Kubernetes' clients send them: four bytes, and an
 * envelope that says of which kind the message in it is.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 * @module
 */

import type { JsonObject } from "../../lib/kube/json.ts";
import {
  decodeMessage,
  ProtobufError,
  type ProtobufSchema,
  readFields,
} from "./decode_message.ts";
import schemaJson from "./protobuf_schema.json" with { type: "json" };

const SCHEMA: ProtobufSchema = schemaJson;

/** `k8s` and a zero byte. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00] as const;

/** The messages around the object. */
const ENVELOPE: ProtobufSchema = {
  Unknown: { "1": "typeMeta TypeMeta", "2": "raw bytes" },
  TypeMeta: { "1": "apiVersion string", "2": "kind string" },
};

/** The message of a kind: packages are named by the first word of their group. */
function messageOf(apiVersion: string, kind: string): string {
  if (kind === "DeleteOptions") return "meta/v1.DeleteOptions";
  const [group = "", version] = apiVersion.split("/");
  return version === undefined
    ? `core/${group}.${kind}`
    : `${group.split(".")[0]}/${version}.${kind}`;
}

/**
 * The object in a protobuf body, as JSON.
 *
 * @throws {ProtobufError} Where it cannot be read.
 */
export function decodeProtobufBody(body: Uint8Array<ArrayBuffer>): JsonObject {
  if (!MAGIC.every((byte, index) => body[index] === byte)) {
    throw new ProtobufError("The body does not begin with k8s");
  }
  const envelope = body.slice(MAGIC.length);
  const { typeMeta } = decodeMessage(ENVELOPE, "Unknown", envelope);
  const { apiVersion, kind } = Object.assign(
    { apiVersion: "", kind: "" },
    typeMeta,
  );
  const raw = new Map(readFields(envelope)).get(2);
  const message = decodeMessage(
    SCHEMA,
    messageOf(apiVersion, kind),
    raw instanceof Uint8Array ? raw : new Uint8Array(),
  );
  return { apiVersion, kind, ...message };
}
