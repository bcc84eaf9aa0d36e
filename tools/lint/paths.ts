/**
 * Rules by place: what is right in a test may be wrong in lib.
 *
 * @module
 */

const root = new URL("../../", import.meta.url).pathname;

/** The linted file's path from the repository's root, with forward slashes. */
export function pathInRepository(filename: string): string {
  const path = filename.replace(/^file:\/\//, "").replaceAll("\\", "/");
  return path.startsWith(root) ? path.slice(root.length) : path;
}

/** The rule, at work only in files whose path from the root matches. */
export function forPaths(
  pattern: RegExp,
  rule: Deno.lint.Rule,
): Deno.lint.Rule {
  return {
    ...rule,
    create: (context) =>
      pattern.test(pathInRepository(context.filename))
        ? rule.create(context)
        : {},
  };
}
