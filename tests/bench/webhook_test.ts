/** The measurement of the webhook: that it works, never how fast anything is. */

import assert from "node:assert/strict";
import { LoadGenerator } from "../../bench/measure/load_generator.ts";
import { QUICK } from "../../bench/measure/cells.ts";
import {
  arrivalsCell,
  WEBHOOK,
  webhookCells,
} from "../../bench/webhook/measure_webhook.ts";
import { podReview } from "../../bench/webhook/pod_review.ts";
import { ShippedWebhook } from "../../bench/webhook/shipped_webhook.ts";
import { isJsonObject, type JsonValue } from "../../lib/kube/json.ts";
import { podProcessObstacle } from "../pod/pod_process.ts";

const root = new URL("../../", import.meta.url);
const ignore = await podProcessObstacle() !== undefined;

function objectOf(review: string): JsonValue | undefined {
  const parsed: unknown = JSON.parse(review);
  const request = isJsonObject(parsed) ? parsed["request"] : undefined;
  return isJsonObject(request) ? request["object"] : undefined;
}

for (
  const [length, containers] of [[5 * 1024, 2], [200 * 1024, 20]] as const
) {
  Deno.test(`podReview() asks about a pod of ${length} octets, or at most one variable less`, () => {
    const pod = JSON.stringify(objectOf(podReview(length, containers)));
    assert.ok(pod.length <= length, `${pod.length}`);
    assert.ok(pod.length > length - 128, `${pod.length}`);
  });
}

Deno.test({
  name: "LoadGenerator.run() reviews pods (needs a mount namespace)",
  ignore,
  fn: async (t) => {
    await using webhook = await ShippedWebhook.start();
    const { target } = webhook;
    const body = podReview(5 * 1024, 2);
    await t.step("over and over", async () => {
      await using load = new LoadGenerator(new AbortController().signal);
      const { count, latency } = await load.run({
        kind: "reviews",
        target,
        body,
        connections: 2,
        seconds: 0.05,
      });
      assert.ok(count >= 2);
      assert.ok(latency.p50 > 0 && latency.p50 <= latency.p99);
    });
    await t.step("as they come", async () => {
      await using load = new LoadGenerator(new AbortController().signal);
      const { count } = await load.run({
        kind: "arrivals",
        target,
        body,
        rate: 2_000,
        seconds: 0.1,
      });
      // 200 on average; chance does not make it 100 or 300 in a lifetime.
      assert.ok(count > 100 && count < 300, `${count}`);
    });
    await t.step("and fails where one is not injected", async () => {
      for (
        const [other, message] of [
          [body.replace('inject":"true"', 'inject":"false"'), /not inject/],
          [
            body.replace('"uid":"705', '"id":"705'),
            /Expected 200, got: .* 400/,
          ],
        ] as const
      ) {
        assert.notEqual(other, body);
        for (const kind of ["reviews", "arrivals"] as const) {
          await using load = new LoadGenerator(new AbortController().signal);
          await assert.rejects(
            load.run({
              kind,
              target,
              body: other,
              connections: 1,
              rate: 1,
              seconds: 0.01,
            }),
            message,
          );
        }
      }
    });
  },
});

Deno.test({
  name:
    "`deno task bench webhook --quick` measures each load, and what the webhook takes for it (needs a mount namespace)",
  ignore,
  fn: async () => {
    const file = await Deno.makeTempFile({ suffix: ".json" });
    try {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "bench/main.ts",
          "webhook",
          "--quick",
          "--json",
          file,
        ],
        cwd: root,
        stdin: "null",
      }).output();
      const decoder = new TextDecoder();
      assert.equal(code, 0, decoder.decode(stderr));
      const table = decoder.decode(stdout);
      const { rows } = JSON.parse(await Deno.readTextFile(file));
      const cells = [arrivalsCell(QUICK), ...webhookCells(QUICK)];
      const wanted = [
        ...cells.flatMap(({ name, figures }) =>
          figures.map((figure) => [name, figure.name])
        ),
        ...["idle", "after 200 reviews/s", "after load"].flatMap((when) =>
          ["RSS", "anonymous"].map((kind) => [
            "memory of the webhook",
            `${kind} ${when}`,
          ])
        ),
      ];
      const found = new Map<string, unknown>();
      for (const { cell, figure, median } of rows) {
        found.set(`${cell}: ${figure}`, median[WEBHOOK]);
        assert.ok(table.includes(cell), cell);
      }
      assert.equal(found.size, wanted.length);
      for (const [cell, figure] of wanted) {
        const value = found.get(`${cell}: ${figure}`);
        assert.ok(Number(value) >= 0, `${cell}: ${figure}: ${value}`);
      }
    } finally {
      await Deno.remove(file);
    }
  },
});
