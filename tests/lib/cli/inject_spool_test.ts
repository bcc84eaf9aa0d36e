import assert from "node:assert/strict";
import { OutputSpool } from "../../../lib/cli/inject_spool.ts";

async function drained(spool: OutputSpool): Promise<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const parts: string[] = [];
  await spool.drain((data) => {
    parts.push(typeof data === "string" ? data : decoder.decode(data));
    return Promise.resolve();
  });
  return parts.join("");
}

const LENGTHS = [0, 1, 4 * 1024 * 1024, 4 * 1024 * 1024 + 1, 9_000_000];

for (const length of LENGTHS) {
  Deno.test(`OutputSpool.drain() gives back ${length} characters in order`, async () => {
    const spool = new OutputSpool();
    let text = "\ufeff";
    await spool.write(text);
    for (let line = 0; text.length < length; line++) {
      const part = `${line} ä €\n`.repeat(1000);
      text += part;
      await spool.write(part);
    }
    // Compared by parts, or a failure prints megabytes.
    const found = await drained(spool);
    assert.equal(found.length, text.length);
    assert.ok(found === text);
  });
}

Deno.test("OutputSpool.text() gives back all that was written, once", async () => {
  const spool = new OutputSpool();
  assert.ok(spool.isEmpty);
  await spool.write("a\n");
  await spool.write("");
  await spool.write("b");
  assert.ok(!spool.isEmpty);
  assert.equal(await spool.text(), "a\nb");
  assert.equal(await spool.text(), "");
});
