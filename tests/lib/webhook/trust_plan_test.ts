import assert from "node:assert/strict";
import { MOST_AUTHORITIES } from "../../../lib/webhook/authority.ts";
import type { Authority } from "../../../lib/webhook/authority.ts";
import { planTrust, type TrustPlan } from "../../../lib/webhook/trust_plan.ts";
import type { TrustView } from "../../../lib/webhook/trust_view.ts";
import type {
  Leaf,
  SigningAuthority,
  TrustState,
} from "../../../lib/webhook/trust_state.ts";

const day = 24 * 60 * 60 * 1000;
const NOW = 1_000 * day;
const SETTLE = 30_000;
const NAMES = ["mca-webhook.mca.svc"];

function ca(id: string, age = 10, left = 355): SigningAuthority {
  return {
    id,
    certificate: `${id}\n`,
    privateKey: "key",
    notBefore: NOW - age * day,
    notAfter: NOW + left * day,
  };
}

function leaf(age = 1, left = 29, names = NAMES): Leaf {
  return {
    certificate: "leaf",
    privateKey: "key",
    notBefore: NOW - age * day,
    notAfter: NOW + left * day,
    names,
  };
}

function good(change: Partial<TrustState> = {}): TrustState {
  const authority = change.authority ?? ca("a");
  const next = change.next;
  return {
    authority,
    leaf: leaf(),
    next,
    bundle: next === undefined ? [authority] : [authority, next],
    ...change,
  };
}

/** A replica at rest: all is well and it serves. */
function plan(change: Partial<TrustView> = {}, state = good()): TrustPlan {
  return planTrust({
    now: NOW,
    shared: { kind: "good", state },
    configuration: configured(state.bundle),
    known: state,
    served: {
      authority: state.authority.id,
      notBefore: NOW - day,
      notAfter: NOW + 29 * day,
    },
    nextPublishedFor: undefined,
    settle: SETTLE,
    names: NAMES,
    ...change,
  });
}

function configured(...bundles: (readonly Authority[])[]) {
  return {
    kind: "present",
    entries: bundles.map((authorities, index) => ({
      name: String(index),
      authorities,
    })),
  } as const;
}

function ids(bundle: readonly Authority[] | undefined) {
  return bundle?.map(({ id }) => id).sort();
}

Deno.test("planTrust() does nothing where all is well", () => {
  const { publish, write, notReady } = plan();
  assert.deepEqual([publish, write, notReady], [
    undefined,
    undefined,
    undefined,
  ]);
});

type Expected =
  & Partial<
    Pick<NonNullable<TrustPlan["write"]>, "authority" | "leaf" | "next">
  >
  & { readonly what: RegExp };

const next = ca("b", 1, 364);
const WRITES: readonly (readonly [string, TrustPlan, Expected])[] = [
  [
    "no Secret and no memory",
    plan({ shared: { kind: "absent" }, known: undefined }),
    { authority: "new", leaf: "new", next: "none", what: /Made a CA/ },
  ],
  [
    "a deleted Secret",
    plan({ shared: { kind: "absent" } }),
    { authority: "keep", leaf: "keep", next: "new", what: /Restored.*next/ },
  ],
  [
    "a Secret deleted in the middle of a rotation",
    plan({ shared: { kind: "absent" } }, good({ next })),
    { authority: "keep", leaf: "keep", next: "keep", what: /Restored/ },
  ],
  [
    "a damaged Secret",
    plan({ shared: { kind: "unusable", fault: "it is damaged" } }),
    { authority: "keep", leaf: "keep", next: "keep", what: /it is damaged/ },
  ],
  [
    "a deleted Secret whose remembered CA has ended",
    plan({ shared: { kind: "absent" } }, good({ authority: ca("a", 366, -1) })),
    { authority: "new", leaf: "new", next: "none", what: /Made a CA/ },
  ],
  [
    "a CA that has ended",
    plan({}, good({ authority: ca("a", 366, -1) })),
    { authority: "new", leaf: "new", next: "none", what: /ended/ },
  ],
  [
    "a CA that is not valid yet",
    plan({}, good({ authority: ca("a", -2, 365) })),
    { authority: "new", leaf: "new", next: "none", what: /not valid yet/ },
  ],
  [
    "a CA that has ended, and a next one",
    plan({}, good({ authority: ca("a", 366, -1), next })),
    { authority: "next", leaf: "new", next: "none", what: /ended/ },
  ],
  [
    "no certificate",
    plan({}, good({ leaf: undefined })),
    { authority: "keep", leaf: "new", next: "keep", what: /missing/ },
  ],
  [
    "a certificate that is due",
    plan({}, good({ leaf: leaf(21, 9) })),
    { authority: "keep", leaf: "new", next: "keep", what: /due/ },
  ],
  [
    "a certificate that has ended",
    plan({}, good({ leaf: leaf(31, -1) })),
    { authority: "keep", leaf: "new", next: "keep", what: /ended/ },
  ],
  [
    "a certificate without the name",
    plan({}, good({ leaf: leaf(1, 29, ["other.example"]) })),
    { authority: "keep", leaf: "new", next: "keep", what: /lacks the name/ },
  ],
  [
    "a CA that is due",
    plan({}, good({ authority: ca("a", 250, 115) })),
    { authority: "keep", leaf: "keep", next: "new", what: /due/ },
  ],
  [
    "a next CA that has settled",
    plan({ nextPublishedFor: SETTLE }, good({ next })),
    { authority: "next", leaf: "new", next: "none", what: /every caBundle/ },
  ],
  [
    "a next CA that has ended",
    plan({}, good({ next: ca("b", 366, -1) })),
    { authority: "keep", leaf: "keep", next: "none", what: /Dropped/ },
  ],
  [
    "a list without the CA",
    plan({}, good({ bundle: [] })),
    { authority: "keep", leaf: "keep", next: "keep", what: /Mended/ },
  ],
];

for (const [what, { write }, expected] of WRITES) {
  Deno.test(`planTrust() writes the Secret for ${what}`, () => {
    assert.ok(write !== undefined);
    const { what: pattern, ...parts } = expected;
    assert.match(write.what, pattern);
    for (const [key, value] of Object.entries(parts)) {
      assert.equal(
        Object.entries(write).find(([k]) => k === key)?.[1],
        value,
        key,
      );
    }
  });
}

const RESTS: readonly (readonly [string, TrustPlan])[] = [
  ["before the Secret is read", plan({ shared: { kind: "unknown" } })],
  [
    "while a next CA has not settled",
    plan({ nextPublishedFor: SETTLE - 1 }, good({ next })),
  ],
  [
    "while a next CA is not everywhere",
    plan({ nextPublishedFor: undefined }, good({ next })),
  ],
  [
    "while a CA that is due has its next",
    plan({}, good({ authority: ca("a", 250, 115), next })),
  ],
  [
    "where a certificate can end no later than its CA",
    plan({}, good({ authority: ca("a", 200, 9), leaf: leaf(21, 9), next })),
  ],
];

for (const [what, { write }] of RESTS) {
  Deno.test(`planTrust() leaves the Secret alone ${what}`, () => {
    assert.equal(write, undefined);
  });
}

Deno.test("planTrust() publishes what any entry lacks, and takes nothing away", () => {
  const old = ca("old", 300, 65);
  const state = good();
  const { publish } = plan({
    configuration: configured(state.bundle, [old], []),
  });
  assert.deepEqual(ids(publish), ["a", "old"]);
});

Deno.test("planTrust() takes out what ended more than an hour ago", () => {
  const hour = 1 / 24;
  const ended = (hours: number) =>
    plan({
      configuration: configured([ca("a"), ca("old", 365, -hours * hour)]),
    }).publish;
  assert.deepEqual(ids(ended(0.9)), undefined);
  assert.deepEqual(ids(ended(1.1)), ["a"]);
});

Deno.test("planTrust() keeps its CA however many others somebody puts in", () => {
  const many = Array.from(
    { length: 20 },
    (_, index) => ca(`x${index}`, -100 - index, 400),
  );
  const { publish = [] } = plan({ configuration: configured(many) });
  assert.equal(publish.length, MOST_AUTHORITIES);
  assert.ok(ids(publish)?.includes("a"));
});

Deno.test("planTrust() publishes what it remembers while the Secret is away", () => {
  const { publish } = plan({
    shared: { kind: "absent" },
    configuration: configured([]),
  });
  assert.deepEqual(ids(publish), ["a"]);
});

Deno.test("planTrust() serves another CA's certificate only once that is everywhere", () => {
  const state = good({ authority: ca("b") });
  const served = { authority: "a", notBefore: 0, notAfter: NOW + day };
  const serve = (...bundles: (readonly Authority[])[]) =>
    plan({ served, configuration: configured(...bundles) }, state).serve;
  assert.equal(serve([ca("a")]), undefined);
  assert.equal(serve([ca("a"), ca("b")], [ca("a")]), undefined);
  assert.equal(serve(), undefined);
  assert.equal(serve([ca("b")], [ca("a"), ca("b")]), state.leaf);
  const { serve: unknown } = plan(
    { served, configuration: { kind: "unknown" } },
    state,
  );
  assert.equal(unknown, undefined);
});

const READINESS: readonly (readonly [string, Partial<TrustView>, RegExp])[] = [
  ["it serves nothing", { served: undefined }, /no certificate/],
  ["its certificate has ended", {
    served: { authority: "a", notBefore: 0, notAfter: NOW - 1 },
  }, /ended/],
  [
    "the configuration is not read",
    { configuration: { kind: "unknown" } },
    /could not be read/,
  ],
  [
    "there is no configuration",
    { configuration: { kind: "absent" } },
    /There is no/,
  ],
  ["the configuration is empty", { configuration: configured() }, /no webhook/],
  [
    "one entry does not trust it",
    { configuration: configured([ca("a")], []) },
    /not trust/,
  ],
];

for (const [what, change, reason] of READINESS) {
  Deno.test(`planTrust() is not ready where ${what}`, () => {
    assert.match(plan(change).notReady ?? "", reason);
  });
}

Deno.test("planTrust() looks again when the next CA has settled", () => {
  const at = (nextPublishedFor: number | undefined) =>
    plan({ nextPublishedFor }, good({ next })).lookAgainAfter;
  assert.equal(at(undefined), 60_000);
  assert.equal(at(0), SETTLE);
  assert.equal(at(SETTLE - 1), 1);
});
