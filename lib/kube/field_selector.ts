/**
 * Field selectors as kube-apiserver reads them
 * (Kubernetes documentation, "Field Selectors"; k8s.io/apimachinery/pkg/fields).
 *
 * @module
 */

/** One condition of a field selector. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: "=" | "!=";
  readonly value: string;
}

/** `==` before `=`, so that no `=` is left at the value's front. */
const OPERATORS = [
  { text: "!=", operator: "!=" },
  { text: "==", operator: "=" },
  { text: "=", operator: "=" },
] as const;

/**
 * The requirements of a field selector, all of which must hold, in the order
 * kube-apiserver looks at them (sorted by their text); null where the selector
 * is malformed.
 *
 * @example
 * ```ts
 * import { parseFieldSelector } from "./field_selector.ts";
 *
 * console.log(parseFieldSelector("metadata.name=a,status.phase!=Failed"));
 * ```
 */
export function parseFieldSelector(
  selector: string,
): FieldRequirement[] | null {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(selector).sort(compareCodePoints)) {
    if (term === "") continue;
    const requirement = parseTerm(term);
    if (requirement === null) return null;
    requirements.push(requirement);
  }
  return requirements;
}

/**
 * The value that a field must have for any object to match; undefined where
 * the selector does not name one.
 *
 * @example
 * ```ts
 * import { parseFieldSelector, requiredValue } from "./field_selector.ts";
 *
 * const requirements = parseFieldSelector("metadata.name=a") ?? [];
 * console.log(requiredValue(requirements, "metadata.name")); // a
 * ```
 */
export function requiredValue(
  requirements: readonly FieldRequirement[],
  field: string,
): string | undefined {
  return requirements.find((requirement) =>
    requirement.operator === "=" && requirement.field === field
  )?.value;
}

/** The text between commas that no backslash escapes. */
function splitTerms(selector: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < selector.length; i++) {
    const character = selector.charAt(i);
    if (character === "\\") i++;
    else if (character === ",") {
      terms.push(selector.slice(start, i));
      start = i + 1;
    }
  }
  terms.push(selector.slice(start));
  return terms;
}

function parseTerm(term: string): FieldRequirement | null {
  for (let i = 0; i < term.length; i++) {
    const found = OPERATORS.find(({ text }) => term.startsWith(text, i));
    if (found === undefined) continue;
    const value = unescapeValue(term.slice(i + found.text.length));
    if (value === null) return null;
    return { field: term.slice(0, i), operator: found.operator, value };
  }
  return null;
}

/** Resolves `\\`, `\,` and `\=`; null for any other escape and for a bare `,` or `=`. */
function unescapeValue(text: string): string | null {
  let value = "";
  for (let i = 0; i < text.length; i++) {
    let character = text.charAt(i);
    if (character === "," || character === "=") return null;
    if (character === "\\") {
      character = text.charAt(++i);
      if (!["\\", ",", "="].includes(character)) return null;
    }
    value += character;
  }
  return value;
}

/** Orders by code points, as Go's byte order of UTF-8 does; JavaScript's own order does not. */
function compareCodePoints(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    if (left.charCodeAt(i) === right.charCodeAt(i)) continue;
    // Between a surrogate pair's halves the lower half decides, and both start alike.
    return (left.codePointAt(i) ?? 0) - (right.codePointAt(i) ?? 0);
  }
  return left.length - right.length;
}
