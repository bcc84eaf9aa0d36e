/**
 * Applies a JSON Patch to the text of a manifest document.
 *
 * @module
 */

import type { JsonPatch } from "../../kube/json_patch.ts";
import { applyToTree } from "./draft.ts";
import { isSameAsNode } from "./draft_equality.ts";
import { type ManifestDocument, parseDocument } from "./manifest_document.ts";
import type { Slot } from "./slot.ts";
import type { SourceNode } from "./source_tree.ts";
import { applySplices } from "./splice.ts";
import { TextEditor } from "./text_editor.ts";
import { detectFormat } from "./text_format.ts";

/**
 * The document's text with a patch applied (RFC 6902: add, replace, remove,
 * test) and all else kept character for character: comments, order, quotes,
 * anchors, blank lines, line ends, a missing last newline.
 *
 * New entries go behind the others of their map, in the manner of their
 * neighbours; a comment stays with what it stands in front of. The text is read
 * again before it is given out, and has to have the patched value.
 *
 * @throws {McaError} `manifest` where an operation does not fit the document
 * @throws {Error} the new text does not have the patched value: a fault of this
 *   library
 *
 * @example
 * ```ts
 * import { editDocument } from "./edit_document.ts";
 * import { parseDocument } from "./manifest_document.ts";
 *
 * const text = "spec: # the app\n  containers:\n  - name: app # one\n";
 * const document = parseDocument({ text, index: 1, startLine: 1 });
 * console.log(editDocument(document, [
 *   { op: "add", path: "/spec/containers/0/image", value: "app:1" },
 * ])); // spec: # the app\n  containers:\n  - name: app # one\n    image: app:1\n
 * ```
 */
export function editDocument(
  document: ManifestDocument,
  patch: JsonPatch,
): string {
  return patchDocument(document, patch).source.text;
}

/**
 * As {@link editDocument}, and gives the document of the new text, which has
 * been read anyway.
 */
export function patchDocument(
  document: ManifestDocument,
  patch: JsonPatch,
): ManifestDocument {
  const { root, source } = document;
  if (root === undefined) {
    throw new TypeError("A document without a value cannot be patched");
  }
  const draft = applyToTree(root, patch);
  const { text } = source;
  const editor = new TextEditor(
    text,
    detectFormat(text, root, document.kind),
    root,
  );
  editor.edit(rootSlot(root), draft);
  const edited = parseDocument({
    ...source,
    text: applySplices(text, editor.splices),
  });
  if (edited.root === undefined || !isSameAsNode(draft, edited.root)) {
    throw new Error("The edited manifest does not have the patched value");
  }
  return edited;
}

function rootSlot(root: SourceNode): Slot {
  return {
    value: root,
    role: "root",
    headEnd: root.start,
    indent: -1,
    inFlow: false,
  };
}
