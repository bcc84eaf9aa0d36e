import assert from "node:assert/strict";
import fc from "fast-check";
import {
  issueCertificateAuthority,
  issueLeaf,
} from "../../../lib/certs/issue.ts";
import {
  asAuthority,
  asLeaf,
  formatTrustState,
} from "../../../lib/webhook/trust_state.ts";
import { secretData } from "../../../lib/webhook/webhook_objects.ts";
import { LEAF_LIFETIME } from "../../../lib/webhook/trust_steps.ts";
import {
  CONFIGURATION,
  type Death,
  SECRET,
  SETTLE,
  TrustSimulation,
} from "./trust_simulation.ts";

const day = 24 * 60 * 60 * 1000;
const minute = 60 * 1000;

/** A Secret whose CA is due: two thirds of its year are over. */
async function putDueAuthority(
  simulation: TrustSimulation,
  age = 300 * day,
): Promise<string> {
  const { time, cluster } = simulation;
  const now = time.now - age;
  const ca = await issueCertificateAuthority({
    commonName: "mca-webhook-ca-old",
    lifetime: 365 * day,
  }, { crypto, now });
  const leaf = await issueLeaf(ca, {
    commonName: "mca-webhook",
    names: ["mca-webhook.mca.svc"],
    lifetime: 30 * day,
  }, { crypto, now: Math.min(time.now, now + 364 * day) });
  const authority = asAuthority(ca);
  cluster.put(SECRET, {
    data: secretData(formatTrustState({
      authority,
      leaf: asLeaf(leaf),
      next: undefined,
      bundle: [authority],
    })),
  });
  return authority.id;
}

Deno.test("SecretCertificates.open() makes one CA for replicas that start together", async () => {
  await using simulation = new TrustSimulation();
  simulation.registerWebhooks();
  for (let i = 0; i < 3; i++) simulation.start();
  await simulation.pass(minute);
  const { bundle } = await simulation.assertSettled();
  assert.equal(bundle.length, 1);
});

Deno.test("SecretCertificates.open() waits for the configuration, and is not ready before", async () => {
  await using simulation = new TrustSimulation();
  const replica = simulation.start();
  await simulation.pass(minute);
  assert.match(
    replica.source?.notReadyReason() ?? "",
    /There is no MutatingWebhookConfiguration/,
  );
  simulation.registerWebhooks();
  await simulation.pass(minute);
  await simulation.assertSettled();
});

Deno.test("SecretCertificates.open() publishes the next CA before it signs", async () => {
  await using simulation = new TrustSimulation();
  simulation.registerWebhooks();
  const old = await putDueAuthority(simulation);
  for (let i = 0; i < 3; i++) simulation.start();
  await simulation.pass(SETTLE - 1);
  const before = await simulation.state();
  assert.equal(before?.authority.id, old);
  assert.ok(before?.next !== undefined);
  for (const { authorities } of simulation.entries()) {
    assert.deepEqual(
      authorities.map(({ id }) => id).sort(),
      [old, before.next.id].sort(),
    );
  }
  await simulation.pass(minute);
  const after = await simulation.assertSettled();
  assert.equal(after.authority.id, before.next.id);
  assert.equal(after.bundle.length, 2);
});

Deno.test("SecretCertificates.open() takes a CA out of the bundles once it has ended", async () => {
  await using simulation = new TrustSimulation();
  simulation.registerWebhooks();
  const old = await putDueAuthority(simulation);
  simulation.start();
  await simulation.pass(2 * SETTLE);
  assert.equal((await simulation.assertSettled()).bundle.length, 2);
  // In hours rather than the clock's minutes: only the dates count.
  simulation.replicas.forEach((replica) => simulation.kill(replica));
  await using later = new TrustSimulation();
  later.cluster.put(SECRET, simulation.cluster.get(SECRET) ?? {});
  later.cluster.put(CONFIGURATION, simulation.cluster.get(CONFIGURATION) ?? {});
  later.start({ ahead: 66 * day });
  await later.pass(2 * SETTLE);
  const state = await later.assertSettled();
  assert.ok(!state.bundle.some(({ id }) => id === old));
});

Deno.test("SecretCertificates.open() renews the certificate under the same CA", async () => {
  await using simulation = new TrustSimulation();
  simulation.registerWebhooks();
  simulation.start();
  simulation.start();
  await simulation.pass(minute);
  const before = await simulation.assertSettled();
  // Three weeks later: the clock is all that time goes by.
  simulation.replicas.forEach((replica) => simulation.kill(replica));
  simulation.start({ ahead: LEAF_LIFETIME * 0.7 });
  simulation.start({ ahead: LEAF_LIFETIME * 0.7 });
  await simulation.pass(minute);
  const after = await simulation.assertSettled();
  assert.equal(after.authority.id, before.authority.id);
  assert.notEqual(after.leaf?.certificate, before.leaf?.certificate);
  assert.equal(after.bundle.length, 1);
});

Deno.test("SecretCertificates.open() does not fight without end over clocks that are days apart", async () => {
  await using simulation = new TrustSimulation();
  simulation.registerWebhooks();
  simulation.start();
  await simulation.pass(minute);
  simulation.start({ ahead: LEAF_LIFETIME * 0.7 });
  await simulation.pass(30 * minute);
  for (const { patches, name } of simulation.replicas) {
    assert.ok(patches < 30, `${name} wrote ${patches} times`);
  }
  assert.deepEqual(simulation.violations, []);
});

const DRIFTS: Readonly<Record<string, (simulation: TrustSimulation) => void>> =
  {
    "an emptied caBundle": (s) => s.setBundle("", () => true),
    "one emptied caBundle of two": (s) => s.setBundle("", (i) => i === 1),
    "a caBundle that is no PEM": (s) => s.setBundle("garbage", () => true),
    "a configuration applied anew": (s) => s.registerWebhooks(3),
    "a configuration deleted and made anew": (s) => {
      s.cluster.remove(CONFIGURATION);
      s.registerWebhooks(1);
    },
  };

for (const [what, drift] of Object.entries(DRIFTS)) {
  Deno.test(`SecretCertificates.open() repairs ${what} without a timer`, async () => {
    await using simulation = new TrustSimulation();
    simulation.registerWebhooks();
    for (let i = 0; i < 3; i++) simulation.start();
    await simulation.pass(minute);
    const before = await simulation.assertSettled();
    simulation.outside(what, () => drift(simulation));
    // No time passes: the watch alone tells.
    await simulation.quiet();
    assert.ok(simulation.living.every((each) => simulation.isTrusted(each)));
    await simulation.pass(1_000);
    const after = await simulation.assertSettled();
    assert.equal(after.authority.id, before.authority.id);
  });
}

Deno.test("SecretCertificates.open() keeps serving when the Secret is deleted, and makes a new CA", async () => {
  await using simulation = new TrustSimulation();
  simulation.registerWebhooks();
  for (let i = 0; i < 3; i++) simulation.start();
  await simulation.pass(minute);
  const before = await simulation.assertSettled();
  simulation.outside(
    "the Secret is deleted",
    () => simulation.cluster.remove(SECRET),
  );
  await simulation.quiet();
  const between = await simulation.state();
  assert.equal(between?.authority.id, before.authority.id);
  assert.ok(between?.next !== undefined);
  await simulation.pass(2 * SETTLE);
  const after = await simulation.assertSettled();
  assert.equal(after.authority.id, between.next.id);
});

const DAMAGES: Readonly<
  Record<string, (data: Record<string, unknown>) => Record<string, never>>
> = {
  "emptied": () => ({}),
  "without the CA's key": ({ "ca.key": _, ...rest }) => rest as never,
  "with garbage for a CA": (data) =>
    ({ ...data, "ca.crt": "Z2FyYmFnZQ==" }) as never,
  "with another's key": (data) =>
    ({ ...data, "ca.key": data["tls.key"] }) as never,
  "without the certificate": ({ "tls.crt": _, ...rest }) => rest as never,
  "without the bundle": ({ "ca-bundle.crt": _, ...rest }) => rest as never,
  "with garbage for a next CA": (data) =>
    ({ ...data, "next-ca.crt": "Z2FyYmFnZQ==", "next-ca.key": "" }) as never,
  "that is no base64": (data) =>
    Object.fromEntries(Object.keys(data).map((key) => [key, "%"])) as never,
};

for (const [what, damage] of Object.entries(DAMAGES)) {
  Deno.test(`SecretCertificates.open() mends a Secret ${what}`, async () => {
    await using simulation = new TrustSimulation();
    simulation.registerWebhooks();
    for (let i = 0; i < 3; i++) simulation.start();
    await simulation.pass(minute);
    const before = await simulation.assertSettled();
    simulation.outside(what, () => simulation.damageSecret(damage));
    await simulation.pass(2 * SETTLE);
    const after = await simulation.assertSettled();
    // What is remembered is put back: nothing had to change.
    assert.equal(after.authority.id, before.authority.id);
  });
}

Deno.test("SecretCertificates.open() starts anew from a damaged Secret that nobody remembers", async () => {
  await using simulation = new TrustSimulation();
  simulation.registerWebhooks();
  simulation.cluster.put(SECRET, { data: { "ca.crt": "Z2FyYmFnZQ==" } });
  for (let i = 0; i < 3; i++) simulation.start();
  await simulation.pass(minute);
  await simulation.assertSettled();
});

Deno.test("SecretCertificates.open() replaces a CA that has ended", async () => {
  await using simulation = new TrustSimulation();
  simulation.registerWebhooks();
  const old = await putDueAuthority(simulation, 366 * day);
  for (let i = 0; i < 3; i++) simulation.start();
  await simulation.pass(2 * SETTLE);
  const { authority } = await simulation.assertSettled();
  assert.notEqual(authority.id, old);
});

Deno.test("SecretCertificates.open() serves on while a replica wakes up with an old view", async () => {
  await using simulation = new TrustSimulation();
  simulation.registerWebhooks();
  const stale = simulation.start();
  simulation.start();
  simulation.start();
  await simulation.pass(minute);
  stale.network.hold();
  simulation.outside(
    "the Secret is deleted",
    () => simulation.cluster.remove(SECRET),
  );
  await simulation.pass(2 * SETTLE);
  // It goes on with the CA before, which is still in every bundle.
  assert.ok(simulation.isTrusted(stale));
  stale.network.release();
  await simulation.pass(1_000);
  await simulation.assertSettled();
});

for (const after of [0, 1, 2, 3, 4]) {
  Deno.test(`SecretCertificates.open() serves on while the API server is down after ${after} patches of a rotation`, async () => {
    await using simulation = new TrustSimulation();
    simulation.registerWebhooks();
    const old = await putDueAuthority(simulation);
    for (let i = 0; i < 3; i++) simulation.start();
    simulation.onPatch = (count) => {
      if (count !== after) return;
      for (const { network } of simulation.replicas) network.sever();
    };
    if (after === 0) simulation.onPatch(0);
    await simulation.pass(10 * minute);
    // Whoever had a certificate goes on with it.
    assert.deepEqual(simulation.violations, []);
    if (after === 0) {
      assert.equal((await simulation.state())?.authority.id, old);
    }
    for (const { network } of simulation.replicas) network.mend();
    await simulation.pass(3 * SETTLE);
    const state = await simulation.assertSettled();
    assert.notEqual(state.authority.id, old);
    assert.equal(state.bundle.length, 2);
  });
}

Deno.test("SecretCertificates.open() agrees among clocks ten minutes apart", async () => {
  await using simulation = new TrustSimulation();
  simulation.registerWebhooks();
  for (const ahead of [-10 * minute, 0, 10 * minute]) {
    simulation.start({ ahead });
  }
  await simulation.pass(minute);
  const { bundle } = await simulation.assertSettled();
  assert.equal(bundle.length, 1);
});

Deno.test("SecretCertificates.open() agrees among replicas that want different names", async () => {
  await using simulation = new TrustSimulation();
  simulation.registerWebhooks();
  simulation.start();
  await simulation.pass(minute);
  simulation.start({ names: ["other.example"] });
  simulation.start({ names: ["third.example"] });
  await simulation.pass(2 * minute);
  const { leaf } = await simulation.assertSettled();
  assert.ok(leaf?.names.includes("other.example"));
  assert.ok(leaf?.names.includes("third.example"));
  const patches = simulation.replicas.map((each) => each.patches);
  await simulation.pass(10 * minute);
  assert.deepEqual(simulation.replicas.map((each) => each.patches), patches);
});

/** What a replica may die in the middle of. */
const SCENARIOS: Readonly<
  Record<string, {
    readonly prepare: (simulation: TrustSimulation) => Promise<void>;
    readonly begin?: (simulation: TrustSimulation) => void;
  }>
> = {
  "a cold start": {
    prepare: (simulation) => Promise.resolve(simulation.registerWebhooks()),
  },
  "a rotation": {
    prepare: async (simulation) => {
      simulation.registerWebhooks();
      await putDueAuthority(simulation);
    },
  },
  "a deleted Secret": {
    prepare: (simulation) => Promise.resolve(simulation.registerWebhooks()),
    begin: (simulation) =>
      simulation.outside("deleted", () => simulation.cluster.remove(SECRET)),
  },
  "an ended CA": {
    prepare: async (simulation) => {
      simulation.registerWebhooks();
      await putDueAuthority(simulation, 366 * day);
    },
  },
};

/** Runs a scenario with one mortal replica, first or last in line; tells its patches. */
async function runScenario(
  name: string,
  death: Death | undefined,
  place: number,
): Promise<number> {
  const scenario = SCENARIOS[name];
  assert.ok(scenario !== undefined);
  await using simulation = new TrustSimulation();
  await scenario.prepare(simulation);
  for (let index = 0; index < 3; index++) {
    simulation.start(
      index === place && death !== undefined ? { death } : {},
    );
  }
  await simulation.pass(minute);
  scenario.begin?.(simulation);
  await simulation.pass(3 * SETTLE);
  await simulation.assertSettled();
  const mortal = simulation.replicas[place];
  // Its place is taken, as a Deployment does.
  simulation.start();
  await simulation.pass(3 * SETTLE);
  await simulation.assertSettled();
  return mortal?.patches ?? 0;
}

for (const name of Object.keys(SCENARIOS)) {
  Deno.test(`SecretCertificates.open() survives the death of a replica at every step of ${name}`, async (t) => {
    for (const place of [0, 2]) {
      const patches = await runScenario(name, undefined, place);
      for (let patch = 1; patch <= patches; patch++) {
        for (const side of ["before", "after"] as const) {
          await t.step(
            `replica ${place} ${side} patch ${patch}`,
            () => runScenario(name, { patch, side }, place).then(() => {}),
          );
        }
      }
    }
  });
}

Deno.test("SecretCertificates.open() survives the death of every replica at every step of a rotation", async () => {
  for (let patch = 1; patch <= 6; patch++) {
    for (const side of ["before", "after"] as const) {
      await using simulation = new TrustSimulation();
      simulation.registerWebhooks();
      await putDueAuthority(simulation);
      // Alone, so that each step is its own; then another finds what it left.
      simulation.start({ death: { patch, side } });
      await simulation.pass(3 * SETTLE);
      simulation.start();
      simulation.start();
      await simulation.pass(3 * SETTLE);
      await simulation.assertSettled();
    }
  }
});

type Event =
  | { readonly do: "pass"; readonly milliseconds: number }
  | { readonly do: "start"; readonly ahead: number }
  | {
    readonly do: "kill" | "hold" | "release" | "sever" | "mend";
    readonly replica: number;
  }
  | { readonly do: "delete" | "empty" | "garbage" | "reset" | "recreate" };

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    do: fc.constant("pass" as const),
    milliseconds: fc.constantFrom(100, 1_000, 10_000, SETTLE, 2 * SETTLE),
  }),
  fc.record({
    do: fc.constant("start" as const),
    ahead: fc.constantFrom(-10 * minute, 0, 10 * minute),
  }),
  fc.record({
    do: fc.constantFrom(
      "kill" as const,
      "hold" as const,
      "release" as const,
      "sever" as const,
      "mend" as const,
    ),
    replica: fc.nat(4),
  }),
  fc.record({
    do: fc.constantFrom(
      "delete" as const,
      "empty" as const,
      "garbage" as const,
      "reset" as const,
      "recreate" as const,
    ),
  }),
);

async function happen(simulation: TrustSimulation, what: Event): Promise<void> {
  switch (what.do) {
    case "pass":
      return await simulation.pass(what.milliseconds);
    case "start":
      if (simulation.living.length < 5) simulation.start(what);
      return;
    case "kill":
    case "hold":
    case "release":
    case "sever":
    case "mend": {
      const { living } = simulation;
      const replica = living[what.replica % Math.max(1, living.length)];
      if (replica === undefined) return;
      if (what.do === "kill") {
        if (living.length > 1) simulation.kill(replica);
      } else replica.network[what.do]();
      return;
    }
    case "delete":
      return simulation.outside(
        what.do,
        () => simulation.cluster.remove(SECRET),
      );
    case "garbage":
      return simulation.outside(
        what.do,
        () =>
          simulation.damageSecret((data) => ({ ...data, "ca.crt": "AAAA" })),
      );
    case "empty":
      return simulation.outside(
        what.do,
        () => simulation.setBundle("", () => true),
      );
    case "reset":
      return simulation.outside(what.do, () => simulation.registerWebhooks());
    case "recreate":
      return simulation.outside(what.do, () => {
        simulation.cluster.remove(CONFIGURATION);
        simulation.registerWebhooks();
      });
  }
}

Deno.test("SecretCertificates.open() comes to one CA, whatever happens in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(event, { minLength: 1, maxLength: 14 }),
      async (isDue, events) => {
        await using simulation = new TrustSimulation();
        simulation.registerWebhooks();
        if (isDue) await putDueAuthority(simulation);
        for (let i = 0; i < 3; i++) simulation.start();
        for (const each of events) await happen(simulation, each);
        for (const { network } of simulation.living) {
          network.release();
          network.mend();
        }
        await simulation.pass(5 * SETTLE);
        await simulation.assertSettled();
      },
    ),
    { numRuns: 25 },
  );
});
