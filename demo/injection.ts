/**
 * The demo's manifest, and what injection makes of it.
 *
 * @module
 */

import { isJsonObject, type JsonObject } from "../lib/kube/json.ts";
import { splitDocuments } from "../lib/inject/manifest/split_documents.ts";
import { DEFAULT_SETTINGS } from "../lib/inject/settings.ts";
import type { ObjectReport } from "../lib/inject/transform_document.ts";
import { injectText } from "../lib/inject/transform_text.ts";

/** A manifest before and after. */
export interface InjectedManifest {
  readonly before: string;
  readonly after: string;
  readonly objects: readonly JsonObject[];
  readonly reports: readonly ObjectReport[];
}

/**
 * Injects each document of a manifest, as `mca inject` does.
 *
 * @throws {McaError} `manifest`.
 */
export async function injectManifest(
  bytes: Uint8Array<ArrayBuffer>,
  file: string,
): Promise<InjectedManifest> {
  let after = "";
  const objects: JsonObject[] = [];
  const reports: ObjectReport[] = [];
  for await (const source of splitDocuments([bytes], { file })) {
    const change = injectText(source, DEFAULT_SETTINGS);
    after += change.text;
    if (isJsonObject(change.value)) objects.push(change.value);
    reports.push(...change.reports);
  }
  return { before: new TextDecoder().decode(bytes), after, objects, reports };
}
