/**
 * `x as T` silences the compiler where a guard would prove the type. `as const`
 * and the widening `as unknown` take nothing from the compiler.
 */
export const noTypeAssertion: Deno.lint.Rule = {
  create: (context) => ({
    TSAsExpression(node) {
      // The whole text: `const` has no node of its own.
      const text = context.sourceCode.getText(node);
      if (/\sas\s+(const|unknown)$/.test(text)) return;
      context.report({
        node,
        message: "A type assertion is not proof",
        hint:
          "Narrow with a guard, or use `satisfies`; where neither can work, ignore this rule for the line and say why.",
      });
    },
    TSTypeAssertion(node) {
      context.report({ node, message: "A type assertion is not proof" });
    },
  }),
};
