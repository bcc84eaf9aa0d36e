import assert from "node:assert/strict";
import { injectCommand } from "../../../lib/cli/inject_command.ts";
import { uninjectCommand } from "../../../lib/cli/uninject_command.ts";
import { fakePlatform, noSignals } from "../cli/fake_platform.ts";
import {
  decode,
  goldenCases,
  readGolden,
  runCase,
  strayFiles,
  updateGolden,
} from "./golden.ts";

// `deno test … tests/lib/inject/golden_test.ts -- --update` writes them anew.
const isUpdate = Deno.args.includes("--update");

const cases = goldenCases();
const expected = new Set<string>();

for (const golden of cases) {
  const { name, ending, input, flags } = golden;

  Deno.test(`injectCommand.run() makes the golden files of ${name}`, async () => {
    const result = await runCase(golden);
    if (isUpdate) updateGolden(name, result);
    for (const [file, text] of result) {
      expected.add(file);
      assert.equal(text, readGolden(file), file);
    }
  });

  const injected = () => readGolden(`${name}.injected.${ending}`);
  if (!isUpdate && injected() === undefined) continue;

  Deno.test(`injectCommand.run() changes nothing in what it made of ${name}`, async () => {
    const made = injected();
    if (made === undefined) return;
    const fake = fakePlatform({ stdin: made });
    await injectCommand.run(flags, fake.platform, noSignals);
    assert.equal(fake.out(), made);
  });

  Deno.test(`uninjectCommand.run() gives back ${name} byte for byte`, async () => {
    const made = injected();
    if (made === undefined) return;
    const fake = fakePlatform({ stdin: made });
    await uninjectCommand.run([], fake.platform, noSignals);
    assert.equal(fake.out(), decode(input));
  });

  Deno.test(`injectCommand.run() updates ${name} as if it were the original`, async () => {
    const made = injected();
    if (made === undefined) return;
    const other = [...flags, "--proxy-image=registry.example/mca:next"];
    const fake = fakePlatform({ stdin: made });
    await injectCommand.run(other, fake.platform, noSignals);
    const fresh = fakePlatform({ stdin: input });
    await injectCommand.run(other, fresh.platform, noSignals);
    assert.equal(fake.out(), fresh.out());
  });
}

Deno.test("goldenCases() finds enough cases", () => {
  assert.ok(cases.length >= 60, `${cases.length} cases`);
});

Deno.test("strayFiles() finds no golden file without a case", () => {
  assert.deepEqual(strayFiles(expected), []);
});
