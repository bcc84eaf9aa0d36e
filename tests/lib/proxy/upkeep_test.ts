import { match, ok, strictEqual } from "node:assert/strict";
import { denoNetwork } from "../../../flavors/deno_network.ts";
import { McaError } from "../../../lib/errors.ts";
import type { Network, TlsListener } from "../../../lib/platform.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";
import { FaultyFiles } from "../../fakes/faulty_files.ts";
import { openWatch } from "./open_watch.ts";
import { ProxyUnderTest, until } from "./proxy_under_test.ts";
import { answering, okResponse } from "./scripted_upstream.ts";

const timeout = 20_000;
const DAY = 24 * 60 * 60_000;
const DIRECTORY = "/mca-serviceaccount";

/** A network whose listeners fail as often as they are told to. */
class FailingNetwork implements Network {
  failingAccepts = 0;
  failingListens = 0;
  listens = 0;

  connect = denoNetwork.connect;

  async listenTls(
    options: Parameters<Network["listenTls"]>[0],
  ): Promise<TlsListener> {
    this.listens++;
    if (this.failingListens > 0) {
      this.failingListens--;
      throw new McaError("listen", "The port is taken for a moment");
    }
    const listener = await denoNetwork.listenTls(options);
    return {
      hostname: listener.hostname,
      port: listener.port,
      close: () => listener.close(),
      accept: async () => {
        const connection = await listener.accept();
        if (this.failingAccepts === 0) return connection;
        this.failingAccepts--;
        connection.close();
        throw new Error("Too many open files");
      },
    };
  }
}

async function request(test: ProxyUnderTest): Promise<void> {
  using client = await test.connect();
  await client.send(test.request());
  strictEqual((await client.readResponse()).body, "ok");
}

Deno.test({
  name:
    "startProxy() goes on accepting after accepting failed, and says so once",
  timeout,
  async fn() {
    const network = new FailingNetwork();
    const clock = new FakeClock();
    await using test = await ProxyUnderTest.start({
      network,
      clock,
      script: answering(okResponse()),
    });
    network.failingAccepts = 3;
    for (let left = 2; left >= 0; left--) {
      const failed = test.connect().catch(() => {});
      await until(() => network.failingAccepts === left);
      await failed;
      // It pauses, or it would use up the processor.
      await until(() => {
        clock.advance(100);
        return true;
      });
    }
    const served = request(test);
    await until(() => {
      clock.advance(100);
      return test.logText.includes("Accepting connections again");
    });
    await served;
    const lines = test.log.filter((line) =>
      line.includes("Too many open files")
    );
    strictEqual(lines.length, 1, lines.join(""));
  },
});

/** A clock on which it is so long ago that the serving certificate is due now. */
function pastClock(): FakeClock {
  return new FakeClock(Date.now() - 61 * DAY);
}

/** Lets the certificate come near its end, and waits for another. */
async function renewLeaf(
  test: ProxyUnderTest,
  clock: FakeClock,
): Promise<void> {
  clock.advance(61 * DAY);
  await until(() => {
    clock.advance(60_000);
    return test.logText.includes("Renewed the serving certificate");
  });
}

Deno.test({
  name:
    "startProxy() renews its certificate while it serves, and drops no connection",
  timeout,
  async fn() {
    const network = new FailingNetwork();
    const clock = pastClock();
    await using test = await ProxyUnderTest.start({
      network,
      clock,
    });
    const { client: watch, ...opened } = await openWatch(test);
    let { upstream } = opened;
    await renewLeaf(test, clock);
    await until(() => network.listens === 2);
    await upstream.send("3\r\n{}\n\r\n");
    strictEqual(await watch.readThrough("}\n\r\n"), "3\r\n{}\n\r\n");
    // The same CA vouches for the new certificate.
    const client = await test.connect();
    await client.send(test.request());
    upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send(okResponse());
    strictEqual((await client.readResponse()).body, "ok");
  },
});

Deno.test({
  name:
    "startProxy() tries to listen until it can, when the port was lost in between",
  timeout,
  async fn() {
    const network = new FailingNetwork();
    const clock = pastClock();
    await using test = await ProxyUnderTest.start({
      network,
      clock,
      script: answering(okResponse()),
    });
    await request(test);
    network.failingListens = 3;
    await renewLeaf(test, clock);
    await until(() => {
      clock.advance(500);
      return test.logText.includes("Listening again");
    });
    await request(test);
    const lines = test.log.filter((line) =>
      line.includes("taken for a moment")
    );
    strictEqual(lines.length, 1, lines.join(""));
  },
});

Deno.test({
  name:
    "startProxy() restores the app's directory, also after the disk was full",
  timeout,
  async fn() {
    const clock = new FakeClock();
    let faulty: FaultyFiles | undefined;
    await using test = await ProxyUnderTest.start({
      clock,
      files: (files) => faulty = new FaultyFiles(files),
    });
    ok(faulty !== undefined);
    const { files } = test;
    await files.remove(`${DIRECTORY}/token`);
    await until(() => {
      clock.advance(10_000);
      return test.logText.includes("Restored files");
    });
    strictEqual(await files.readText(`${DIRECTORY}/token`), test.token);
    match(test.logText, /WARN .*Restored files.* files=token/);

    faulty.fail("writeAtomic", DIRECTORY, "ENOSPC");
    await files.remove(`${DIRECTORY}/ca.crt`);
    await until(() => {
      clock.advance(10_000);
      return test.logText.includes("No space is left");
    });
    const tried = faulty.operations.length;
    const isTriedAgain = (operations: readonly string[]) =>
      operations.slice(tried).includes(`writeAtomic ${DIRECTORY}/ca.crt`);
    await until(() => {
      clock.advance(10_000);
      return isTriedAgain(faulty?.operations ?? []);
    });
    const lines = test.log.filter((line) => line.includes("No space is left"));
    strictEqual(lines.length, 1, lines.join(""));
    faulty.heal();
    await until(() => {
      clock.advance(10_000);
      return test.logText.includes("files=ca.crt");
    });
  },
});

Deno.test({
  name: "startProxy() serves on when the wall clock jumps",
  timeout,
  async fn() {
    const clock = new FakeClock();
    const network = new FailingNetwork();
    const now = clock.now();
    await using test = await ProxyUnderTest.start({
      clock,
      network,
      script: answering(okResponse()),
    });
    /** Sets the clock, and waits for what the next look at it brings. */
    const jump = async (by: number, seen: () => boolean) => {
      clock.jumpTo(now + by);
      await until(() => {
        clock.advance(60_000);
        return seen();
      });
    };
    await jump(-400 * DAY, () => test.logText.includes("is not valid yet"));
    await jump(400 * DAY, () => network.listens === 2);
    // Back again: what was made in the future is not valid yet.
    await jump(-60 * 60_000, () => network.listens === 3);
    await request(test);
  },
});
