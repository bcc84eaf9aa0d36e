/**
 * Errors about a place in a document's text.
 *
 * @module
 */

import { McaError } from "../../errors.ts";
import { placeAt, type SourceDocument } from "./source_document.ts";

/** A `manifest` error at an offset of a document's text. */
export function readingError(
  source: SourceDocument,
  offset: number,
  message: string,
  hint: string,
): McaError {
  return new McaError("manifest", message, {
    hint,
    place: placeAt(source, offset),
  });
}
