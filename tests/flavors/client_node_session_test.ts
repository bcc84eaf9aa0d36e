import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import {
  askLogin,
  type LoginOptions,
} from "../../flavors/client_node_session.ts";
import { memoryFiles } from "../../flavors/memory_files.ts";
import { ManualClock } from "../lib/kube/manual_clock.ts";

type Session = Parameters<typeof askLogin>[0];
type Asked = Parameters<Session["applyToHTTPSOptions"]>[0];

function world(): LoginOptions & { readonly clock: ManualClock } {
  const clock = new ManualClock();
  return { clock, files: memoryFiles(clock) };
}

function session(fill: (asked: Asked) => void): Session {
  return {
    applyToHTTPSOptions(asked) {
      fill(asked);
      return Promise.resolve();
    },
  };
}

Deno.test("askLogin() reads token and certificate from what client-node fills in", async () => {
  const cases: [filled: Partial<Asked>, login: unknown][] = [
    [{}, undefined],
    [{ headers: {} }, undefined],
    [{ headers: { Authorization: "Bearer abc" } }, { token: "abc" }],
    [{ headers: { Authorization: "Bearer a b" } }, undefined],
    [{ cert: "C" }, undefined],
    [
      { cert: "C", key: "K", headers: { Authorization: "Bearer abc" } },
      {
        token: "abc",
        clientCertificate: { certificate: "C", privateKey: "K" },
      },
    ],
  ];
  for (const [filled, login] of cases) {
    const asked = session((asked) => Object.assign(asked, filled));
    deepStrictEqual(await askLogin(asked, world()), login);
  }
});

Deno.test("askLogin() stops waiting after two minutes", async () => {
  const options = world();
  const silent: Session = {
    applyToHTTPSOptions: () => new Promise<void>(() => {}),
  };
  const refusal = rejects(
    askLogin(silent, options),
    /^Error: No answer in 120/,
  );
  options.clock.advance(120_000);
  await refusal;
});

Deno.test("askLogin() leaves no timer behind", async () => {
  const options = world();
  let timers = 0;
  const { clock } = options;
  const counting = {
    files: options.files,
    clock: {
      now: () => clock.now(),
      after: (delay: number, action: () => void) => {
        timers++;
        const callOff = clock.after(delay, action);
        return () => {
          timers--;
          callOff();
        };
      },
    },
  };
  await askLogin(session(() => {}), counting);
  strictEqual(timers, 0);
});
