/**
 * An import names its module in quotes. What is put together when the code runs
 * is in no import graph: the check of imports would not see it.
 */
export const literalImport: Deno.lint.Rule = {
  create(context) {
    const report = (node: Deno.lint.Node) =>
      context.report({
        node,
        message: "An import that the check of imports cannot see",
        hint: 'Write the module in quotes: import("./module.ts").',
      });
    return {
      ImportExpression(node) {
        const { source } = node;
        if (source.type === "Literal" && typeof source.value === "string") {
          return;
        }
        report(node);
      },
      CallExpression(node) {
        const { callee } = node;
        const name = callee.type === "MemberExpression" &&
            callee.property.type === "Identifier"
          ? callee.property.name
          : callee.type === "Identifier"
          ? callee.name
          : "";
        if (name === "require" || name === "createRequire") report(node);
      },
    };
  },
};
