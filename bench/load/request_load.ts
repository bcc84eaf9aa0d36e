/**
 * Loads of ordinary requests.
 *
 * @module
 */

import { RESOURCES, UPLOAD_PATH } from "../origin/resources.ts";
import { Client, requestOctets } from "./client.ts";
import type {
  ConnectJob,
  LoadResult,
  RequestsJob,
  Target,
  UploadsJob,
} from "./job.ts";
import { repeat } from "./repeat.ts";

const PIECE = 64 * 1024;

/** The same request over and over; each connection has one under way. */
export async function runRequests(job: RequestsJob): Promise<LoadResult> {
  const octets = requestOctets(job.target, `GET ${job.path}`);
  return await onConnections(job, async (client) => {
    await client.stream.write(octets);
    const length = await client.receive(200);
    if (length !== job.length) {
      throw new TypeError(`Expected ${job.length} octets, got ${length}`);
    }
  });
}

/** The same upload over and over. */
export async function runUploads(job: UploadsJob): Promise<LoadResult> {
  const octets = requestOctets(job.target, `POST ${UPLOAD_PATH}`, [
    "Content-Type: application/json",
    `Content-Length: ${job.length}`,
  ]);
  const piece = new Uint8Array(PIECE).fill(0x20);
  return await onConnections(job, async (client) => {
    await client.stream.write(octets);
    for (let left = job.length; left > 0; left -= PIECE) {
      await client.stream.write(left < PIECE ? piece.subarray(0, left) : piece);
    }
    await client.receive(201);
  });
}

/** One small request on a connection of its own, over and over. */
export async function runConnects(job: ConnectJob): Promise<LoadResult> {
  const { path } = RESOURCES.small;
  const octets = requestOctets(job.target, `GET ${path}`);
  const worker = async (): Promise<void> => {
    using client = await Client.connect(job.target, PIECE / 4);
    await client.stream.write(octets);
    await client.receive(200);
  };
  return await repeat(Array(job.connections).fill(worker), job.seconds);
}

async function onConnections(
  job: {
    readonly target: Target;
    readonly connections: number;
    readonly seconds: number;
  },
  action: (client: Client) => Promise<void>,
): Promise<LoadResult> {
  using clients = new DisposableStack();
  const workers: (() => Promise<void>)[] = [];
  for (let number = 0; number < job.connections; number++) {
    const client = clients.use(await Client.connect(job.target));
    workers.push(() => action(client));
  }
  return await repeat(workers, job.seconds);
}
