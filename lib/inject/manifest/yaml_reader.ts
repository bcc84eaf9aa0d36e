/**
 * Reads a YAML document into its source tree, as kubectl reads it.
 *
 * @module
 */

import type { CST } from "yaml";
import type { McaError } from "../../errors.ts";
import { readingError } from "./reading_error.ts";
import { resolveKey } from "./scalar_resolution.ts";
import type { SourceDocument } from "./source_document.ts";
import type {
  SourceEntry,
  SourceItem,
  SourceMapping,
  SourceNode,
} from "./source_tree.ts";
import { type Lead, readLead } from "./yaml_lead.ts";
import { YamlScalarReader } from "./yaml_scalar_reader.ts";
import { parseYaml, TEMPLATE_HINT, type YamlSyntax } from "./yaml_syntax.ts";

/**
 * The tree of a YAML document; undefined where nothing but comments is written.
 *
 * @throws {McaError} `manifest`: the text is not YAML, or kubectl would not
 *   take it: a key twice in one map, a key that is no scalar, an unknown alias
 *
 * @example
 * ```ts
 * import { readYaml } from "./yaml_reader.ts";
 *
 * const root = readYaml({ text: "on: [1]\n", index: 1, startLine: 1 });
 * if (root?.type === "mapping") console.log(root.entries[0]?.key); // true
 * ```
 */
export function readYaml(source: SourceDocument): SourceNode | undefined {
  const syntax = parseYaml(source);
  if (syntax === undefined) return undefined;
  const lead = readLead(syntax.token.start, syntax.token.offset);
  const { value } = syntax.token;
  if (value === undefined && lead.anchor === undefined && !lead.tag) {
    return undefined;
  }
  return new YamlReader(source, syntax).read(value, lead);
}

class YamlReader {
  readonly #source: SourceDocument;
  readonly #scalars: YamlScalarReader;
  readonly #tagName: (tag: string) => string;
  /** For each anchor the last node that starts with it; its lead until it is read to its end. */
  readonly #anchors = new Map<string, SourceNode | Lead>();

  constructor(source: SourceDocument, syntax: YamlSyntax) {
    this.#source = source;
    this.#scalars = new YamlScalarReader(source, syntax);
    this.#tagName = syntax.tagName;
  }

  #readValue(token: CST.Token | null | undefined, lead: Lead): SourceNode {
    const node = this.read(token, lead);
    if (
      node.type === "scalar" && typeof node.value === "number" &&
      !Number.isFinite(node.value)
    ) {
      throw this.#error(
        node.start,
        "JSON has no infinity and no NaN, so kubectl refuses them",
        "Put the value in quotes to mean a string.",
      );
    }
    return node;
  }

  read(token: CST.Token | null | undefined, lead: Lead): SourceNode {
    const { anchor } = lead;
    if (anchor === undefined) return this.#readBare(token, lead);
    this.#anchors.set(anchor, lead);
    const node = { ...this.#readBare(token, lead), anchor };
    if (this.#anchors.get(anchor) === lead) this.#anchors.set(anchor, node);
    return node;
  }

  #readBare(token: CST.Token | null | undefined, lead: Lead): SourceNode {
    if (token === undefined || token === null) {
      return this.#scalars.readEmpty(lead);
    }
    switch (token.type) {
      case "block-map":
        return this.#readMapping(token.items, token.offset, undefined, lead);
      case "block-seq":
        return this.#readSequence(token, lead);
      case "flow-collection":
        return this.#readFlow(token, lead);
      case "alias":
        return this.#readAlias(token);
      case "scalar":
      case "single-quoted-scalar":
      case "double-quoted-scalar":
        return this.#scalars.readFlowScalar(token, lead);
      case "block-scalar":
        return this.#scalars.readBlockScalar(token, lead);
      default:
        return this.#scalars.readEmpty(lead);
    }
  }

  #readAlias(token: CST.FlowScalar): SourceNode {
    const name = token.source.slice(1);
    const target = this.#anchors.get(name);
    if (target !== undefined && !("type" in target)) {
      throw this.#error(
        token.offset,
        `The anchor ${name} contains an alias of itself`,
        "Write the value out at one of the two places.",
      );
    }
    if (target === undefined) {
      throw this.#error(
        token.offset,
        `There is no anchor ${name} before this alias`,
        `Define it with &${name}, or put the value in quotes if it is a string.`,
      );
    }
    return {
      type: "alias",
      name,
      target,
      start: token.offset,
      bodyStart: token.offset,
      end: token.offset + token.source.length,
    };
  }

  #readSequence(token: CST.BlockSequence, lead: Lead): SourceNode {
    const items: SourceItem[] = [];
    for (const item of token.items) {
      const dash = item.start.find((each) => each.type === "seq-item-ind");
      if (dash === undefined) continue;
      const itemLead = readLead(item.start, dash.offset + 1);
      items.push({
        start: dash.offset,
        value: this.#readValue(item.value, itemLead),
      });
    }
    const bodyStart = items[0]?.start ?? token.offset;
    return {
      type: "sequence",
      flow: false,
      items,
      start: lead.start ?? bodyStart,
      bodyStart,
      end: items.at(-1)?.value.end ?? bodyStart,
    };
  }

  #readFlow(token: CST.FlowCollection, lead: Lead): SourceNode {
    const [close] = token.end;
    const end = close === undefined
      ? token.offset + 1
      : close.offset + close.source.length;
    if (token.start.source === "{") {
      return this.#readMapping(token.items, token.offset, end, lead);
    }
    const items: SourceItem[] = [];
    for (const item of token.items) {
      const value = this.#readFlowItem(item, token.offset);
      if (value !== undefined) items.push({ start: value.start, value });
    }
    return {
      type: "sequence",
      flow: true,
      items,
      start: lead.start ?? token.offset,
      bodyStart: token.offset,
      end,
    };
  }

  #readFlowItem(
    item: CST.CollectionItem,
    offset: number,
  ): SourceNode | undefined {
    if (item.sep !== undefined || hasExplicitKey(item)) {
      const lead: Lead = {
        anchor: undefined,
        tag: undefined,
        start: undefined,
        end: offset,
      };
      const pair = this.#readMapping([item], offset, undefined, lead);
      return { ...pair, flow: true, bare: true };
    }
    const lead = readLead(item.start, offset);
    if (item.value === undefined && lead.start === undefined) return undefined;
    return this.#readValue(item.value, lead);
  }

  /** @param flowEnd the end of a flow map; undefined for a block map */
  #readMapping(
    tokens: readonly CST.CollectionItem[],
    offset: number,
    flowEnd: number | undefined,
    lead: Lead,
  ): SourceMapping {
    const entries: SourceEntry[] = [];
    const keys = new Set<string>();
    for (const token of tokens) {
      const entry = this.#readEntry(token, offset);
      if (entry === undefined) continue;
      if (!entry.merge && keys.has(entry.key)) {
        throw this.#error(
          entry.start,
          `The key ${JSON.stringify(entry.key)} stands twice in one map`,
          "Remove one of the two.",
        );
      }
      if (!entry.merge) keys.add(entry.key);
      entries.push(entry);
    }
    const bodyStart = flowEnd === undefined
      ? entries[0]?.start ?? offset
      : offset;
    return {
      type: "mapping",
      flow: flowEnd !== undefined,
      entries,
      start: lead.start ?? bodyStart,
      bodyStart,
      end: flowEnd ?? entries.at(-1)?.value.end ?? bodyStart,
    };
  }

  #readEntry(
    token: CST.CollectionItem,
    offset: number,
  ): SourceEntry | undefined {
    const { key, sep, value } = token;
    const lead = readLead(token.start, offset);
    const isExplicit = hasExplicitKey(token);
    const hasKey = key !== undefined && key !== null;
    if (!hasKey && sep === undefined && !isExplicit && !lead.start) {
      return undefined;
    }
    const colon = sep?.find((each) => each.type === "map-value-ind");
    const emptyKeyAt = colon?.offset ?? lead.end;
    const keyNode = this.read(
      key,
      hasKey || lead.start !== undefined ? lead : { ...lead, end: emptyKeyAt },
    );
    const isMerge = this.#isMerge(keyNode, key, lead);
    const text = isMerge ? "<<" : this.#keyText(keyNode);
    const colonEnd = colon === undefined ? keyNode.end : colon.offset + 1;
    const node = this.#readValue(value, readLead(sep ?? [], colonEnd));
    if (isMerge) this.#checkMerge(node);
    const explicit = token.start.find((each) =>
      each.type === "explicit-key-ind"
    );
    return {
      start: explicit?.offset ?? keyNode.start,
      key: text,
      colonEnd,
      value: node,
      merge: isMerge,
    };
  }

  #isMerge(
    node: SourceNode,
    key: CST.Token | null | undefined,
    lead: Lead,
  ): boolean {
    if (node.type !== "scalar" || node.value !== "<<") return false;
    return lead.tag === undefined
      ? key?.type === "scalar"
      : this.#tagName(lead.tag) === "tag:yaml.org,2002:merge";
  }

  #keyText(node: SourceNode): string {
    const scalar = node.type === "alias" ? node.target : node;
    const key = scalar.type === "scalar" ? resolveKey(scalar) : undefined;
    if (key !== undefined) return key;
    const what = scalar.type === "scalar" ? "null" : `a ${scalar.type}`;
    const isTemplate = this.#source.text.startsWith("{{", node.start - 1);
    throw this.#error(
      node.start,
      `A map has ${what} as a key`,
      isTemplate
        ? TEMPLATE_HINT
        : "Write each key as a string, in quotes if need be.",
    );
  }

  /** A merge takes a map or a list of maps (https://yaml.org/type/merge.html). */
  #checkMerge(node: SourceNode): void {
    const sources = node.type === "sequence"
      ? node.items.map((item) => item.value)
      : [node];
    for (const source of sources) {
      const target = source.type === "alias" ? source.target : source;
      if (target.type === "mapping") continue;
      throw this.#error(
        source.start,
        "A merge key (<<) takes a map or a list of maps",
        "Let the alias name the anchor of a map.",
      );
    }
  }

  #error(offset: number, message: string, hint: string): McaError {
    return readingError(this.#source, offset, message, hint);
  }
}

function hasExplicitKey(item: CST.CollectionItem): boolean {
  return item.start.some((token) => token.type === "explicit-key-ind");
}
