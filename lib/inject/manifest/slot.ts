/**
 * The places in a text where a value stands.
 *
 * @module
 */

import type { SourceNode } from "./source_tree.ts";

/** A place that holds a value: after a key's colon, after a dash, or the whole document. */
export interface Slot {
  readonly value: SourceNode;
  readonly role: "root" | "entry" | "item";
  /** One past the `:` or `-`; where an empty value would be written. */
  readonly headEnd: number;
  /** The column of the map or list that the slot is in; -1 for the root. */
  readonly indent: number;
  /** Whether it stands within `[]` or `{}`. */
  readonly inFlow: boolean;
}
