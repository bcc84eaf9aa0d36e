/** Globals that reach the operating system, time or chance, and what to take instead. */
const ambient: Readonly<Record<string, string>> = {
  Deno: "Take the narrow interface from lib/platform.ts as a parameter.",
  process: "Take the narrow interface from lib/platform.ts as a parameter.",
  console: "Return the text, or take a log as a parameter.",
  performance: "Take a Clock.",
  setTimeout: "Take a Clock and use after().",
  setInterval: "Take a Clock and use after().",
  setImmediate: "Take a Clock and use after().",
  fetch: "Take a Network.",
  WebSocket: "Take a Network.",
  Worker: "Take what the worker would do as a parameter.",
  crypto: "Take a Crypto.",
  localStorage: "Take a FileStore.",
  sessionStorage: "Take a FileStore.",
  caches: "Take a FileStore.",
  prompt: "Take a Terminal.",
  confirm: "Take a Terminal.",
  alert: "Take a Terminal.",
};

/** Node modules that do what the globals above do. */
const effectModules =
  /^(node:)?(fs|net|tls|http|https|http2|dgram|dns|child_process|worker_threads|cluster|os|process|timers|perf_hooks|readline|repl|tty|v8|vm|crypto)(\/|$)/;

type Node = Deno.lint.Node;

/** Whether the identifier stands where its value is used, not where it is declared or names a type. */
function isValue(node: Deno.lint.Identifier): boolean {
  const parent: Node = node.parent;
  switch (parent.type) {
    case "MemberExpression":
      return parent.computed || parent.object === node;
    case "Property":
      return parent.value === node && parent.parent.type !== "ObjectPattern";
    case "MethodDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
    case "TSTypeReference":
    case "TSTypeQuery":
    case "TSQualifiedName":
    case "TSFunctionType":
    case "TSTypeAliasDeclaration":
    case "TSInterfaceDeclaration":
    case "TSNamedTupleMember":
    case "ImportSpecifier":
    case "ExportSpecifier":
    case "LabeledStatement":
      return false;
    case "PropertyDefinition":
      return parent.value === node;
    default:
      return true;
  }
}

/** Whether the identifier gives a name that is seen in (some part of) the file. */
function isDeclaration(node: Deno.lint.Identifier): boolean {
  const parent: Node = node.parent;
  switch (parent.type) {
    case "VariableDeclarator":
      return parent.id === node;
    case "FunctionDeclaration":
    case "FunctionExpression":
      return parent.id === node || parent.params.some((p) => p === node);
    case "ArrowFunctionExpression":
      return parent.params.some((p) => p === node);
    case "ImportSpecifier":
    case "ImportDefaultSpecifier":
    case "ImportNamespaceSpecifier":
      return parent.local === node;
    case "AssignmentPattern":
      return parent.left === node;
    case "Property":
      return parent.parent.type === "ObjectPattern" && parent.value === node;
    case "ArrayPattern":
    case "RestElement":
    case "ClassDeclaration":
      return true;
    default:
      return false;
  }
}

/**
 * lib reaches the outside only through what it is handed: no clock, chance,
 * console, file or socket of its own. A name that the file itself declares (a
 * parameter `crypto: Crypto`) is not the global.
 */
export const noAmbientEffects: Deno.lint.Rule = {
  create(context) {
    const declared = new Set<string>();
    const used: Deno.lint.Identifier[] = [];
    const report = (node: Node, name: string, hint: string) =>
      context.report({
        node,
        message: `lib may not use ${name} by itself`,
        hint,
      });
    return {
      Identifier(node) {
        if (isDeclaration(node)) declared.add(node.name);
        else if (Object.hasOwn(ambient, node.name) && isValue(node)) {
          used.push(node);
        }
      },
      MemberExpression(node) {
        const text = context.sourceCode.getText(node).replaceAll(/\s/g, "");
        if (text === "Date.now") report(node, text, "Take a Clock.");
        if (text === "Math.random") report(node, text, "Take a Crypto.");
        if (text.startsWith("globalThis.")) {
          const name = text.slice("globalThis.".length);
          const hint = Object.hasOwn(ambient, name) ? ambient[name] : undefined;
          if (hint !== undefined) report(node, text, hint);
        }
      },
      NewExpression(node) {
        if (
          node.callee.type === "Identifier" && node.callee.name === "Date" &&
          node.arguments.length === 0
        ) report(node, "the current time", "Take a Clock.");
      },
      CallExpression(node) {
        if (node.callee.type === "Identifier" && node.callee.name === "Date") {
          report(node, "the current time", "Take a Clock.");
        }
      },
      ImportDeclaration(node) {
        if (
          node.importKind !== "type" && effectModules.test(node.source.value)
        ) {
          report(
            node,
            node.source.value,
            "Take the narrow interface from lib/platform.ts as a parameter.",
          );
        }
      },
      "Program:exit"() {
        for (const node of used) {
          const hint = ambient[node.name];
          if (!declared.has(node.name) && hint !== undefined) {
            report(node, node.name, hint);
          }
        }
      },
    };
  },
};
