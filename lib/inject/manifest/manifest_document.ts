/**
 * A manifest document that has been read: its value as kubectl reads it, and
 * what is needed to find and edit each part of its text.
 *
 * @module
 */

import type { JsonValue } from "../../kube/json.ts";
import type { SourceDocument, SourcePosition } from "./source_document.ts";
import type { SourceNode } from "./source_tree.ts";

/** A document that has been read. */
export interface ManifestDocument {
  /** The text it was read from. */
  readonly source: SourceDocument;
  /** The notation it is written in; edits stay in it. */
  readonly kind: "yaml" | "json";
  /**
   * The value, with aliases and merge keys resolved into copies of their own;
   * undefined for a document that holds nothing but comments, or null.
   */
  readonly value: JsonValue | undefined;
  /** The root of the text's structure; undefined where nothing is written. */
  readonly root: SourceNode | undefined;
  /**
   * Where the value at a JSON Pointer (RFC 6901) is written in the file: a
   * member at its key, a list's item at its first character. For a pointer
   * that leads nowhere, the nearest value above it.
   */
  locate(pointer: string): SourcePosition;
}
