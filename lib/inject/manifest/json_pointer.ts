/**
 * JSON Pointers (RFC 6901).
 *
 * @module
 */

/**
 * The reference tokens of a pointer.
 *
 * @throws {TypeError} the pointer is not empty and does not start with `/`
 *
 * @example
 * ```ts
 * import { pointerTokens } from "./json_pointer.ts";
 *
 * console.log(pointerTokens("/metadata/annotations/mca.k8s.io~1status"));
 * // [ "metadata", "annotations", "mca.k8s.io/status" ]
 * ```
 */
export function pointerTokens(pointer: string): string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) {
    throw new TypeError(`Not a JSON Pointer: ${pointer}`);
  }
  return pointer.slice(1).split("/").map((token) =>
    token.replaceAll("~1", "/").replaceAll("~0", "~")
  );
}
