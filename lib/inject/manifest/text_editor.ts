/**
 * Turns a draft into edits of the text it was drafted from.
 *
 * @module
 */

import { type Block, blockIndent, editBlock } from "./block_editor.ts";
import { AnchorLedger } from "./anchor_ledger.ts";
import { isSameAsNode, isSameDraft } from "./draft_equality.ts";
import {
  type Draft,
  type DraftMapping,
  type DraftSequence,
  openDraft,
} from "./draft.ts";
import { type EditPlan, planMapping, planSequence } from "./edit_plan.ts";
import { editFlow } from "./flow_editor.ts";
import type { Slot } from "./slot.ts";
import { isExpandable, replaceSlot } from "./slot_editor.ts";
import type {
  SourceAlias,
  SourceMapping,
  SourceNode,
  SourceSequence,
} from "./source_tree.ts";
import type { Splice } from "./splice.ts";
import { localFormat, type TextFormat } from "./text_format.ts";

/** Collects the edits of one text. */
export class TextEditor {
  readonly text: string;
  readonly format: TextFormat;
  readonly #splices: Splice[] = [];
  readonly #claimed = new Set<SourceNode>();
  #needsLineEnd = false;
  readonly #anchors: AnchorLedger | undefined;

  constructor(text: string, format: TextFormat, root: SourceNode) {
    this.text = text;
    this.format = format;
    this.#anchors = text.includes("*") ? AnchorLedger.of(root) : undefined;
  }

  /** The edits so far, to be made in this order where they meet. */
  get splices(): readonly Splice[] {
    const end = this.text.length;
    const isContinued = this.#splices.some(({ start, text }) =>
      start === end && text !== ""
    );
    return this.#needsLineEnd && !isContinued
      ? [...this.#splices, { start: end, end, text: this.format.newline }]
      : this.#splices;
  }

  /** Whether this is the first asking for a node: for edits that several levels ask for. */
  claim(node: SourceNode): boolean {
    if (this.#claimed.has(node)) return false;
    this.#claimed.add(node);
    return true;
  }

  /** Has the new text end in a line end. */
  endText(): void {
    this.#needsLineEnd = true;
  }

  insert(at: number, text: string): void {
    this.#splices.push({ start: at, end: at, text });
  }

  remove(start: number, end: number): void {
    this.#splices.push({ start, end, text: "" });
  }

  replace(start: number, end: number, text: string): void {
    this.#splices.push({ start, end, text });
  }

  /** Makes the value in a slot that of the draft. */
  edit(slot: Slot, draft: Draft): void {
    const { value } = slot;
    const edit = (): void => this.#editWritten(slot, draft);
    if (value.type === "alias") this.#editAlias(slot, value, draft);
    else if (this.#anchors === undefined) edit();
    else this.#anchors.define(value.anchor, draft, edit);
  }

  /** An alias stays where it stands for what it should; else the value is written out. */
  #editAlias(slot: Slot, alias: SourceAlias, draft: Draft): void {
    const reading = this.#anchors?.read(alias);
    if (reading !== undefined && isSameDraft(reading, draft)) return;
    const inherits = this.#anchors?.isHeir(alias) === true &&
      isSameAsNode(draft, alias.target);
    const anchor = inherits ? alias.name : undefined;
    const write = (): void => replaceSlot(this, slot, draft, anchor);
    if (this.#anchors === undefined) write();
    else this.#anchors.define(anchor, draft, write);
  }

  #editWritten(slot: Slot, draft: Draft): void {
    const { value } = slot;
    const isUntouched = draft.type === "source" && draft.node === value;
    // Where no anchor's value changes, neither does what the aliases stand for.
    if (isUntouched && this.#anchors === undefined) return;
    const opened = isUntouched ? openDraft(draft) : draft;
    if (opened?.type === "mapping" && value === opened.node) {
      if (value.type === "mapping") this.#editMapping(slot, value, opened);
    } else if (opened?.type === "sequence" && value === opened.node) {
      if (value.type === "sequence") this.#editSequence(slot, value, opened);
    } else if (!isUntouched) {
      replaceSlot(this, slot, draft);
    }
  }

  #editMapping(slot: Slot, node: SourceMapping, draft: DraftMapping): void {
    const plan = this.#planMapping(node, draft);
    const isResized = plan?.kept.includes(undefined) === true ||
      plan?.inserted.some((added) => added.length > 0) === true;
    if (
      plan === undefined || isExpandable(this.text, slot) ||
      (node.bare === true && isResized) || isRewritten(node, plan)
    ) {
      return replaceSlot(this, slot, draft);
    }
    if (node.flow) return editFlow(this, node, plan);
    const indent = blockIndent(this.text, node.entries.map((e) => e.start));
    const block: Block = {
      slot,
      indent,
      ordered: false,
      format: localFormat(this.text, node, this.format.block),
      elements: node.entries.map(({ start, colonEnd, value }) => ({
        start,
        slot: {
          value,
          role: "entry",
          headEnd: colonEnd,
          indent,
          inFlow: false,
        },
      })),
    };
    editBlock(this, block, plan);
  }

  /** The plan with merged aliases as they read by now; else with what they stood for. */
  #planMapping(
    node: SourceMapping,
    draft: DraftMapping,
  ): EditPlan | undefined {
    const plan = planMapping(
      node,
      draft,
      (alias) => this.#anchors?.read(alias),
    );
    const original = (alias: SourceAlias): Draft => ({
      type: "source",
      node: alias.target,
    });
    return plan ?? planMapping(node, draft, original);
  }

  #editSequence(slot: Slot, node: SourceSequence, draft: DraftSequence): void {
    const plan = planSequence(node, draft);
    if (isExpandable(this.text, slot) || isRewritten(node, plan)) {
      return replaceSlot(this, slot, draft);
    }
    if (node.flow) return editFlow(this, node, plan);
    const indent = blockIndent(this.text, node.items.map((i) => i.start));
    const block: Block = {
      slot,
      indent,
      ordered: true,
      format: this.format.block,
      elements: node.items.map(({ start, value }) => ({
        start,
        slot: {
          value,
          role: "item",
          headEnd: start + 1,
          indent,
          inFlow: false,
        },
      })),
    };
    editBlock(this, block, plan);
  }
}

/** Whether no element of those written stays; a flow list or map may stay behind empty. */
function isRewritten(
  node: SourceMapping | SourceSequence,
  plan: EditPlan,
): boolean {
  const stays = plan.kept.some((kept) => kept !== undefined);
  const grows = plan.inserted.some((added) => added.length > 0);
  return node.flow ? plan.kept.length > 0 && !stays && grows : !stays;
}
