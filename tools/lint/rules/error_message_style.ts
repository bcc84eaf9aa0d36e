import { literalText } from "../literal_text.ts";
import { programNames } from "../program_names.ts";

const errorClass = /Error$/;
/** What tells a programmer of misuse may begin with a parameter's name. */
const misuseClass = /^(Type|Range)Error$/;
/** A small first word that is no program's name. */
const plainLowerCaseWord = new RegExp(
  `^(?!(${programNames})\\s)[a-z]+(['’][a-z]+)?(\\s|$)`,
);

/**
 * An error's message is a sentence without its final period: it is quoted
 * inside other sentences. It may begin with a name that is written small
 * (`spec.containers`, `--port`, `etcd`), but not with a plain small word.
 */
export const errorMessageStyle: Deno.lint.Rule = {
  create: (context) => ({
    NewExpression(node) {
      if (
        node.callee.type !== "Identifier" || !errorClass.test(node.callee.name)
      ) return;
      // McaError's first argument is its code.
      const argument = node.callee.name === "McaError"
        ? node.arguments[1]
        : node.arguments[0];
      const text = argument === undefined ? null : literalText(argument);
      if (argument === undefined || text === null) return;
      if (
        !misuseClass.test(node.callee.name) && plainLowerCaseWord.test(text)
      ) {
        context.report({
          node: argument,
          message: "An error message begins with a capital letter",
        });
      }
      if (/[^.]\.$/.test(text)) {
        context.report({
          node: argument,
          message: "An error message has no final period",
        });
      }
    },
  }),
};
