/** Upstreams and clients that break off in every way, and what is left of it. */

import assert from "node:assert/strict";
import { denoNetwork } from "../../../flavors/deno_network.ts";
import { RawPeer } from "../../lib/proxy/raw_peer.ts";
import {
  okResponse,
  ScriptedUpstream,
} from "../../lib/proxy/scripted_upstream.ts";
import { PodProxy, type ProxiedCluster } from "../proxy/pod_proxy.ts";
import { waitUntil } from "../wait_until.ts";
import { idleConnections, NOTICED } from "./idle_connections.ts";

/** Clients at once, for each fault. */
const CLIENTS = 40;
/** How often all of it happens: twice to get warm, then to find what grows. */
const ROUNDS = { warm: 3, measured: 6 };
/** Less than what the measured rounds' connections would leave if each were kept with its TLS state. */
const GROWTH = 16 * 1024 * 1024;

/** So that what is kept can be told from what nobody has collected yet. */
const PROMPT_COLLECTION = {
  DENO_V8_FLAGS: "--max-semi-space-size=1,--optimize-for-size",
  MALLOC_ARENA_MAX: "1",
};

const BIG = 50_000_000;

/** What the upstream does with a request to each path, after its head. */
const UPSTREAM: Readonly<Record<string, (peer: RawPeer) => Promise<unknown>>> =
  {
    "/stalls": async (peer) => {
      await peer.send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n9\r\nhel",
      );
      return await peer.readEnd();
    },
    "/never-answers": (peer) => peer.readEnd(),
    "/answers-garbage": (peer) => peer.send("SSH-2.0-OpenSSH_9.9\r\n\r\n"),
    "/ends-in-its-head": (peer) => peer.send("HTTP/1.1 200 OK\r\nContent-Le"),
    "/ends-in-its-body": (peer) =>
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfifty"),
    "/takes-uploads": (peer) => peer.readEnd(),
  };

/** The rest of one client's part, after its request; tells what it saw. */
type Part = (peer: RawPeer) => Promise<string>;

const seesResponse: Part = async (peer) => {
  const { status, body } = await peer.readResponse();
  return `${status} ${/"reason":"(\w+)"/.exec(body)?.[1]}`;
};

const CLIENT: Readonly<Record<string, { readonly body?: string; part: Part }>> =
  {
    "/stalls": {
      part: async (peer) => {
        await peer.readThrough("hello");
        return "the part that came";
      },
    },
    "/never-answers": { part: () => Promise.resolve("nothing") },
    "/answers-garbage": { part: seesResponse },
    "/ends-in-its-head": { part: seesResponse },
    "/ends-in-its-body": {
      part: async (peer) => {
        await peer.readThrough("fifty");
        const rest = await peer.readRest();
        return `the part that came${rest}`;
      },
    },
    "/takes-uploads": {
      body: "x".repeat(300_000),
      part: () => Promise.resolve("nothing"),
    },
  };

/** What each client of a fault has to see before it goes. */
const SEEN: Readonly<Record<string, string>> = {
  "/stalls": "the part that came",
  "/never-answers": "nothing",
  "/answers-garbage": "502 BadGateway",
  "/ends-in-its-head": "502 BadGateway",
  "/ends-in-its-body": "the part that came",
  "/takes-uploads": "nothing",
};

class FaultyPod implements AsyncDisposable {
  readonly upstream: ScriptedUpstream;
  readonly proxy: PodProxy;
  /** How many requests to a path the upstream has got, and how many it is done with. */
  readonly requests = new Map<string, { begun: number; ended: number }>();
  #ca = "";
  #token = "";

  private constructor(upstream: ScriptedUpstream, proxy: PodProxy) {
    this.upstream = upstream;
    this.proxy = proxy;
    for (const path of Object.keys(UPSTREAM)) {
      this.requests.set(path, { begun: 0, ended: 0 });
    }
    upstream.script = (peer) => this.#serve(peer);
  }

  static async start(): Promise<FaultyPod> {
    const upstream = await ScriptedUpstream.listen(async (peer) => {
      await peer.readHead();
    });
    const cluster: ProxiedCluster = {
      host: "127.0.0.1",
      port: upstream.port,
      caPem: upstream.caCertificates.join("\n"),
      createToken: () => Promise.resolve("a.real.token"),
      kubeconfigText: () => "",
    };
    try {
      const proxy = await PodProxy.start(cluster, {
        namespace: "default",
        env: PROMPT_COLLECTION,
      });
      const pod = new FaultyPod(upstream, proxy);
      pod.#ca = await proxy.appCa();
      pod.#token = await proxy.appToken();
      return pod;
    } catch (error) {
      await upstream[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #serve(peer: RawPeer): Promise<void> {
    for (;;) {
      const head = await peer.readHead();
      const path = /^\w+ (\S+) /.exec(head)?.[1] ?? "";
      const act = UPSTREAM[path];
      const count = this.requests.get(path);
      if (act === undefined || count === undefined) {
        await peer.send(okResponse());
        continue;
      }
      count.begun++;
      await act(peer);
      count.ended++;
      return;
    }
  }

  /** As many clients at once as belong to a fault; what each has seen. */
  async clients(path: string): Promise<readonly string[]> {
    const { body, part } = CLIENT[path] ?? { part: seesResponse };
    const begun = this.requests.get(path)?.begun ?? 0;
    const arrived = () =>
      (this.requests.get(path)?.begun ?? 0) >= begun + CLIENTS;
    return await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        using peer = new RawPeer(
          await denoNetwork.connect({
            hostname: "127.0.0.1",
            port: this.proxy.port,
            tls: { caCertificates: [this.#ca] },
          }),
        );
        await peer.send([
          `${body === undefined ? "GET" : "POST"} ${path} HTTP/1.1`,
          "Host: a",
          `Authorization: Bearer ${this.#token}`,
          ...(body === undefined ? [] : [`Content-Length: ${BIG}`]),
          "",
          body ?? "",
        ].join("\r\n"));
        const seen = await part(peer);
        // Nobody goes before the upstream has to do with it.
        await waitUntil(`all requests to ${path}`, arrived);
        return seen;
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]();
    await this.upstream[Symbol.asyncDispose]();
  }
}

Deno.test("`mca proxy` keeps no connection and no memory of upstreams and clients that break off", async (t) => {
  await using pod = await FaultyPod.start();
  let memory = 0;
  for (let round = 0; round < ROUNDS.warm + ROUNDS.measured; round++) {
    if (round === ROUNDS.warm) memory = await pod.proxy.residentMemory();
    for (const path of Object.keys(UPSTREAM)) {
      const seen = await pod.clients(path);
      assert.deepEqual(
        seen,
        Array.from({ length: CLIENTS }, () => SEEN[path]),
        path,
      );
    }
  }
  for (const [path, count] of pod.requests) {
    await t.step(`the upstream of ${path} sees the end of each`, async () => {
      await waitUntil("the last to end", () => count.ended === count.begun);
      assert.equal(count.begun, CLIENTS * (ROUNDS.warm + ROUNDS.measured));
    });
  }
  await t.step("no connection is left", async () => {
    await idleConnections(pod.proxy);
    pod.upstream.closeConnections();
    await waitUntil(
      "the idle connections to go",
      async () => await pod.proxy.openConnections() === 0,
      NOTICED,
    );
  });
  await t.step("memory has not grown", async () => {
    const growth = await pod.proxy.residentMemory() - memory;
    assert.ok(growth < GROWTH, `${growth} octets`);
  });
  await t.step("and it serves as before", async () => {
    assert.deepEqual(
      new Set(await Promise.all(["/ok", "/ok"].map(() => answerOf(pod)))),
      new Set([200]),
    );
  });
});

async function answerOf(pod: FaultyPod): Promise<number> {
  using client = Deno.createHttpClient({ caCerts: [await pod.proxy.appCa()] });
  const response = await fetch(`https://127.0.0.1:${pod.proxy.port}/ok`, {
    client,
    headers: { Authorization: `Bearer ${await pod.proxy.appToken()}` },
  });
  await response.body?.cancel();
  return response.status;
}
