import { pathInRepository } from "../paths.ts";

/** cli.ts and the like at the root, and the main.ts of a folder. */
const entryPoint = /^(?!lib\/|flavors\/)([^/]+|(.+\/)?main)\.ts$/;

/**
 * A process ends in its entry point alone; everything else throws or returns.
 * A script (a file that asks for `import.meta.main` or `Deno.args`) is one too, but not in lib
 * or in a flavor.
 */
export const noExit: Deno.lint.Rule = {
  create(context) {
    const path = pathInRepository(context.filename);
    const isScript = !/^(lib|flavors)\//.test(path) &&
      /\b(import\.meta\.main|Deno\.args)\b/.test(context.sourceCode.text);
    if (entryPoint.test(path) || isScript) return {};
    return {
      MemberExpression(node) {
        const text = context.sourceCode.getText(node);
        if (text !== "Deno.exit" && text !== "process.exit") return;
        context.report({
          node,
          message: `${text} outside of an entry point`,
          hint: "Throw an McaError, or return the exit code.",
        });
      },
    };
  },
};
