/**
 * Short ways to read and edit manifest texts in tests.
 *
 * @module
 */

import { McaError } from "../../../../lib/errors.ts";
import { editDocument } from "../../../../lib/inject/manifest/edit_document.ts";
import {
  type ManifestDocument,
  parseDocument,
} from "../../../../lib/inject/manifest/manifest_document.ts";
import type { JsonPatch } from "../../../../lib/kube/json_patch.ts";

/** The text, read as the first document of `pod.yaml`. */
export function parse(text: string): ManifestDocument {
  return parseDocument({ text, index: 1, startLine: 1, file: "pod.yaml" });
}

/** The text with the patch applied. */
export function edit(text: string, patch: JsonPatch): string {
  return editDocument(parse(text), patch);
}

/** What reading the text throws; undefined where it throws nothing. */
export function errorOf(text: string): McaError | undefined {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    if (error instanceof McaError) return error;
    throw error;
  }
}

/** Bytes in chunks of a size. */
export function chunksOf(
  bytes: Uint8Array,
  size: number,
): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    chunks.push(bytes.subarray(at, at + size));
  }
  return chunks;
}
