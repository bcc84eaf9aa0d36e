/**
 * Arbitrary YAML documents in many styles, for property tests.
 *
 * @module
 */

import fc from "fast-check";

/** A value as it is to be written. */
type Written = WrittenValue & {
  /** Whether it gets an anchor. */
  readonly anchored: boolean;
};

type WrittenValue =
  | { readonly type: "inline"; readonly text: string }
  | {
    /** An alias of some anchor before it. */
    readonly type: "alias";
    readonly pick: number;
  }
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
  "two\nlines",
  "three\n\n  lines or\nso",
  '"quoted\nlines"',
  "'quoted\n\n  lines'",
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

const FLOW_UNSAFE = new Set([
  "two\nlines",
  "three\n\n  lines or\nso",
  '"quoted\nlines"',
  "'quoted\n\n  lines'",
  "",
  "{}",
  "[]",
  "{ }",
  "[ ]",
  "a#b",
]);

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

const anchored = fc.constantFrom(false, false, false, true);

const inline: fc.Arbitrary<Written> = fc.record({
  type: fc.constant("inline" as const),
  text: fc.constantFrom(...PLAIN),
  anchored,
});

const alias: fc.Arbitrary<Written> = fc.record({
  type: fc.constant("alias" as const),
  pick: fc.nat(),
  anchored: fc.constant(false),
});

const lines: fc.Arbitrary<Written> = fc.record({
  anchored,
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
      anchored,
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
      anchored,
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
      alias,
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

/** A YAML document whose root is a map, without anchors. */
export const yamlText: fc.Arbitrary<string> = textWith(false);

/** A YAML document whose root is a map, with anchors, aliases and merge keys. */
export const anchoredYamlText: fc.Arbitrary<string> = textWith(true);

function textWith(hasAnchors: boolean): fc.Arbitrary<string> {
  return fc.tuple(written.map, layout).map(([root, style]) => {
    const writer = new Writer(style, hasAnchors);
    const text = style.prologue + writer.writeRoot(root) + style.epilogue;
    return style.crlf ? text.replaceAll("\n", "\r\n") : text;
  });
}

function isBlock(value: Written): boolean {
  return (value.type === "map" || value.type === "list") &&
    value.flow === undefined;
}

function before({ before }: Surroundings, pad: string): string[] {
  return before.map((line) => line === "" ? "" : pad + line);
}

/** Writes in document order, so that aliases find the anchors before them. */
class Writer {
  readonly #layout: Layout;
  readonly #hasAnchors: boolean;
  readonly #anchors: { name: string; isMap: boolean }[] = [];
  #count = 0;

  constructor(layout: Layout, hasAnchors: boolean) {
    this.#layout = layout;
    this.#hasAnchors = hasAnchors;
  }

  writeRoot(root: Written): string {
    return isBlock(root)
      ? this.#blockLines(root, 0).join("\n").replace(/^\n/, "")
      : this.#writeInline(root, 0);
  }

  /** Runs `write` with the node's properties; the anchor counts from its end on. */
  #withAnchor<T>(value: Written, write: (properties: string) => T): T {
    if (!this.#hasAnchors || !value.anchored) return write("");
    const isReused = this.#count % 5 === 4;
    const name = `a${isReused ? this.#count - 1 : this.#count}`;
    this.#count++;
    const result = write(`&${name}`);
    this.#anchors.push({ name, isMap: value.type === "map" });
    return result;
  }

  /** The lines of a block map or list. */
  #blockLines(value: Written, indent: number): string[] {
    const pad = " ".repeat(indent);
    if (value.type === "map") {
      return value.entries.flatMap((entry) => {
        const merged = this.#merged(entry);
        return [
          ...before(entry, pad),
          ...merged === undefined
            ? this.#writeAfter(`${pad}${entry.key}:`, entry, indent)
            : [`${pad}<<: ${merged}${entry.comment}`],
        ];
      });
    }
    if (value.type !== "list") return [];
    return value.items.flatMap((item) => {
      const own = before(item, pad);
      const isAnchored = this.#hasAnchors && item.value.anchored;
      if (!isBlock(item.value) || item.apart || isAnchored) {
        const entry = { ...item, gap: " " };
        return [...own, ...this.#writeAfter(`${pad}-`, entry, indent)];
      }
      const nested = this.#blockLines(item.value, indent + 2);
      const first = nested.findIndex((line) => !/^\s*(#|$)/.test(line));
      const head = nested[first] ?? "";
      return [
        ...own,
        `${pad}- ${head.slice(indent + 2)}`,
        ...nested.slice(first + 1),
      ];
    });
  }

  /** An alias that an entry's name asks to merge, if there is one. */
  #merged({ key, value }: WrittenEntry): string | undefined {
    if (key !== "labels" || value.type !== "alias") return undefined;
    const maps = this.#anchors.filter(({ isMap }) => isMap);
    const chosen = maps[value.pick % maps.length];
    return chosen === undefined ? undefined : `*${chosen.name}`;
  }

  /** A value after a colon or dash. */
  #writeAfter(
    head: string,
    { value, gap, comment }: Pick<WrittenEntry, "value" | "gap" | "comment">,
    indent: number,
  ): string[] {
    if (value.type === "lines") {
      return this.#withAnchor(value, (properties) => {
        const space = properties === "" ? "" : " ";
        const deep = " ".repeat(
          value.header.includes("2")
            ? indent + 2
            : indent + this.#layout.step + 1,
        );
        const body = value.lines.map((line) => line === "" ? "" : deep + line);
        return [`${head}${gap}${properties}${space}${value.header}`, ...body];
      });
    }
    if (!isBlock(value)) {
      const text = this.#writeInline(value, indent);
      if (value.type === "inline" && text.includes("\n")) {
        const deep = `\n${" ".repeat(indent + 1)}`;
        const lines = text.replaceAll(/\n(?=.)/g, deep);
        return `${head}${gap}${lines}${comment}`.split("\n");
      }
      const line = `${head}${text === "" ? "" : gap}${text}${comment}`;
      return line.split("\n");
    }
    return this.#withAnchor(value, (properties) => {
      const isItem = head.endsWith("-");
      const deeper = value.type === "list"
        ? (isItem ? 2 : value.offset)
        : this.#layout.step;
      return [
        `${head}${properties === "" ? "" : gap}${properties}${comment}`,
        ...this.#blockLines(value, indent + deeper),
      ];
    });
  }

  /** A value that is no block, with its properties. */
  #writeInline(value: Written, indent: number): string {
    return this.#withAnchor(value, (properties) => {
      const text = this.#writeBare(value, indent);
      return properties === "" || text === ""
        ? `${properties}${text}`
        : `${properties} ${text}`;
    });
  }

  #writeBare(value: Written, indent: number): string {
    if (value.type === "inline") return value.text;
    if (value.type === "lines") return JSON.stringify(value.lines.join(" "));
    if (value.type === "alias") {
      const anchor = this.#anchors[value.pick % this.#anchors.length];
      return anchor === undefined ? "x" : `*${anchor.name} `.trimEnd();
    }
    const style = value.flow ?? "spaced";
    const parts = value.type === "map"
      ? value.entries.map((entry) => {
        const merged = this.#merged(entry);
        return merged === undefined
          ? `${entry.key}: ${this.#writeInFlow(entry.value, indent)}`
          : `<<: ${merged}`;
      })
      : value.items.map((item) => this.#writeInFlow(item.value, indent));
    const [open, close] = value.type === "map" ? "{}" : "[]";
    const pad = "\n" + " ".repeat(indent + 6);
    const end = "\n" + " ".repeat(indent + 2);
    const shapes: Readonly<Record<FlowStyle, string>> = {
      tight: `${open}${parts.join(",")}${close}`,
      spaced: `${open} ${parts.join(", ")} ${close}`,
      lines: `${open}${pad}${parts.join(`,${pad}`)}${end}${close}`,
      "trailing comma": `${open}${parts.join(", ")}, ${close}`,
    };
    return shapes[style];
  }

  #writeInFlow(value: Written, indent: number): string {
    return value.type === "inline" && FLOW_UNSAFE.has(value.text)
      ? "x"
      : this.#writeInline(value, indent + 2);
  }
}
