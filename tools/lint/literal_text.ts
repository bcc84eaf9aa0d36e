/**
 * The text of a string or template literal, with `${}` for each substitution;
 * null for anything else, whose text is not known before it runs.
 */
export function literalText(
  node: Deno.lint.Node,
): string | null {
  if (node.type === "Literal") {
    return typeof node.value === "string" ? node.value : null;
  }
  if (node.type !== "TemplateLiteral") return null;
  return node.quasis.map((quasi) => quasi.cooked).join("${}");
}
