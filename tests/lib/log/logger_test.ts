import { deepStrictEqual, strictEqual } from "node:assert/strict";
import {
  LOG_LEVELS,
  type LogFields,
  type LogFormat,
  Logger,
  type LogLevel,
} from "../../../lib/log/logger.ts";

const CALLED = ["debug", "info", "warn", "error"] as const;

function logging(format: LogFormat, level: LogLevel = "debug") {
  const lines: [line: string, level: LogLevel][] = [];
  const logger = new Logger({
    level,
    format,
    clock: { now: () => 1234 },
    sink: (line, at) => lines.push([line, at]),
  });
  return { logger, lines };
}

for (const [index, level] of LOG_LEVELS.entries()) {
  Deno.test(`new Logger() at level ${level} drops what is below`, () => {
    const { logger, lines } = logging("text", level);
    for (const name of CALLED) logger[name]("m");
    deepStrictEqual(lines.map(([, at]) => at), LOG_LEVELS.slice(index, -1));
    for (const name of CALLED) {
      strictEqual(logger.isEnabled(name), LOG_LEVELS.indexOf(name) >= index);
    }
  });
}

const LINES: readonly (readonly [
  message: string,
  fields: LogFields,
  text: string,
])[] = [
  ["Serving", {}, "Serving"],
  ["m", { a: 1, b: true, c: "d" }, "m a=1 b=true c=d"],
  ["m", { a: undefined, b: 0 }, "m b=0"],
  ["m", { a: "b c" }, 'm a="b c"'],
  ["m", { a: "" }, 'm a=""'],
  ["m", { a: 'b"c' }, 'm a="b\\"c"'],
  ["m", { a: "b=c" }, 'm a="b=c"'],
  ["m", { a: "b\nERROR c" }, 'm a="b\\nERROR c"'],
  ["m\n2026 ERROR n", {}, '"m\\n2026 ERROR n"'],
  ["m", { a: "\x1b[31m" }, 'm a="\\u001b[31m"'],
  ["m", { a: "\x85" }, 'm a="\x85"'],
];
for (const [message, fields, text] of LINES) {
  Deno.test(`Logger.info() writes ${JSON.stringify({ message, ...fields })} in one line of either form`, () => {
    const asText = logging("text");
    asText.logger.info(message, fields);
    deepStrictEqual(asText.lines, [
      [`1970-01-01T00:00:01.234Z INFO ${text}\n`, "info"],
    ]);
    const asJson = logging("json");
    asJson.logger.info(message, fields);
    const [line = ""] = asJson.lines[0] ?? [];
    strictEqual(line.indexOf("\n"), line.length - 1);
    deepStrictEqual(JSON.parse(line), {
      time: "1970-01-01T00:00:01.234Z",
      level: "info",
      message,
      ...JSON.parse(JSON.stringify(fields)),
    });
  });
}
