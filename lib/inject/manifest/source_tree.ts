/**
 * The structure of a document's text: which characters are which value.
 *
 * Both readers, for YAML and for JSON, give this tree; everything that edits
 * works on it and on the text, and knows neither reader.
 *
 * @module
 */

import type { ResolvedScalar } from "./scalar_resolution.ts";

/** What every node has. Offsets are UTF-16 code units into the document's text. */
interface NodeExtent {
  /** The first character, properties (anchor, tag) included. */
  readonly start: number;
  /**
   * One past the last character of content: no trailing comment, no line end.
   * For a block scalar that keeps its line ends, before the last of them.
   */
  readonly end: number;
  /** The first character after the properties. */
  readonly bodyStart: number;
  /** The anchor's name, without `&`. */
  readonly anchor?: string;
}

/** How a scalar is written. */
export type ScalarStyle = "plain" | "single" | "double" | "block";

/** A scalar: string, number, boolean or null. */
export interface SourceScalar extends NodeExtent, ResolvedScalar {
  readonly type: "scalar";
  readonly style: ScalarStyle;
  /** Whether it carries a tag. */
  readonly tagged: boolean;
  /** A block scalar that the text's end cuts off before its line end. */
  readonly unterminated?: true;
}

/** A list. */
export interface SourceSequence extends NodeExtent {
  readonly type: "sequence";
  readonly flow: boolean;
  readonly items: readonly SourceItem[];
}

/** An item of a list. */
export interface SourceItem {
  /** The `-` of a block list; else the value's start. */
  readonly start: number;
  readonly value: SourceNode;
}

/** A map. */
export interface SourceMapping extends NodeExtent {
  readonly type: "mapping";
  readonly flow: boolean;
  /** In the order written; merge keys included. */
  readonly entries: readonly SourceEntry[];
  /** A pair without braces in a flow list, `[a: b]`. */
  readonly bare?: true;
}

/** An entry of a map. */
export interface SourceEntry {
  /** The key or its `?`, properties included. */
  readonly start: number;
  /** The key as a string, as kubectl reads it. */
  readonly key: string;
  /** One past the `:`; the end of the key where there is none. */
  readonly colonEnd: number;
  readonly value: SourceNode;
  /** A merge key, `<<`. */
  readonly merge: boolean;
}

/** An alias, `*name`. */
export interface SourceAlias extends NodeExtent {
  readonly type: "alias";
  readonly name: string;
  readonly target: SourceNode;
}

/** A node of a document's text. */
export type SourceNode =
  | SourceScalar
  | SourceSequence
  | SourceMapping
  | SourceAlias;
