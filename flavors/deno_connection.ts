/**
 * A connection on the runtime's socket.
 *
 * @module
 */

import type { Connection } from "../lib/platform.ts";

/** What connections that were made and that were accepted have in common. */
export class DenoConnection<Socket extends Deno.Conn> implements Connection {
  protected readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.socket.read(buffer);
  }

  write(data: Uint8Array): Promise<number> {
    return this.socket.write(data);
  }

  closeWrite(): Promise<void> {
    return this.socket.closeWrite();
  }

  close(): void {
    this.socket.close();
  }
}
