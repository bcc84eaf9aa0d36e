/**
 * The kinds of values that settings take: how each is read from text (flags,
 * environment, annotations) and from JSON (the config file), and its JSON Schema.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import { parseQuantity, QUANTITY_PATTERN } from "./quantity.ts";

/** A kind of value. */
export interface SettingType<T> {
  /** What stands for the value in help texts: `NUMBER`. */
  readonly placeholder: string;
  /** What is expected, for errors: `a number from 1 to 65535`. */
  readonly expected: string;
  /** The words that it may be, where it is one of a few. */
  readonly words?: readonly string[];
  /** JSON Schema 2020-12 of the value in a config file. */
  readonly schema: JsonObject;
  /** Reads a value written as text; undefined where it is not one. */
  parse(text: string): T | undefined;
  /** Reads a value of the config file; undefined where it is not one. */
  read(value: JsonValue): T | undefined;
}

/** The word that leaves an optional field out. */
export const NONE = "none";

/** A text that is not empty and has no white space around it. */
export function textType(
  placeholder: string,
  expected: string,
): SettingType<string> {
  const parse = (text: string) =>
    text !== "" && text.trim() === text && !/[\s\p{Cc}]/u.test(text)
      ? text
      : undefined;
  return {
    placeholder,
    expected,
    schema: { type: "string", pattern: "^\\S+$" },
    parse,
    read: (value) => typeof value === "string" ? parse(value) : undefined,
  };
}

/** One of several words. */
export function wordType<const Word extends string>(
  words: readonly Word[],
): SettingType<Word> {
  const parse = (text: string) => words.find((word) => word === text);
  return {
    placeholder: words.join("|"),
    expected: words.length === 2
      ? words.join(" or ")
      : `one of ${words.join(", ")}`,
    words,
    schema: { type: "string", enum: [...words] },
    parse,
    read: (value) => typeof value === "string" ? parse(value) : undefined,
  };
}

/** A whole number within bounds. */
export function integerType(
  minimum: number,
  maximum: number,
): SettingType<number> {
  const within = (value: number) =>
    Number.isInteger(value) && value >= minimum && value <= maximum
      ? value
      : undefined;
  return {
    placeholder: "NUMBER",
    expected: `a whole number from ${minimum} to ${maximum}`,
    schema: { type: "integer", minimum, maximum },
    parse: (text) => /^\d{1,15}$/.test(text) ? within(Number(text)) : undefined,
    read: (value) => typeof value === "number" ? within(value) : undefined,
  };
}

/** What another type takes, or the word `none`. */
export function orNone<T>(type: SettingType<T>): SettingType<T | typeof NONE> {
  return {
    placeholder: `${type.placeholder}|${NONE}`,
    expected: `${type.expected}, or ${NONE}`,
    words: [...type.words ?? [], NONE],
    schema: { anyOf: [type.schema, { const: NONE }] },
    parse: (text) => text === NONE ? NONE : type.parse(text),
    read: (value) => value === NONE ? NONE : type.read(value),
  };
}

/** A Kubernetes resource quantity above zero. */
export const quantityType: SettingType<string> = {
  placeholder: "QUANTITY",
  expected: "a quantity such as 100m or 64Mi",
  schema: {
    type: ["string", "number"],
    pattern: QUANTITY_PATTERN,
    exclusiveMinimum: 0,
  },
  parse: (text) => (parseQuantity(text) ?? 0) > 0 ? text : undefined,
  read: (value) =>
    typeof value === "string" || typeof value === "number"
      ? quantityType.parse(String(value))
      : undefined,
};

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string>>;

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

function readVariables(value: JsonValue): Variables | undefined {
  if (!isJsonObject(value)) return undefined;
  const variables: [string, string][] = [];
  for (const [name, text] of Object.entries(value)) {
    if (!VARIABLE_NAME.test(name) || typeof text !== "string") return undefined;
    variables.push([name, text]);
  }
  // Not by assignment: `__proto__` is a name like any other.
  return Object.fromEntries(variables);
}

function parseVariables(text: string): Variables | undefined {
  if (text.trimStart().startsWith("{")) {
    try {
      return readVariables(JSON.parse(text));
    } catch {
      return undefined;
    }
  }
  const variables: [string, string][] = [];
  for (const pair of text.split(/[,\n]/)) {
    const equals = pair.indexOf("=");
    const name = pair.slice(0, equals).trim();
    if (equals < 1 || !VARIABLE_NAME.test(name)) return undefined;
    variables.push([name, pair.slice(equals + 1)]);
  }
  return Object.fromEntries(variables);
}

/** Environment variables: `NAME=VALUE` pairs with commas or lines between, or a JSON object of strings. */
export const variablesType: SettingType<Variables> = {
  placeholder: "NAME=VALUE",
  expected: "NAME=VALUE pairs with commas between, or a JSON object of strings",
  schema: {
    type: "object",
    propertyNames: { pattern: VARIABLE_NAME.source },
    additionalProperties: { type: "string" },
  },
  parse: parseVariables,
  read: readVariables,
};
