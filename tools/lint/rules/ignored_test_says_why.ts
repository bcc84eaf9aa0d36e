import { denoTestCall } from "../deno_test_call.ts";

/**
 * A test that may be left out says in its name what it needs, so that the
 * gate can tell why it was skipped: `verify() accepts the leaf (needs openssl)`.
 */
export const ignoredTestSaysWhy: Deno.lint.Rule = {
  create: (context) => ({
    CallExpression(node) {
      const test = denoTestCall(node, context.sourceCode);
      if (test === null || !test.canIgnore || test.name === null) return;
      if (/\(needs [^)]+\)$/.test(test.name)) return;
      context.report({
        node: test.node,
        message: "A test that can be ignored says what it needs",
        hint: "End its name with (needs …).",
      });
    },
  }),
};
