import { notStrictEqual, strictEqual } from "node:assert/strict";
import { BlockPool, LARGE_BLOCK } from "../../../lib/wire/block_pool.ts";

Deno.test("BlockPool.borrow() lends a returned block again", () => {
  const pool = new BlockPool();
  const first = pool.borrow();
  strictEqual(first.length, LARGE_BLOCK);
  notStrictEqual(pool.borrow(), first);
  pool.giveBack(first);
  strictEqual(pool.borrow(), first);
});

Deno.test("BlockPool.giveBack() keeps no more than it is to, and no block of another size", () => {
  const pool = new BlockPool(1);
  const [first, second] = [pool.borrow(), pool.borrow()];
  const small = new Uint8Array(16);
  pool.giveBack(small);
  pool.giveBack(first);
  pool.giveBack(second);
  strictEqual(pool.borrow(), first);
  notStrictEqual(pool.borrow(), second);
});
