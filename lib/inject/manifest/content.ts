/**
 * One level of a value, whether it is written in a text or new.
 *
 * @module
 */

import { isJsonObject, type JsonValue } from "../../kube/json.ts";
import type { Draft } from "./draft.ts";
import type { SourceNode } from "./source_tree.ts";
import { effectiveEntries } from "./source_value.ts";

/** A scalar, or the drafts in a list or map. */
export type Content =
  | {
    readonly type: "scalar";
    readonly value: string | number | boolean | null;
    /** The digits of an integer that a JavaScript number cannot hold exactly. */
    readonly digits?: string;
  }
  | { readonly type: "sequence"; readonly items: readonly Draft[] }
  | { readonly type: "mapping"; readonly entries: ReadonlyMap<string, Draft> };

/** The content of a draft. */
export function draftContent(draft: Draft): Content {
  switch (draft.type) {
    case "source":
      return nodeContent(draft.node);
    case "value":
      return valueContent(draft.value);
    default:
      return draft;
  }
}

/** The content of a node, aliases and merge keys resolved. */
export function nodeContent(node: SourceNode): Content {
  switch (node.type) {
    case "alias":
      return nodeContent(node.target);
    case "scalar":
      return node;
    case "sequence":
      return {
        type: "sequence",
        items: node.items.map(({ value }) => ({ type: "source", node: value })),
      };
    case "mapping": {
      const entries = new Map<string, Draft>();
      for (const [key, { value }] of effectiveEntries(node)) {
        entries.set(key, { type: "source", node: value });
      }
      return { type: "mapping", entries };
    }
  }
}

function valueContent(value: JsonValue): Content {
  if (Array.isArray(value)) {
    const items = value.map((item): Draft => ({ type: "value", value: item }));
    return { type: "sequence", items };
  }
  if (!isJsonObject(value)) return { type: "scalar", value };
  const entries = new Map<string, Draft>();
  for (const [key, member] of Object.entries(value)) {
    entries.set(key, { type: "value", value: member });
  }
  return { type: "mapping", entries };
}
