import assert from "node:assert/strict";
import { injectCommand } from "../../../lib/cli/inject_command.ts";
import { uninjectCommand } from "../../../lib/cli/uninject_command.ts";
import { injectPod } from "../../../lib/inject/inject_pod.ts";
import { transformDocument } from "../../../lib/inject/transform_document.ts";
import {
  decode,
  goldenCases,
  readGolden,
  run,
  runCase,
  settingsOf,
  strayFiles,
  updateGolden,
  valuesOf,
  withoutText,
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
  // A failing case has no result to go on with.
  if (injected() === undefined) continue;

  Deno.test(`injectCommand.run() changes nothing in what it made of ${name}`, async () => {
    const made = injected() ?? "";
    assert.equal(await run(injectCommand, made, flags), made);
  });

  Deno.test(`injectPod() agrees with the golden files of ${name}`, async () => {
    const settings = await settingsOf(golden);
    const made = await valuesOf(injected() ?? "");
    const given = await valuesOf(input);
    assert.deepEqual(
      given.map((value) =>
        transformDocument(value, (pod) => injectPod(pod, settings)).value
      ).map(withoutText),
      made.map(withoutText),
    );
  });

  Deno.test(`uninjectCommand.run() gives back ${name} byte for byte`, async () => {
    const undone = readGolden(`${name}.uninjected.${ending}`) ?? decode(input);
    assert.equal(await run(uninjectCommand, injected() ?? ""), undone);
  });

  Deno.test(`injectCommand.run() updates ${name} as if it were the original`, async () => {
    const other = [...flags, "--proxy-image=registry.example/mca:next"];
    assert.equal(
      await run(injectCommand, injected() ?? "", other),
      await run(injectCommand, input, other),
    );
  });
}

Deno.test("goldenCases() finds enough cases", () => {
  assert.ok(cases.length >= 60, `${cases.length} cases`);
});

Deno.test("strayFiles() finds no golden file without a case", () => {
  assert.deepEqual(strayFiles(expected), []);
});
