/** Every golden pair of the CLI through the webhook: bytes in, bytes out. */

import assert from "node:assert/strict";
import { McaError } from "../../../lib/errors.ts";
import { transformDocument } from "../../../lib/inject/transform_document.ts";
import { isJsonObject, type JsonObject } from "../../../lib/kube/json.ts";
import { apply } from "../../../lib/kube/json_patch.ts";
import {
  goldenCases,
  readGolden,
  settingsOf,
  valuesOf,
} from "../inject/golden.ts";
import { injectPod } from "../../../lib/inject/inject_pod.ts";
import { type Answer, callWith, testHandler } from "./admission_call.ts";
import { findObjects } from "../../../lib/inject/workloads.ts";
import {
  addAutomaticToken,
  AUTOMATIC_VOLUME,
  withoutOriginals,
} from "./automatic_token.ts";

const cases = goldenCases();

/** The pods and pod templates of a stream. */
async function podsOf(text: string | Uint8Array): Promise<JsonObject[]> {
  const values = await valuesOf(text);
  return values.flatMap((value) =>
    findObjects(value).flatMap(({ pod }) =>
      pod === undefined ? [] : [pod.object]
    )
  );
}

/** The pod as the API server would hand it over: no new one has ephemeral containers. */
function asPod(template: JsonObject): JsonObject {
  const spec = template["spec"];
  if (!isJsonObject(spec)) {
    return { apiVersion: "v1", kind: "Pod", ...template };
  }
  const { ephemeralContainers: _, ...rest } = spec;
  return { apiVersion: "v1", kind: "Pod", ...template, spec: rest };
}

/** The pod as its ServiceAccount would have it that says automountServiceAccountToken: false. */
function withoutAutomaticToken(template: JsonObject): JsonObject {
  const spec = template["spec"];
  return {
    ...template,
    spec: {
      ...(isJsonObject(spec) ? spec : {}),
      automountServiceAccountToken: false,
    },
  };
}

function patched(pod: JsonObject, answer: Answer): JsonObject {
  const result = apply(answer.patch ?? [], pod);
  assert.ok(isJsonObject(result));
  return result;
}

let reviews = 0;

for (const golden of cases) {
  const { name, ending, input } = golden;
  const injected = readGolden(`${name}.injected.${ending}`);

  if (injected !== undefined) {
    Deno.test(`WebhookHandler.handle() makes what the command line makes of ${name}`, async () => {
      const inject = await settingsOf(golden);
      const { handler } = testHandler({
        settings: { inject, uninjectable: "admit" },
      });
      const given = await podsOf(input);
      const made = await podsOf(injected);
      assert.equal(given.length, made.length);
      for (const [index, template] of given.entries()) {
        const pod = asPod(addAutomaticToken(template));
        const result = injectPod(template, inject);
        const isAlone = result.outcome === "skipped";
        for (const version of ["v1", "v1beta1"]) {
          const answer = await callWith(handler, pod, {}, version);
          reviews++;
          assert.equal(answer.allowed, true);
          assert.deepEqual(
            withoutOriginals(patched(pod, answer)),
            withoutOriginals(asPod(addAutomaticToken(made[index] ?? {}))),
          );
          // One that the user mounts elsewhere by hand stays.
          if (result.outcome === "injected") {
            assert.doesNotMatch(
              JSON.stringify(patched(pod, answer)["spec"]),
              new RegExp(AUTOMATIC_VOLUME),
            );
          }
          assert.equal(answer.patch === undefined, result.pod === template);
          assert.equal(answer.warnings !== undefined, isAlone);
          if (isAlone) {
            assert.match(
              String(answer.warnings),
              new RegExp(`\\(${result.reason.code}\\b`),
            );
          }
        }
      }
    });

    Deno.test(`WebhookHandler.handle() gives no token to ${name} whose ServiceAccount denies it`, async () => {
      const inject = await settingsOf(golden);
      const { handler } = testHandler({
        settings: { inject, uninjectable: "admit" },
      });
      for (const template of await podsOf(input)) {
        const denied = withoutAutomaticToken(template);
        const isLeftAlone = injectPod(denied, inject).pod === denied;
        // As it arrives: the pod says nothing, and nothing is mounted.
        const pod = asPod(template);
        const answer = await callWith(handler, pod);
        assert.equal(answer.patch === undefined, isLeftAlone);
      }
    });

    Deno.test(`WebhookHandler.handle() changes nothing in what it made of ${name}`, async () => {
      const inject = await settingsOf(golden);
      const { handler } = testHandler({
        settings: { inject, uninjectable: "admit" },
      });
      for (const template of await podsOf(injected)) {
        const answer = await callWith(handler, asPod(template));
        assert.equal(answer.patch, undefined);
      }
    });
    continue;
  }

  Deno.test(`WebhookHandler.handle() refuses ${name} with the command line's words`, async () => {
    let pods: JsonObject[];
    try {
      pods = await podsOf(input);
    } catch (error) {
      // What cannot be read never reaches an API server's webhook.
      assert.ok(error instanceof McaError);
      return;
    }
    const inject = await settingsOf(golden);
    const { handler } = testHandler({
      settings: { inject, uninjectable: "admit" },
    });
    for (const template of pods) {
      const pod = asPod(template);
      const answer = await callWith(handler, pod);
      let expected: McaError | undefined;
      try {
        transformDocument(pod, (each) => injectPod(each, inject));
      } catch (error) {
        assert.ok(error instanceof McaError);
        expected = error;
      }
      assert.equal(answer.allowed, expected === undefined);
      if (expected === undefined) continue;
      const message = String(answer.status.message);
      assert.ok(message.includes(expected.message), message);
      assert.ok(message.includes(expected.place.field ?? ""), message);
    }
  });
}

Deno.test("goldenCases() gives the webhook enough to review", () => {
  assert.ok(reviews >= 150, `${reviews} reviews`);
});
