/** What a client program has seen, as the lines of JSON that it prints. */

import { isJsonObject, type JsonObject } from "../../../lib/kube/json.ts";

/** The lines, in their order. */
export function transcript(text: string): readonly JsonObject[] {
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const value: unknown = JSON.parse(line);
    if (!isJsonObject(value)) throw new Error(`No object: ${line}`);
    return value;
  });
}

/** Those of some events, in their order. */
export function eventsOf(
  lines: readonly JsonObject[],
  ...events: readonly string[]
): readonly JsonObject[] {
  return lines.filter(({ event }) => events.includes(String(event)));
}

/**
 * Header fields that may differ between two runs, in lower case: when the
 * answer was made, and the name that it has in the audit log.
 */
export const VARYING_HEADERS: ReadonlySet<string> = new Set([
  "audit-id",
  "date",
]);

/** The header fields of a line without those that vary; names in lower case. */
export function steadyHeaders(headers: unknown): JsonObject {
  if (!isJsonObject(headers)) return {};
  return Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => !VARYING_HEADERS.has(name))
      .toSorted(([one], [other]) => one < other ? -1 : 1),
  );
}

/** The answers that a client got, without what varies. */
export function answers(lines: readonly JsonObject[]): readonly JsonObject[] {
  return eventsOf(lines, "response", "failure").map((line) => ({
    ...line,
    headers: steadyHeaders(line["headers"]),
  }));
}

/** What was seen of which object, as in `add one`. */
export function namedEvents(
  lines: readonly JsonObject[],
): readonly string[] {
  return lines.map(({ event, type, object }) => {
    const kind = String(event === "change" ? type : event).toLowerCase();
    return `${KINDS[kind] ?? kind} ${textAt(object, "metadata", "name")}`;
  });
}

/** A watch's words, and an informer's for the same. */
const KINDS: Readonly<Record<string, string>> = {
  added: "add",
  modified: "update",
  deleted: "delete",
};

function textAt(value: unknown, ...path: readonly string[]): string {
  const found = path.reduce<unknown>(
    (at, name) => isJsonObject(at) ? at[name] : undefined,
    value,
  );
  return String(found);
}
