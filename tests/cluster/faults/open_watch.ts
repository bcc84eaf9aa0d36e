/** A watch as an app holds it: its events, and how it ends. */

import { denoNetwork } from "../../../flavors/deno_network.ts";
import { RawPeer } from "../../lib/proxy/raw_peer.ts";
import type { PodProxy } from "../proxy/pod_proxy.ts";

/** Nothing but a defect takes so long. Milliseconds. */
const PATIENCE = 60_000;

/** A running watch of a namespace's ConfigMaps. */
export class OpenWatch implements Disposable {
  readonly #peer: RawPeer;
  readonly #timer: ReturnType<typeof setTimeout>;
  #isOverdue = false;

  private constructor(peer: RawPeer) {
    this.#peer = peer;
    // What waits for it then fails.
    this.#timer = setTimeout(() => {
      this.#isOverdue = true;
      peer.close();
    }, PATIENCE);
  }

  /** Begins it through the proxy, and waits for the answer's head. */
  static async open(proxy: PodProxy, namespace: string): Promise<OpenWatch> {
    const connection = await denoNetwork.connect({
      hostname: "127.0.0.1",
      port: proxy.port,
      tls: { caCertificates: [await proxy.appCa()] },
    });
    const peer = new RawPeer(connection);
    await peer.send([
      `GET /api/v1/namespaces/${namespace}/configmaps?watch=1&resourceVersion=0 HTTP/1.1`,
      "Host: a",
      `Authorization: Bearer ${await proxy.appToken()}`,
      "",
      "",
    ].join("\r\n"));
    const head = await peer.readHead();
    if (!head.startsWith("HTTP/1.1 200 ")) {
      peer.close();
      throw new Error(`The watch was refused: ${head}`);
    }
    return new OpenWatch(peer);
  }

  /** Waits for an event of the object. */
  async event(name: string): Promise<void> {
    await this.#peer.readThrough(`"metadata":{"name":"${name}"`);
  }

  /** Waits for its end; tells whether the stream was complete. */
  async ended(): Promise<"complete" | "broken off" | "hung"> {
    const isComplete = await this.#peer.readThrough("\r\n0\r\n\r\n")
      .then(() => true, () => false);
    if (this.#isOverdue) return "hung";
    return isComplete ? "complete" : "broken off";
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#peer.close();
  }
}
