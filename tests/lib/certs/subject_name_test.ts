import assert from "node:assert/strict";
import { parseSubjectName } from "../../../lib/certs/subject_name.ts";
import { McaError } from "../../../lib/errors.ts";

const names = [
  ["localhost", "dns", "localhost"],
  ["Kubernetes.Default.SVC", "dns", "kubernetes.default.svc"],
  ["*.example.com", "dns", "*.example.com"],
  ["xn--mnchen-3ya.example", "dns", "xn--mnchen-3ya.example"],
  [`${"a".repeat(63)}.example`, "dns", `${"a".repeat(63)}.example`],
  ["3com.example", "dns", "3com.example"],
  ["127.0.0.1", "ip", "127.0.0.1"],
  ["0:0:0:0:0:0:0:1", "ip", "::1"],
] as const;

for (const [text, type, value] of names) {
  Deno.test(`parseSubjectName() takes ${text} for ${type}`, () => {
    assert.deepEqual(parseSubjectName(text), { type, value });
  });
}

const refused = [
  "",
  ".",
  "localhost.",
  "a..b",
  "-a.example",
  "a-.example",
  "a_b.example",
  "a b",
  "münchen.example",
  "*",
  "a.*.example",
  "https://localhost",
  "localhost:6443",
  "[::1]",
  "10.0.0.1/8",
  "1.2.3.256",
  "127.1",
  "a\0.example",
  `${"a".repeat(64)}.example`,
  `${"a.".repeat(127)}abc`,
];

for (const text of refused) {
  Deno.test(`parseSubjectName() refuses ${JSON.stringify(text).slice(0, 40)}`, () => {
    assert.throws(() => parseSubjectName(text), (error) => {
      assert.ok(error instanceof McaError);
      assert.equal(error.code, "certificate");
      assert.match(
        error.message,
        /^Expected a DNS name or an IP address, got "/,
      );
      assert.match(error.hint ?? "", /without port/);
      return true;
    });
  });
}
