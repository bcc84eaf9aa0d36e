/**
 * Typed reading of open Kubernetes objects: a field of the wrong type is an
 * error that names the field in the notation of Kubernetes' own messages.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";

/** The field below `field`: `spec` and `containers` give `spec.containers`. */
export function childField(field: string, key: string): string {
  const plain = /^[A-Za-z0-9_-]+$/.test(key);
  if (!plain) return `${field}[${JSON.stringify(key)}]`;
  return field === "" ? key : `${field}.${key}`;
}

/** What a JSON value is, in a sentence: `a list`, `a string`, `nothing`. */
export function describeValue(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object"
    ? "an object"
    : typeof value === "boolean"
    ? `the boolean ${value}`
    : typeof value === "number"
    ? `the number ${value}`
    : "a string";
}

/** The error for a field that holds something of the wrong type. */
export function wrongType(
  field: string,
  expected: string,
  value: JsonValue | undefined,
): McaError {
  const quoted = expected === "a string" &&
    (typeof value === "boolean" || typeof value === "number");
  return new McaError(
    "manifest",
    `Expected ${expected}, found ${describeValue(value)}`,
    {
      place: field === "" ? {} : { field },
      hint: quoted
        ? `Put the value in quotes: "${value}".`
        : `Write it as ${expected}.`,
    },
  );
}

/** The object at `key`; undefined where there is none or `null`. */
export function readObject(
  parent: JsonObject,
  key: string,
  field: string,
): JsonObject | undefined {
  const value = parent[key];
  if (value === undefined || value === null) return undefined;
  if (isJsonObject(value)) return value;
  throw wrongType(childField(field, key), "an object", value);
}

/** The list at `key`; undefined where there is none or `null`. */
export function readList(
  parent: JsonObject,
  key: string,
  field: string,
): JsonValue[] | undefined {
  const value = parent[key];
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value;
  throw wrongType(childField(field, key), "a list", value);
}

/** The list of objects at `key`; empty where there is none or `null`. */
export function readObjects(
  parent: JsonObject,
  key: string,
  field: string,
): JsonObject[] {
  const list = readList(parent, key, field);
  if (list === undefined) return [];
  return list.map((item, index) => {
    if (isJsonObject(item)) return item;
    throw wrongType(`${childField(field, key)}[${index}]`, "an object", item);
  });
}

/** The string at `key`; undefined where there is none or `null`. */
export function readString(
  parent: JsonObject,
  key: string,
  field: string,
): string | undefined {
  const value = parent[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  throw wrongType(childField(field, key), "a string", value);
}

/** The string at `key`, which has to be there and not empty. */
export function readName(
  parent: JsonObject,
  key: string,
  field: string,
): string {
  const value = readString(parent, key, field);
  if (value !== undefined && value !== "") return value;
  throw new McaError("manifest", `Expected a ${key}, found nothing`, {
    place: { field: childField(field, key) },
    hint: `Give ${field} a ${key}.`,
  });
}

/** The boolean at `key`; undefined where there is none or `null`. */
export function readBoolean(
  parent: JsonObject,
  key: string,
  field: string,
): boolean | undefined {
  const value = parent[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "boolean") return value;
  throw wrongType(childField(field, key), "true or false", value);
}

/** The number at `key`; undefined where there is none or `null`. */
export function readNumber(
  parent: JsonObject,
  key: string,
  field: string,
): number | undefined {
  const value = parent[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number") return value;
  throw wrongType(childField(field, key), "a number", value);
}
