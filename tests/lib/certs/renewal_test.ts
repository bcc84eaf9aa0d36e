import assert from "node:assert/strict";
import {
  type RenewalDecision,
  renewalDecision,
  type RenewalOptions,
  renewalTime,
} from "../../../lib/certs/renewal.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const start = Date.UTC(2026, 0, 1);
const life = { notBefore: start, notAfter: start + 90 * day };

const table: readonly (readonly [
  string,
  Partial<RenewalOptions> & { now: number },
  RenewalDecision,
])[] = [
  ["at notBefore", { now: start }, "keep"],
  ["a millisecond before notBefore", { now: start - 1 }, "not-yet-valid"],
  ["in the middle", { now: start + 45 * day }, "keep"],
  ["just before two thirds", { now: start + 60 * day - 1 }, "keep"],
  ["at two thirds", { now: start + 60 * day }, "renew"],
  ["at notAfter, inclusive", { now: start + 90 * day }, "renew"],
  ["a millisecond after notAfter", { now: start + 90 * day + 1 }, "expired"],
  ["after a jump to 1970", { now: 0 }, "not-yet-valid"],
  ["after a jump back within its life", { now: start + minute }, "keep"],
  ["after a jump of years ahead", { now: start + 3650 * day }, "expired"],
  ["with full jitter, a tenth of the life earlier", {
    now: start + 51 * day,
    jitter: 1,
  }, "renew"],
  ["with full jitter, a little before", {
    now: start + 51 * day - 1,
    jitter: 1,
  }, "keep"],
  ["with half the jitter", {
    now: start + 55.5 * day,
    jitter: 0.5,
  }, "renew"],
  ["at half, where told to renew at half", {
    now: start + 45 * day,
    renewAfter: 0.5,
  }, "renew"],
  ["at once, where told to renew at once", {
    now: start,
    renewAfter: 0,
  }, "renew"],
  ["at once, and jitter takes nothing off", {
    now: start - 1,
    renewAfter: 0,
    jitter: 1,
  }, "not-yet-valid"],
  ["never before the end", {
    now: start + 90 * day - 1,
    renewAfter: 1,
  }, "keep"],
];

for (const [when, options, decision] of table) {
  Deno.test(`renewalDecision() says ${decision} ${when}`, () => {
    assert.equal(renewalDecision({ ...life, ...options }), decision);
  });
}

Deno.test("renewalDecision() never keeps what is valid at no time", () => {
  for (const now of [start - 1, start, start + day, start + 2 * day]) {
    const never = { notBefore: start + day, notAfter: start, now };
    assert.notEqual(renewalDecision(never), "keep");
    assert.notEqual(renewalDecision(never), "renew");
  }
});

Deno.test("renewalTime() is the moment the decision changes", () => {
  for (const jitter of [0, 0.25, 1]) {
    const at = renewalTime({ ...life, jitter });
    assert.equal(renewalDecision({ ...life, jitter, now: at }), "renew");
    assert.equal(
      renewalDecision({ ...life, jitter, now: Math.ceil(at) - 1 }),
      "keep",
    );
  }
});

for (
  const bad of [
    { now: NaN },
    { now: Infinity },
    { notBefore: NaN },
    { notAfter: Infinity },
    { jitter: -0.1 },
    { jitter: 1.1 },
    { jitter: NaN },
    { renewAfter: 2 },
  ]
) {
  Deno.test(`renewalDecision() refuses ${Object.entries(bad)}`, () => {
    assert.throws(
      () => renewalDecision({ ...life, now: start, ...bad }),
      RangeError,
    );
  });
}
