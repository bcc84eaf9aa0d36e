import { denoTestCall } from "../deno_test_call.ts";
import { pathInRepository } from "../paths.ts";
import { programNames } from "../program_names.ts";

/** What a test's name may begin with. */
const subjects: readonly RegExp[] = [
  // A call: readHead(), Pool.take(), new Pool(limit), Symbol.iterator().
  /^(new )?[\w$.#"'[\]-]+(<\w+>)?\(.*?\)/,
  // A constant, a type or a property: VERSION, TlsListener, plugin.rules.
  /^[A-Z][A-Z0-9_]+(?= )/,
  /^[A-Z]\w*[a-z][A-Z]\w*(?= )/,
  /^\w+(\.\w+)+(?= )/,
  // A command, quoted or known: `make all`, mca inject, kubectl exec -i.
  /^`.+?`/,
  new RegExp(`^(${programNames})(?= )`),
  // A file or a path: README.md, .ci/run, charts/mca, .dvmrc.
  /^\.[\w-]+(?= )/,
  /^(\.?[\w{}$-]+\/)+\.?[\w.{}$-]+(?= )/,
  // What is known only when it runs.
  /^\$\{\}/,
];

/** What only tests of the whole may begin with: the proxy, a watch. */
const wholes: readonly RegExp[] = [/^(the|an?) \w+(?= )/];

/**
 * Names of tests read as sentences about what is tested: a symbol with its
 * parentheses (`readHead() refuses a bare LF`), or a command or file as people
 * type it (`mca inject refuses …`), and then what it does. Tests against a real
 * cluster may speak of the whole: `the proxy refuses …`.
 */
export const testNameStyle: Deno.lint.Rule = {
  create: (context) => ({
    CallExpression(node) {
      const isOfWhole = pathInRepository(context.filename)
        .startsWith("tests/cluster/");
      const test = denoTestCall(node, context.sourceCode);
      if (test === null || test.name === null) return;
      const { name } = test;
      const begin = [...subjects, ...(isOfWhole ? wholes : [])].find((
        subject,
      ) => subject.test(name));
      const rest = begin === undefined ? "" : name.replace(begin, "");
      if (/^.*\w/.test(rest) && !rest.endsWith(".")) return;
      context.report({
        node: test.node,
        message: "A test's name says what does what",
        hint: 'Write it as "symbol() does X", without a final period.',
      });
    },
  }),
};
