import assert from "node:assert/strict";
import { parseCommandLine, UsageError } from "./command_line.ts";

Deno.test("parseCommandLine() reads what is asked for", () => {
  assert.deepEqual(parseCommandLine(["up"]), {
    command: "up",
    name: "default",
    nodes: 1,
    audit: false,
    foreground: false,
  });
  assert.deepEqual(
    parseCommandLine(["up", "--name=b-2", "--nodes", "3", "--audit"]),
    { command: "up", name: "b-2", nodes: 3, audit: true, foreground: false },
  );
  assert.deepEqual(parseCommandLine(["status", "-o", "json"]), {
    command: "status",
    name: undefined,
    json: true,
  });
  assert.deepEqual(parseCommandLine(["down", "--name", "x"]), {
    command: "down",
    name: "x",
  });
  assert.deepEqual(parseCommandLine(["build"]), { command: "build" });
  assert.deepEqual(parseCommandLine(["env", "-h"]), { command: "help" });
});

const misuses: Readonly<Record<string, readonly string[]>> = {
  "There is no command": [],
  "There is no command 'start'": ["start"],
  "There is no command 'toString'": ["toString"],
  "down takes no option --nodes": ["down", "--nodes=2"],
  "build takes no argument 'helm'": ["build", "helm"],
  "Unknown option '--nmae'": ["up", "--nmae=x"],
  "--nodes takes a number up to 100, not 'many'": ["up", "--nodes=many"],
  "--nodes takes a number up to 100, not '101'": ["up", "--nodes=101"],
  "-o takes json, not 'yaml'": ["status", "-o", "yaml"],
  "'../x' cannot name a cluster: use small letters, digits and dashes": [
    "down",
    "--name=../x",
  ],
};

for (const [message, args] of Object.entries(misuses)) {
  Deno.test(`parseCommandLine() refuses \`${args.join(" ")}\``, () => {
    assert.throws(() => parseCommandLine(args), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.equal(error.message, message);
      return true;
    });
  });
}
