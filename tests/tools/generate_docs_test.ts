import assert from "node:assert/strict";
import {
  documents,
  staleDocuments,
  writeDocuments,
} from "../../tools/generate_docs.ts";

const folder = () =>
  Deno.makeTempDir().then((path) => new URL(`file://${path}/docs/`));

Deno.test("staleDocuments() finds the missing, the changed and the left over", async () => {
  const docs = await folder();
  try {
    const generated = [
      { name: "a.md", render: () => "A\n" },
      { name: "b.md", render: () => Promise.resolve("B\n") },
    ];
    assert.deepEqual(await staleDocuments(docs, generated), ["a.md", "b.md"]);
    await writeDocuments(docs, generated);
    assert.deepEqual(await staleDocuments(docs, generated), []);
    await Deno.writeTextFile(new URL("b.md", docs), "B\n\n");
    await Deno.writeTextFile(new URL("c.md", docs), "C\n");
    assert.deepEqual(await staleDocuments(docs, generated), ["b.md", "c.md"]);
    await writeDocuments(docs, generated);
    assert.deepEqual(
      (await Array.fromAsync(Deno.readDir(docs))).map(({ name }) => name)
        .sort(),
      ["a.md", "b.md"],
    );
  } finally {
    await Deno.remove(new URL("..", docs), { recursive: true });
  }
});

Deno.test("documents.name is unique", () => {
  const names = documents.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});

Deno.test("`tools/generate_docs.ts` writes nothing for a mistyped --check", async () => {
  const program = new URL("../../tools/generate_docs.ts", import.meta.url);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--allow-read",
      program.pathname,
      "--chek",
    ],
  }).output();
  assert.equal(code, 2);
  assert.match(
    new TextDecoder().decode(stderr),
    /^Unknown argument --chek\nhint: /,
  );
});
