/**
 * Pieces of completion scripts that more than one shell needs.
 *
 * @module
 */

/**
 * The first sentence of an option's text, for a list beside it: without its
 * period, and without what stands in parentheses.
 */
export function firstSentence(text: string): string {
  return text.replaceAll(/ \([^)]*\)/g, "").replace(/[.:;](?:\s.*)?$/s, "");
}

/** A word in single quotes, as bash and zsh read it. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The name of the shell function that completes a program. */
export function functionName(program: string): string {
  return `_${program.replaceAll("-", "_")}`;
}
