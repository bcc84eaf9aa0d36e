/**
 * Arbitrary YAML documents in many styles, for property tests.
 *
 * @module
 */

import fc from "fast-check";

/** A value as it is to be written. */
type Written =
  | { readonly type: "inline"; readonly text: string }
  | {
    readonly type: "lines";
    readonly header: string;
    readonly lines: readonly string[];
  }
  | {
    readonly type: "map";
    readonly entries: readonly WrittenEntry[];
    readonly flow: FlowStyle | undefined;
  }
  | {
    readonly type: "list";
    readonly items: readonly WrittenItem[];
    readonly flow: FlowStyle | undefined;
    readonly offset: number;
  };

type FlowStyle = "tight" | "spaced" | "lines" | "trailing comma";

interface Surroundings {
  /** Lines in front of an element: comments and blank lines. */
  readonly before: readonly string[];
  /** What follows the element on its line. */
  readonly comment: string;
}

interface WrittenEntry extends Surroundings {
  readonly key: string;
  readonly value: Written;
  readonly gap: string;
}

interface WrittenItem extends Surroundings {
  readonly value: Written;
  /** Whether a map starts on the line after the dash. */
  readonly apart: boolean;
}

const PLAIN = [
  "app",
  "1",
  "0777",
  "0x1F",
  "1_000",
  "1.0",
  "1e3",
  "12345678901234567890",
  "on",
  "yes",
  "no",
  "y",
  "true",
  "null",
  "~",
  "",
  "2001-01-01",
  "12:30:45",
  "a b  c",
  "a#b",
  "http://example.com:80/?a=b&c",
  "--flag=x",
  "日本語 🙂",
  "$(VAR)",
  '"quoted"',
  "'single'",
  "'it''s'",
  '"tab\\t \\"q\\" \\u263a"',
  '"true"',
  "'6443'",
  '""',
  "!!str 12",
  "!!int '3'",
  "!local x",
  "{}",
  "[]",
  "{ }",
  "[ ]",
] as const;

const FLOW_UNSAFE = new Set(["", "{}", "[]", "{ }", "[ ]", "a#b"]);

const KEYS = [
  "name",
  "image",
  "env",
  "args",
  '"quoted key"',
  "'single'",
  "app.kubernetes.io/name",
  "with space",
  "a-very-long-key-that-goes-on-and-on",
  "ключ",
  "on",
  "1",
  "0x10",
  "labels",
  "~x",
] as const;

const COMMENTS = ["# comment", "#", "# key: value", "#- item", "  # indented"];

const surroundings: fc.Arbitrary<Surroundings> = fc.record({
  before: fc.array(fc.constantFrom("", ...COMMENTS), { maxLength: 2 }),
  comment: fc.constantFrom("", "", "", " # trailing", "   #x", " "),
});

const inline: fc.Arbitrary<Written> = fc.constantFrom(...PLAIN).map((text) => ({
  type: "inline",
  text,
}));

const lines: fc.Arbitrary<Written> = fc.record({
  type: fc.constant("lines" as const),
  header: fc.constantFrom("|", "|-", "|+", ">", ">-", ">+", "| # note", "|2"),
  lines: fc.array(
    fc.constantFrom(
      "text",
      "  more",
      "",
      "# no comment",
      "---x",
      "a: b",
      "\ttab",
    ),
    { maxLength: 4 },
  ).map((body) => ["first", ...body]),
});

const flowStyle = fc.constantFrom<FlowStyle | undefined>(
  undefined,
  undefined,
  undefined,
  "tight",
  "spaced",
  "lines",
  "trailing comma",
);

const written = fc.letrec<{ any: Written; map: Written; list: Written }>(
  (tie) => ({
    map: fc.record({
      type: fc.constant("map" as const),
      flow: flowStyle,
      entries: fc.uniqueArray(
        fc.record({
          key: fc.constantFrom(...KEYS),
          value: tie("any"),
          gap: fc.constantFrom(" ", " ", " ", "  "),
        }).chain((entry) =>
          surroundings.map((around) => ({ ...entry, ...around }))
        ),
        { selector: (entry) => entry.key, minLength: 1, maxLength: 4 },
      ),
    }),
    list: fc.record({
      type: fc.constant("list" as const),
      flow: flowStyle,
      offset: fc.constantFrom(0, 0, 2, 4),
      items: fc.array(
        fc.record({ value: tie("any"), apart: fc.boolean() }).chain((item) =>
          surroundings.map((around) => ({ ...item, ...around }))
        ),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    any: fc.oneof(
      { depthSize: "small", maxDepth: 4, withCrossShrink: true },
      inline,
      lines,
      tie("map"),
      tie("list"),
    ),
  }),
);

interface Layout {
  readonly step: number;
  readonly prologue: string;
  readonly epilogue: string;
  readonly crlf: boolean;
}

const layout: fc.Arbitrary<Layout> = fc.record({
  step: fc.constantFrom(2, 2, 2, 1, 4),
  prologue: fc.constantFrom(
    "",
    "",
    "---\n",
    "--- # start\n",
    "\uFEFF",
    "# Source: chart/templates/x.yaml\n",
    "%YAML 1.2\n# c\n---\n",
    "\n\n# top\n\n---\n# below\n",
  ),
  epilogue: fc.constantFrom(
    "\n",
    "\n",
    "",
    "\n\n# end\n",
    "\n...\n",
    "\n  # odd",
  ),
  crlf: fc.boolean(),
});

/** A YAML document whose root is a map. */
export const yamlText: fc.Arbitrary<string> = fc.tuple(written.map, layout).map(
  ([root, style]) => {
    const text = style.prologue +
      writeRoot(root, style) +
      style.epilogue;
    return style.crlf ? text.replaceAll("\n", "\r\n") : text;
  },
);

function writeRoot(root: Written, style: Layout): string {
  if (isFlow(root)) return writeFlow(root, 0);
  return blockLines(root, 0, style).join("\n").replace(/^\n/, "");
}

function isFlow(value: Written): boolean {
  return value.type === "inline" ||
    ((value.type === "map" || value.type === "list") &&
      value.flow !== undefined);
}

function before({ before }: Surroundings, pad: string): string[] {
  return before.map((line) => line === "" ? "" : pad + line);
}

/** The lines of a block map or list. */
function blockLines(value: Written, indent: number, style: Layout): string[] {
  const pad = " ".repeat(indent);
  if (value.type === "map") {
    return value.entries.flatMap((entry) => [
      ...before(entry, pad),
      ...writeAfter(
        `${pad}${entry.key}:`,
        entry.gap,
        entry.value,
        indent,
        entry.comment,
        style,
      ),
    ]);
  }
  if (value.type !== "list") return [];
  return value.items.flatMap((item) => {
    const own = before(item, pad);
    const isBlock = (item.value.type === "map" || item.value.type === "list") &&
      !isFlow(item.value);
    if (!isBlock || item.apart) {
      return [
        ...own,
        ...writeAfter(`${pad}-`, " ", item.value, indent, item.comment, style),
      ];
    }
    const nested = blockLines(item.value, indent + 2, style);
    const first = nested.findIndex((line) => !/^\s*(#|$)/.test(line));
    const head = nested[first] ?? "";
    return [
      ...own,
      `${pad}- ${head.slice(indent + 2)}`,
      ...nested.slice(first + 1),
    ];
  });
}

/** A value after a colon or dash. */
function writeAfter(
  head: string,
  gap: string,
  value: Written,
  indent: number,
  comment: string,
  style: Layout,
): string[] {
  if (value.type === "lines") {
    const deep = " ".repeat(
      value.header.includes("2") ? indent + 2 : indent + style.step + 1,
    );
    const body = value.lines.map((line) => line === "" ? "" : deep + line);
    return [`${head}${gap}${value.header}`, ...body];
  }
  if (isFlow(value)) {
    const text = writeFlow(value, indent);
    return `${head}${text === "" ? "" : gap}${text}${comment}`.split("\n");
  }
  const isList = value.type === "list";
  const isItem = head.endsWith("-");
  const deeper = isList ? (isItem ? 2 : value.offset) : style.step;
  return [
    `${head}${comment}`,
    ...blockLines(value, indent + deeper, style),
  ];
}

function writeFlow(value: Written, indent: number): string {
  if (value.type === "inline") return value.text;
  if (value.type === "lines") return JSON.stringify(value.lines.join(" "));
  const style = value.flow ?? "spaced";
  const parts = value.type === "map"
    ? value.entries.map((entry) =>
      `${entry.key}: ${writeInFlow(entry.value, indent)}`
    )
    : value.items.map((item) => writeInFlow(item.value, indent));
  const [open, close] = value.type === "map" ? "{}" : "[]";
  const pad = "\n" + " ".repeat(indent + 6);
  const shapes: Readonly<Record<FlowStyle, string>> = {
    tight: `${open}${parts.join(",")}${close}`,
    spaced: `${open} ${parts.join(", ")} ${close}`,
    lines: `${open}${pad}${parts.join(`,${pad}`)}\n${
      " ".repeat(indent + 2)
    }${close}`,
    "trailing comma": `${open}${parts.join(", ")}, ${close}`,
  };
  return shapes[style];
}

function writeInFlow(value: Written, indent: number): string {
  if (value.type === "inline" && FLOW_UNSAFE.has(value.text)) return "x";
  return writeFlow(value, indent + 2);
}
