/**
 * Reads the scalars of a YAML document.
 *
 * @module
 */

import { CST } from "yaml";
import { blockScalarExtent, isUnterminated } from "./block_scalar.ts";
import { readingError } from "./reading_error.ts";
import {
  type ResolvedScalar,
  resolvePlainScalar,
  resolveTaggedScalar,
} from "./scalar_resolution.ts";
import type { SourceDocument } from "./source_document.ts";
import type { ScalarStyle, SourceScalar } from "./source_tree.ts";
import type { Lead } from "./yaml_lead.ts";
import type { YamlSyntax } from "./yaml_syntax.ts";

const STYLES: Readonly<Record<CST.FlowScalar["type"], ScalarStyle>> = {
  alias: "plain",
  scalar: "plain",
  "single-quoted-scalar": "single",
  "double-quoted-scalar": "double",
};

type ScalarToken = CST.FlowScalar | CST.BlockScalar;

/** Reads scalars: their text, and what it means to kubectl. */
export class YamlScalarReader {
  readonly #source: SourceDocument;
  readonly #tagName: (tag: string) => string;

  constructor(source: SourceDocument, syntax: YamlSyntax) {
    this.#source = source;
    this.#tagName = syntax.tagName;
  }

  readEmpty(lead: Lead): SourceScalar {
    const { end, start = end } = lead;
    const resolved = this.#resolve("", "plain", lead, end);
    return {
      type: "scalar",
      style: "plain",
      start,
      bodyStart: end,
      end,
      ...tagged(lead),
      ...resolved,
    };
  }

  readFlowScalar(token: CST.FlowScalar, lead: Lead): SourceScalar {
    const { offset, source } = token;
    if (source === "") return this.readEmpty({ ...lead, end: offset });
    const style = STYLES[token.type];
    const resolved = this.#resolve(scalarText(token), style, lead, offset);
    return {
      type: "scalar",
      style,
      start: lead.start ?? offset,
      bodyStart: offset,
      end: offset + source.length,
      ...tagged(lead),
      ...resolved,
    };
  }

  readBlockScalar(token: CST.BlockScalar, lead: Lead): SourceScalar {
    const { offset, props, source: body } = token;
    const [first] = props;
    const header = first !== undefined && "source" in first ? first.source : "";
    const bodyOffset = props.reduce(
      (end, prop) => "source" in prop ? prop.offset + prop.source.length : end,
      offset,
    );
    // The parser adds the line end that is missing; kubectl's does not.
    const text = isUnterminated(header, body)
      ? scalarText(token).replace(/\n$/, "")
      : scalarText(token);
    return {
      type: "scalar",
      style: "block",
      start: lead.start ?? offset,
      ...blockScalarExtent({ offset, header, bodyOffset, body }),
      ...tagged(lead),
      ...this.#resolve(text, "block", lead, offset),
    };
  }

  #resolve(
    text: string,
    style: ScalarStyle,
    lead: Lead,
    offset: number,
  ): ResolvedScalar {
    if (lead.tag === undefined) {
      return style === "plain"
        ? resolvePlainScalar(text)
        : { kind: "string", value: text };
    }
    const resolved = resolveTaggedScalar(this.#tagName(lead.tag), text);
    if (resolved !== undefined) return resolved;
    throw readingError(
      this.#source,
      lead.start ?? offset,
      `The value is not what its tag ${lead.tag} says`,
      "Correct the value or remove the tag.",
    );
  }
}

function tagged(lead: Lead): { readonly tagged: boolean } {
  return { tagged: lead.tag !== undefined };
}

/** The text a scalar stands for, without what quotes, folding and escapes add. */
function scalarText(token: ScalarToken): string {
  const { source } = token;
  if (token.type === "scalar" && !source.includes("\n")) return source;
  const isShort = (token.type === "double-quoted-scalar" &&
    !/[\\\n]/.test(source)) ||
    (token.type === "single-quoted-scalar" && !/'.*'.*'|\n/.test(source));
  return isShort
    ? source.slice(1, -1)
    : CST.resolveAsScalar(token, true, () => {}).value;
}
