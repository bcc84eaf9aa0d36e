/**
 * Turns a draft into edits of the text it was drafted from.
 *
 * @module
 */

import { type Block, blockIndent, editBlock } from "./block_editor.ts";
import type { Draft, DraftMapping, DraftSequence } from "./draft.ts";
import { type EditPlan, planMapping, planSequence } from "./edit_plan.ts";
import { editFlow } from "./flow_editor.ts";
import type { Slot } from "./slot.ts";
import { isExpandable, replaceSlot } from "./slot_editor.ts";
import type { SourceMapping, SourceSequence } from "./source_tree.ts";
import type { Splice } from "./splice.ts";
import { localFormat, type TextFormat } from "./text_format.ts";

/** Collects the edits of one text. */
export class TextEditor {
  readonly text: string;
  readonly format: TextFormat;
  readonly #splices: Splice[] = [];

  constructor(text: string, format: TextFormat) {
    this.text = text;
    this.format = format;
  }

  /** The edits so far, to be made in this order where they meet. */
  get splices(): readonly Splice[] {
    return this.#splices;
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
    if (draft.type === "source" && draft.node === value) return;
    const isOfValue = draft.type !== "value" && draft.node === value;
    if (isOfValue && draft.type === "mapping" && value.type === "mapping") {
      this.#editMapping(slot, value, draft);
    } else if (
      isOfValue && draft.type === "sequence" && value.type === "sequence"
    ) {
      this.#editSequence(slot, value, draft);
    } else {
      replaceSlot(this, slot, draft);
    }
  }

  #editMapping(slot: Slot, node: SourceMapping, draft: DraftMapping): void {
    const plan = planMapping(node, draft);
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

  #editSequence(slot: Slot, node: SourceSequence, draft: DraftSequence): void {
    const plan = planSequence(node, draft);
    if (isExpandable(this.text, slot) || isRewritten(node, plan)) {
      return replaceSlot(this, slot, draft);
    }
    if (node.flow) return editFlow(this, node, plan);
    const indent = blockIndent(this.text, node.items.map((i) => i.start));
    const block: Block = {
      slot,
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
