/**
 * How the demo tells what it does.
 *
 * @module
 */

/** The colors that are used, as SGR parameters (ECMA-48). */
const STYLES = {
  plain: "",
  bold: "1",
  dim: "2",
  added: "32",
  removed: "31",
  hint: "36",
} as const;

/** How a piece of text looks. */
export type Style = keyof typeof STYLES;

/** What a {@link Narrator} writes with. */
export interface NarratorOptions {
  readonly write: (text: string) => void;
  readonly isColored: boolean;
}

/** Tells the demo, step by step. */
export class Narrator {
  readonly #options: NarratorOptions;
  #step = 0;

  constructor(options: NarratorOptions) {
    this.#options = options;
  }

  /** The text in a style, where colors are wanted. */
  style(style: Style, text: string): string {
    const code = STYLES[style];
    return this.#options.isColored && code !== ""
      ? `\x1b[${code}m${text}\x1b[0m`
      : text;
  }

  /** One line as it is. */
  line(text = "", style: Style = "plain"): void {
    this.#options.write(`${this.style(style, text)}\n`);
  }

  /** The title of the next step. */
  step(title: string): void {
    this.line();
    this.line(`${++this.#step}. ${title}`, "bold");
  }

  /** A line below the step's title. */
  say(text: string, style: Style = "plain"): void {
    for (const line of text.split("\n")) {
      this.line(line === "" ? "" : `   ${line}`, style);
    }
  }

  /** Rows in columns; the first row is the header. */
  table(rows: readonly (readonly string[])[]): void {
    const widths = (rows[0] ?? []).map((_, column) =>
      Math.max(...rows.map((row) => row[column]?.length ?? 0))
    );
    for (const [index, row] of rows.entries()) {
      const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
      this.say(cells.join("  ").trimEnd(), index === 0 ? "dim" : "plain");
    }
  }
}
