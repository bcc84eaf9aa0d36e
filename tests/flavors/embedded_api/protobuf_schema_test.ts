import assert from "node:assert/strict";
import schema from "../../../flavors/embedded_api/protobuf_schema.json" with {
  type: "json",
};
import { hasSources, readSchema } from "./protobuf_schema_source.ts";

async function hasGo(): Promise<boolean> {
  try {
    return (await new Deno.Command("go", { args: ["version"] }).output())
      .success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test({
  name:
    "protobuf_schema.json says what the sources of k8s.io/api say (needs Go and its module cache with them)",
  ignore: !await hasGo() || !await hasSources(),
  fn: async () => {
    assert.deepEqual(schema, await readSchema());
  },
});

Deno.test("protobuf_schema.json names messages that it has", () => {
  const messages: Readonly<Record<string, Readonly<Record<string, string>>>> =
    schema;
  for (const [message, fields] of Object.entries(messages)) {
    for (const field of Object.values(fields)) {
      const type = field.split(" ")[1]?.replace(/^(\[\]|\{\})/, "")
        .replace(/[?!]$/, "") ?? "";
      if (type.includes("/")) {
        assert.ok(type in messages, `${message} has a field ${field}`);
      }
    }
  }
});
