/**
 * Content negotiation: which form of an answer the client wants
 * (RFC 9110, section 12.5.1; Kubernetes API concepts, "Resource representations").
 *
 * @module
 */

/** The forms an answer comes in. */
export type AnswerForm =
  | "object"
  | "table"
  | "metadata"
  | "discovery-v2"
  | "discovery-v2beta1";

/** A media type with its parameters. */
export interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** What `as`, `g` and `v` ask for. */
const FORMS: readonly {
  readonly form: AnswerForm;
  readonly as: string;
  readonly group: string;
  readonly version: string;
}[] = [
  { form: "table", as: "Table", group: "meta.k8s.io", version: "v1" },
  {
    form: "metadata",
    as: "PartialObjectMetadata",
    group: "meta.k8s.io",
    version: "v1",
  },
  {
    form: "metadata",
    as: "PartialObjectMetadataList",
    group: "meta.k8s.io",
    version: "v1",
  },
  {
    form: "discovery-v2",
    as: "APIGroupDiscoveryList",
    group: "apidiscovery.k8s.io",
    version: "v2",
  },
  {
    form: "discovery-v2beta1",
    as: "APIGroupDiscoveryList",
    group: "apidiscovery.k8s.io",
    version: "v2beta1",
  },
];

/** Media types that get JSON. Protobuf too: clients decode by the answer's Content-Type. */
const JSON_RANGES = new Set([
  "*/*",
  "application/*",
  "application/json",
  "application/vnd.kubernetes.protobuf",
]);

/** The media types of an Accept or Content-Type header, in order. */
export function parseMediaRanges(header: string): MediaRange[] {
  return header.split(",").map((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) =>
      part.trim()
    );
    return {
      type: type.toLowerCase(),
      parameters: new Map(parameters.map((parameter) => {
        const equals = parameter.indexOf("=");
        const name = parameter.slice(0, equals < 0 ? undefined : equals);
        return [
          name.trim().toLowerCase(),
          equals < 0 ? "" : parameter.slice(equals + 1).trim(),
        ];
      })),
    };
  }).filter((range) => range.type !== "");
}

/**
 * The first form of the client's list that can be served; undefined where
 * none can (406).
 *
 * @example
 * ```ts
 * import { negotiate } from "./media_types.ts";
 *
 * negotiate("application/json;as=Table;v=v1;g=meta.k8s.io", ["object", "table"]); // "table"
 * ```
 */
export function negotiate(
  accept: string,
  offered: readonly AnswerForm[],
): AnswerForm | undefined {
  const ranges = parseMediaRanges(accept === "" ? "*/*" : accept);
  for (const { type, parameters } of ranges) {
    if (!JSON_RANGES.has(type)) continue;
    const as = parameters.get("as");
    const form = as === undefined
      ? "object"
      : FORMS.find((known) =>
        known.as === as && known.group === parameters.get("g") &&
        known.version === parameters.get("v")
      )?.form;
    if (form !== undefined && offered.includes(form)) return form;
  }
  return undefined;
}
