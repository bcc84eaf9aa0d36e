/**
 * What somebody who mistyped a word may have meant.
 *
 * @module
 */

/**
 * The word that is nearest to the given one, where it is near enough to be a
 * slip of the fingers: at most a third of it has to change. Undefined where none
 * is.
 *
 * @example
 * ```ts
 * import { nearestWord } from "./suggestion.ts";
 *
 * console.log(nearestWord("injcet", ["inject", "proxy"])); // inject
 * ```
 */
export function nearestWord(
  given: string,
  words: readonly string[],
): string | undefined {
  let nearest: { word: string; distance: number } | undefined;
  for (const word of words) {
    const distance = editDistance(given, word);
    const limit = Math.max(1, Math.floor(word.length / 3));
    if (distance <= limit && distance < (nearest?.distance ?? Infinity)) {
      nearest = { word, distance };
    }
  }
  return nearest?.word;
}

/**
 * A hint that begins with the word that may have been meant, if any.
 *
 * @example
 * ```ts
 * import { didYouMean, nearestWord } from "./suggestion.ts";
 *
 * console.log(didYouMean(nearestWord("jsn", ["json"]), "Give a format."));
 * ```
 */
export function didYouMean(word: string | undefined, hint: string): string {
  return word === undefined ? hint : `Did you mean ${word}? ${hint}`;
}

/**
 * How many insertions, deletions, replacements and swaps of neighbours lead from
 * one word to the other (the optimal string alignment distance).
 */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const isSwap = from[row - 1] === to[column - 2] &&
        from[row - 2] === to[column - 1];
      current.push(Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        isSwap ? at(beforeLast, column - 2) + 1 : Infinity,
      ));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
