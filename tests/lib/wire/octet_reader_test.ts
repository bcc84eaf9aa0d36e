import { match, ok, strictEqual, throws } from "node:assert/strict";
import {
  BlockPool,
  LARGE_BLOCK,
  SMALL_BLOCK,
} from "../../../lib/wire/block_pool.ts";
import { OctetReader } from "../../../lib/wire/octet_reader.ts";
import { octetsToText, textToOctets } from "../../../lib/wire/octets.ts";
import { MemoryConnection } from "../../fakes/memory_connection.ts";

const LIMIT = 192 * 1024;

function reading(blocks = new BlockPool()) {
  const [near, far] = MemoryConnection.pair(1024 * 1024);
  return { reader: new OctetReader(near, blocks, LIMIT), near, far };
}

Deno.test("OctetReader.fill() adds to what is buffered", async () => {
  const { reader, far } = reading();
  await far.write(textToOctets("abc"));
  strictEqual(await reader.fill(), true);
  await far.write(textToOctets("def"));
  strictEqual(await reader.fill(), true);
  strictEqual(octetsToText(reader.buffered), "abcdef");
  reader.consume(4);
  strictEqual(octetsToText(reader.buffered), "ef");
  strictEqual(reader.length, 2);
});

Deno.test("OctetReader.fill() keeps all octets through buffers of every size", async () => {
  const { reader, far } = reading();
  const sent = Array.from(
    { length: LIMIT },
    (_, at) => String.fromCharCode(at % 251),
  ).join("");
  const writing = far.write(textToOctets(sent));
  while (reader.length < LIMIT) ok(await reader.fill());
  await writing;
  strictEqual(octetsToText(reader.buffered), sent);
  // There is no room for more, and that is told.
  throws(() => reader.fill(), /buffer is full/);
  reader.prefetch();
  strictEqual(reader.isReading, false);
  reader.consume(LIMIT - 1);
  await far.write(textToOctets("x"));
  ok(await reader.fill());
  strictEqual(reader.length, 2);
});

Deno.test("OctetReader.fill() moves what is left to the front when the buffer's end is reached", async () => {
  const { reader, far } = reading();
  await far.write(textToOctets("a".repeat(SMALL_BLOCK)));
  await reader.fill();
  reader.consume(SMALL_BLOCK - 3);
  await far.write(textToOctets("bcd"));
  await reader.fill();
  strictEqual(octetsToText(reader.buffered), "aaabcd");
});

Deno.test("OctetReader.prefetch() begins a read that the next fill() waits for", async () => {
  const { reader, far, near } = reading();
  reader.prefetch();
  reader.prefetch();
  strictEqual(reader.isReading, true);
  await far.write(textToOctets("abc"));
  strictEqual(await reader.fill(), true);
  strictEqual(near.octetsRead, 3);
  strictEqual(octetsToText(reader.buffered), "abc");
});

Deno.test("OctetReader.readsAhead has an end noticed behind octets that nobody takes", async () => {
  const { reader, far } = reading();
  const ended = Promise.withResolvers<void>();
  reader.onEnd = ended.resolve;
  reader.readsAhead = true;
  reader.prefetch();
  await far.write(textToOctets("a".repeat(SMALL_BLOCK)));
  await far.write(textToOctets("b"));
  far.close();
  await ended.promise;
  strictEqual(octetsToText(reader.buffered), "a".repeat(SMALL_BLOCK) + "b");
});

Deno.test("OctetReader.readsAhead reads no further than the limit", async () => {
  const { reader, far } = reading();
  reader.readsAhead = true;
  reader.prefetch();
  await far.write(textToOctets("a".repeat(LIMIT + 1)));
  while (reader.length < LIMIT) await new Promise((r) => setTimeout(r));
  strictEqual(reader.isReading, false);
});

Deno.test("OctetReader.onEnd is called at an end that nobody waits for", async () => {
  for (const how of ["orderly", "reset"] as const) {
    const { reader, far } = reading();
    let ends = 0;
    reader.onEnd = () => ends++;
    reader.prefetch();
    if (how === "orderly") await far.closeWrite();
    else far.reset();
    strictEqual(await reader.fill(), false);
    strictEqual(ends, 1);
    strictEqual(reader.hasEnded, true);
    strictEqual(reader.failure === undefined, how === "orderly");
    strictEqual(await reader.fill(), false);
    strictEqual(ends, 1);
  }
});

Deno.test("OctetReader.release() ends a pending fill() without onEnd", async () => {
  const { reader, near } = reading();
  let ends = 0;
  reader.onEnd = () => ends++;
  const pending = reader.fill();
  near.close();
  reader.release();
  strictEqual(await pending, false);
  strictEqual(ends, 0);
  strictEqual(await reader.fill(), false);
});

Deno.test("OctetReader.consume() after release() leaves nothing, and no less than nothing", async () => {
  const { reader, far } = reading();
  await far.write(textToOctets("abc"));
  await reader.fill();
  const { buffered } = reader;
  reader.release();
  // Whoever was writing the view to the other side consumes it then.
  reader.consume(buffered.length);
  strictEqual(reader.length, 0);
  strictEqual(reader.buffered.length, 0);
});

Deno.test("OctetReader.release() gives no block back whose octets are still being written elsewhere", async () => {
  const blocks = new BlockPool();
  const { reader, far } = reading(blocks);
  const sent = "a".repeat(SMALL_BLOCK * 2);
  await far.write(textToOctets(sent));
  while (reader.length < sent.length) await reader.fill();
  const { buffered } = reader;
  strictEqual(buffered.buffer.byteLength, LARGE_BLOCK);
  reader.release();
  blocks.borrow().fill(0);
  match(octetsToText(buffered), /^a+$/);
});

Deno.test("OctetReader.release() gives back a block that nobody looks at", async () => {
  const blocks = new BlockPool();
  const { reader, far } = reading(blocks);
  await far.write(textToOctets("a".repeat(SMALL_BLOCK * 2)));
  while (reader.length < SMALL_BLOCK * 2) await reader.fill();
  const { buffer } = reader.buffered;
  reader.consume(reader.length);
  reader.release();
  strictEqual(blocks.borrow().buffer, buffer);
});

Deno.test("OctetReader.fill() takes a large block for much, and a small one again for little", async () => {
  const { reader, far } = reading();
  const size = () => reader.buffered.buffer.byteLength;
  strictEqual(size(), SMALL_BLOCK);
  const turn = async (octets: number) => {
    await far.write(new Uint8Array(octets));
    await reader.fill();
    const now = size();
    reader.consume(reader.length);
    return now;
  };
  strictEqual(await turn(SMALL_BLOCK), SMALL_BLOCK);
  strictEqual(await turn(SMALL_BLOCK), LARGE_BLOCK);
  strictEqual(await turn(100), LARGE_BLOCK);
  strictEqual(await turn(100), SMALL_BLOCK);
});
