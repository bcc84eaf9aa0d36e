type Node = Deno.lint.Node;

const loops: ReadonlySet<string> = new Set([
  "WhileStatement",
  "DoWhileStatement",
  "ForStatement",
  "ForOfStatement",
]);

/** The first parameter of a promise's executor, where it is a plain name. */
function resolverName(executor: Node | undefined): string | null {
  if (
    executor?.type !== "ArrowFunctionExpression" &&
    executor?.type !== "FunctionExpression"
  ) return null;
  const [parameter] = executor.params;
  return parameter?.type === "Identifier" ? parameter.name : null;
}

/** Whether `callback` only resolves: `resolve`, or `() => resolve(…)`. */
function onlyResolves(callback: Node | undefined, resolver: string): boolean {
  if (callback?.type === "Identifier") return callback.name === resolver;
  return callback?.type === "ArrowFunctionExpression" &&
    callback.body.type === "CallExpression" &&
    callback.body.callee.type === "Identifier" &&
    callback.body.callee.name === resolver;
}

/**
 * A test waits for what it waits for. A fixed sleep is too short on a busy
 * machine and too long on an idle one. Allowed: a pause inside of a loop that
 * looks for a condition, and `setTimeout(…, 0)`, which lets others run.
 */
export const noSleepInTests: Deno.lint.Rule = {
  create(context) {
    const report = (node: Node) =>
      context.report({
        node,
        message: "A test waits for an event, not for a time",
        hint: "Await what the sleep was for, or look for it in a loop.",
      });
    const isInLoop = (node: Node) =>
      context.sourceCode.getAncestors(node).some((n) => loops.has(n.type));
    return {
      NewExpression(node) {
        if (
          node.callee.type !== "Identifier" || node.callee.name !== "Promise"
        ) return;
        const [executor] = node.arguments;
        const resolver = resolverName(executor);
        if (resolver === null || executor === undefined || isInLoop(node)) {
          return;
        }
        const body = executor.type === "ArrowFunctionExpression" ||
            executor.type === "FunctionExpression"
          ? executor.body
          : null;
        const call = body?.type === "BlockStatement" && body.body.length === 1
          ? body.body[0]?.type === "ExpressionStatement"
            ? body.body[0].expression
            : null
          : body;
        if (
          call?.type !== "CallExpression" ||
          context.sourceCode.getText(call.callee) !== "setTimeout" ||
          !onlyResolves(call.arguments[0], resolver)
        ) return;
        const delay = call.arguments[1];
        if (delay === undefined || context.sourceCode.getText(delay) === "0") {
          return;
        }
        report(node);
      },
      ImportDeclaration(node) {
        if (node.source.value === "node:timers/promises") report(node);
      },
    };
  },
};
