import { pathInRepository } from "../paths.ts";

const vague =
  /(^|[_.-])(utils?|helpers?|commons?|managers?|misc|stuff|shared)([_.-]|$)/;

/** A file or folder is named for its job. `utils` and its kin name none. */
export const noVagueFileName: Deno.lint.Rule = {
  create: (context) => ({
    Program(node) {
      const part = pathInRepository(context.filename).split("/")
        .find((name) => vague.test(name.replace(/\.[a-z]+$/, "")));
      if (part === undefined) return;
      context.report({
        node,
        message: `The name ${part} does not say what it is for`,
        hint: "Name it for the one job that it does.",
      });
    },
  }),
};
