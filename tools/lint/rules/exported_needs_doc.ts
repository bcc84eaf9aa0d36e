/** What lib exports tells its reader what it does: a doc comment stands right before it. */
export const exportedNeedsDoc: Deno.lint.Rule = {
  create: (context) => ({
    ExportNamedDeclaration(node) {
      if (node.declaration === null) return;
      // An overload's implementation is documented by its signatures.
      if (
        node.declaration.type === "FunctionDeclaration" &&
        documentedOverload(node, node.declaration.id?.name)
      ) return;
      if (hasDoc(context.sourceCode, node)) return;
      context.report({
        node,
        message: "An exported name in lib needs a doc comment",
        hint: "Say what it is, its units and errors, and its source.",
      });
    },
  }),
};

function hasDoc(
  source: Deno.lint.SourceCode,
  node: Deno.lint.Node,
): boolean {
  return source.getCommentsBefore(node).some((comment) =>
    comment.type === "Block" && comment.value.startsWith("*") &&
    /^\s*(\/\/ deno-lint-ignore[^\n]*\s*)*$/.test(
      source.text.slice(comment.range[1], node.range[0]),
    )
  );
}

function documentedOverload(
  node: Deno.lint.ExportNamedDeclaration,
  name: string | undefined,
): boolean {
  if (name === undefined || node.parent.type !== "Program") return false;
  return node.parent.body.some((statement) =>
    statement.type === "ExportNamedDeclaration" &&
    statement.declaration?.type === "TSDeclareFunction" &&
    statement.declaration.id?.name === name
  );
}
