import { strictEqual, throws } from "node:assert/strict";
import { oneOf, portNumber, usage } from "../../../lib/cli/option_values.ts";
import { McaError } from "../../../lib/errors.ts";

const isUsage = (message: string) => (error: unknown): boolean =>
  error instanceof McaError && error.code === "usage" &&
  error.message === message && error.hint !== undefined;

Deno.test("usage() returns what the parser returns", () => {
  strictEqual(usage("inject", () => 5), 5);
});

Deno.test("usage() makes a parser's complaint an error about usage", () => {
  throws(
    () =>
      usage("inject", () => {
        throw new TypeError("Unknown option '-x'. To specify a positional …");
      }),
    isUsage("Unknown option '-x'"),
  );
});

Deno.test("oneOf() takes one of the words, or the default", () => {
  const words = ["json", "text"] as const;
  strictEqual(oneOf(words, { name: "--f", text: "text" }, "json"), "text");
  strictEqual(oneOf(words, { name: "--f", text: undefined }, "json"), "json");
});

Deno.test("oneOf() refuses any other word, and shows no more than its beginning", () => {
  const given = (text: string) => () =>
    oneOf(["json"], { name: "MCA_LOG_FORMAT", text }, "json");
  throws(given("xml"), isUsage('MCA_LOG_FORMAT cannot be "xml"'));
  throws(given(""), isUsage('MCA_LOG_FORMAT cannot be ""'));
  throws(
    given("x".repeat(99)),
    isUsage(`MCA_LOG_FORMAT cannot be "${"x".repeat(40)}…"`),
  );
});

Deno.test("portNumber() takes a port, or the default", () => {
  strictEqual(portNumber({ name: "--port", text: "7443" }, 6443), 7443);
  strictEqual(portNumber({ name: "--port", text: "0" }, 6443), 0);
  strictEqual(portNumber({ name: "--port", text: undefined }, 6443), 6443);
});

for (const text of ["", "abc", "65536", "-1", "1e3", "80 ", "0x50", "123456"]) {
  Deno.test(`portNumber() refuses ${JSON.stringify(text)}`, () => {
    throws(
      () => portNumber({ name: "--port", text }, 6443),
      isUsage("--port is not a port"),
    );
  });
}
