/**
 * A manifest stream, split into its documents as it arrives.
 *
 * @module
 */

import { McaError } from "../../errors.ts";
import { DocumentSplitter } from "./document_splitter.ts";
import type { SourceDocument } from "./source_document.ts";
import { type ByteStream, decodeUtf8 } from "./utf8_text.ts";

/** What is known of a stream. */
export interface SplitOptions {
  /** The file as the user named it; `-` is standard input. */
  readonly file?: string;
}

/**
 * Splits a stream of YAML or JSON into documents, each as soon as its end is
 * seen; no more than one document and one chunk is held.
 *
 * YAML documents end where YAML 1.2 says (section 9.2): at a `---` or `...`
 * that starts a line and is followed by white space, wherever it stands.
 * Comments and directives before a `---` belong to the document it starts.
 * kubectl cuts at every line that starts with `---` and refuses those with
 * content after it, so for all that it accepts the documents are the same; it
 * drops what follows `...` without `---`, where a document starts here. JSON
 * values need no separator between them.
 *
 * @throws {McaError} `manifest`: the bytes are not UTF-8, or a document is
 *   larger than {@link MAX_DOCUMENT_LENGTH}.
 *
 * @example
 * ```ts
 * import { splitDocuments } from "./split_documents.ts";
 *
 * const bytes = new TextEncoder().encode("a: 1\n---\nb: 2\n");
 * for await (const source of splitDocuments([bytes], { file: "x.yaml" })) {
 *   console.log(source.index, source.startLine, JSON.stringify(source.text));
 * } // 1 1 "a: 1\n", then 2 2 "---\nb: 2\n"
 * ```
 */
export async function* splitDocuments(
  chunks: ByteStream,
  options: SplitOptions = {},
): AsyncGenerator<SourceDocument> {
  const splitter = new DocumentSplitter(options.file);
  for await (const chunk of decodeUtf8(chunks)) {
    if (chunk.type === "invalid") throw encodingError(splitter, chunk.encoding);
    yield* splitter.push(chunk.text);
  }
  yield* splitter.end();
}

function encodingError(
  splitter: DocumentSplitter,
  encoding: "UTF-16" | "UTF-32" | "?",
): McaError {
  const found = encoding === "?" ? "" : `; it looks like ${encoding}`;
  return new McaError("manifest", `The text is not UTF-8${found}`, {
    hint: encoding === "?"
      ? "Save the file as UTF-8, or remove the bytes at this place."
      : `Save the file as UTF-8 instead of ${encoding}.`,
    place: splitter.place(),
  });
}
