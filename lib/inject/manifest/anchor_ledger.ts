/**
 * What anchors stand for while a text is edited from its start to its end.
 *
 * @module
 */

import type { Draft } from "./draft.ts";
import type { SourceAlias, SourceNode } from "./source_tree.ts";

/** The anchors of a document that has aliases. */
export class AnchorLedger {
  readonly #current = new Map<string, Draft>();
  #started = 0;
  /** For each anchor: which node started with it last. */
  readonly #owners = new Map<string, number>();
  /** For each anchored node that aliases repeat: the last of them. */
  readonly #last: ReadonlyMap<SourceNode, SourceAlias>;

  private constructor(last: ReadonlyMap<SourceNode, SourceAlias>) {
    this.#last = last;
  }

  /** The ledger of a document; undefined where it has no aliases. */
  static of(root: SourceNode): AnchorLedger | undefined {
    const last = new Map<SourceNode, SourceAlias>();
    collectAliases(root, last);
    return last.size === 0 ? undefined : new AnchorLedger(last);
  }

  /**
   * Records a node with an anchor around the edit of what is in it. The anchor
   * stands for the node that starts with it last (YAML 1.2, section 7.1), so one
   * within the node counts more than the node's own.
   */
  define(anchor: string | undefined, value: Draft, edit: () => void): void {
    if (anchor === undefined) return edit();
    const started = ++this.#started;
    this.#owners.set(anchor, started);
    edit();
    if (this.#owners.get(anchor) === started) this.#current.set(anchor, value);
  }

  /** What an alias stands for where the text has come to; undefined for nothing. */
  read(alias: SourceAlias): Draft | undefined {
    return this.#current.get(alias.name);
  }

  /** Whether more aliases of the same node follow, to which this one may hand on the value. */
  isHeir(alias: SourceAlias): boolean {
    return this.#last.get(alias.target) !== alias;
  }
}

function collectAliases(
  node: SourceNode,
  last: Map<SourceNode, SourceAlias>,
): void {
  if (node.type === "alias") last.set(node.target, node);
  else if (node.type === "mapping" || node.type === "sequence") {
    const children = node.type === "mapping" ? node.entries : node.items;
    for (const { value } of children) collectAliases(value, last);
  }
}
