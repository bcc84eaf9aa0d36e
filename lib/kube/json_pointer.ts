/**
 * JSON Pointer (RFC 6901).
 *
 * @module
 */

import { McaError } from "../errors.ts";

/** A reference token as it stands in a pointer (RFC 6901, section 3). */
export function escapeToken(token: string | number): string {
  return String(token).replaceAll("~", "~0").replaceAll("/", "~1");
}

/**
 * The pointer to the value at the path: `["metadata", "a/b", 0]` gives
 * `/metadata/a~1b/0`.
 */
export function formatPointer(path: readonly (string | number)[]): string {
  return path.map((token) => `/${escapeToken(token)}`).join("");
}

/**
 * The reference tokens of a pointer (RFC 6901, section 4).
 *
 * @throws {McaError} `manifest` where the text is not a pointer.
 */
export function parsePointer(pointer: string): string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/") || /~(?![01])/.test(pointer)) {
    throw new McaError("manifest", `Not a JSON Pointer: ${pointer}`, {
      hint: "A pointer is empty or begins with a slash; ~ is written ~0.",
    });
  }
  return pointer.slice(1).split("/").map((token) =>
    token.replaceAll("~1", "/").replaceAll("~0", "~")
  );
}
