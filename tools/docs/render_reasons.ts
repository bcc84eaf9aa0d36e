import type { Reason } from "../../lib/inject/reasons.ts";
import { code, markdownTable } from "./table.ts";

const kinds: Readonly<Record<Reason["kind"], string>> = {
  skip: "Skipped: nothing is wrong",
  refusal: "Refused: injection was asked for and cannot be had",
};

/** The table of reasons as the document docs/generated/reasons.md. */
export function renderReasons(
  reasons: Readonly<Record<string, Reason>>,
): string {
  const sections = Object.entries(kinds).map(([kind, heading]) => {
    const rows = Object.entries(reasons)
      .filter(([, reason]) => reason.kind === kind)
      .map(([name, { sentence, remedy }]) => [
        code(name),
        `${sentence}.`,
        remedy,
      ]);
    return `## ${heading}\n\n${
      markdownTable(["Code", "Why", "What to do"], rows)
    }\n`;
  });
  return `# Why a pod is left alone

Generated from lib/inject/reasons.ts by \`deno task generate\`.

MCA leaves an object alone for one of these reasons, and says which. The codes
are stable: they stand in the report of \`mca inject\`.

${sections.join("\n")}`;
}
