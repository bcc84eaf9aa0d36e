/**
 * The watches that are open at the origin.
 *
 * @module
 */

type Send = (event: Uint8Array) => Promise<void>;

/** Sends events to watches. */
export class Watches {
  readonly #open = new Map<string, Send>();
  #count = 0;

  /** Adds a watch; the returned function removes it. */
  add(id: string, send: Send): () => void {
    this.#open.set(id, send);
    return () => {
      if (this.#open.get(id) === send) this.#open.delete(id);
    };
  }

  /** Sends one event to the watch of that number, or to `all`. */
  async emit(whose: string): Promise<void> {
    const event = eventChunk(this.#count++);
    if (whose !== "all") return await this.#open.get(whose)?.(event);
    await Promise.all(
      [...this.#open.values()].map((send) => send(event).catch(() => {})),
    );
  }
}

/** A watch event as one chunk of the chunked coding. */
function eventChunk(number: number): Uint8Array {
  const event = JSON.stringify({
    type: "MODIFIED",
    object: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "settings",
        namespace: "default",
        resourceVersion: String(number),
      },
      data: { value: "x".repeat(600) },
    },
  }) + "\n";
  return new TextEncoder().encode(
    `${event.length.toString(16)}\r\n${event}\r\n`,
  );
}
