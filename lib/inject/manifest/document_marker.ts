/**
 * The markers between YAML documents.
 *
 * @module
 */

/** What starts or ends a document (YAML 1.2, section 9.1). */
export type DocumentMarker = "---" | "...";

/** The document marker at a line's start; `unknown` when the text ends too early to tell. */
export function markerAt(
  text: string,
  at: number,
  final: boolean,
): DocumentMarker | "unknown" | undefined {
  const marker = text.startsWith("-", at)
    ? "---"
    : text.startsWith(".", at)
    ? "..."
    : undefined;
  if (marker === undefined) return undefined;
  const available = text.slice(at, at + 4);
  if (available.length < 4 && marker.startsWith(available.slice(0, 3))) {
    if (!final) return "unknown";
    return available === marker ? marker : undefined;
  }
  return available.startsWith(marker) && /[ \t\r\n]/.test(available[3] ?? "")
    ? marker
    : undefined;
}
