import { literalText } from "./literal_text.ts";

/** A call of `Deno.test` in any of its forms. */
export interface DenoTestCall {
  /** Where the name stands; the call itself where there is none to see. */
  readonly node: Deno.lint.Node;
  /** The name, with `${}` for what is filled in; null where it is not a literal. */
  readonly name: string | null;
  /** Whether the call can leave the test out: `Deno.test.ignore`, or an `ignore` option. */
  readonly canIgnore: boolean;
}

/** What a call expression says of a test; null where it is no call of `Deno.test`. */
export function denoTestCall(
  call: Deno.lint.CallExpression,
  source: Deno.lint.SourceCode,
): DenoTestCall | null {
  const callee = source.getText(call.callee);
  if (!/^Deno\.test(\.ignore|\.only)?$/.test(callee)) return null;
  let canIgnore = callee === "Deno.test.ignore";
  let node: Deno.lint.Node = call;
  let name: string | null = null;
  for (const argument of call.arguments) {
    if (argument.type === "Literal" || argument.type === "TemplateLiteral") {
      node = argument;
      name = literalText(argument);
    }
    if (argument.type !== "ObjectExpression") continue;
    for (const property of argument.properties) {
      if (property.type !== "Property") continue;
      const key = source.getText(property.key);
      if (key === "ignore") canIgnore = true;
      if (key === "name") {
        node = property.value;
        name = literalText(property.value);
      }
    }
  }
  return { node, name, canIgnore };
}
