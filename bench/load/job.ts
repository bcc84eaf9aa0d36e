/**
 * What the load generator is asked to do, and what it tells.
 *
 * @module
 */

import { isJsonObject } from "../../lib/kube/json.ts";
import type { LatencySummary } from "./latencies.ts";

/** Whom to load. */
export interface Target {
  readonly port: number;
  readonly caCertificate: string;
  readonly token: string;
}

/** The same request again and again on connections that stay. */
export interface RequestsJob {
  readonly kind: "requests";
  readonly target: Target;
  readonly path: string;
  /** What the body's length has to be. */
  readonly length: number;
  readonly connections: number;
  readonly seconds: number;
}

/** The same upload again and again on connections that stay. */
export interface UploadsJob {
  readonly kind: "uploads";
  readonly target: Target;
  /** Octets of each. */
  readonly length: number;
  readonly connections: number;
  readonly seconds: number;
}

/** One small request on a connection of its own, again and again. */
export interface ConnectJob {
  readonly kind: "connect";
  readonly target: Target;
  /** How many at once. */
  readonly connections: number;
  readonly seconds: number;
}

/** Events to watches, each to one of them, or all at once. */
export interface WatchesJob {
  readonly kind: "watches";
  readonly target: Target;
  /** Where the events are asked for. */
  readonly origin: Target;
  readonly watches: number;
  readonly events: number;
  /** Whether each event goes to all watches. */
  readonly isBurst: boolean;
}

/** Lists, watches, tunnels and uploads at once. */
export interface SoakJob {
  readonly kind: "soak";
  readonly target: Target;
  readonly origin: Target;
  readonly seconds: number;
}

/** Reviews by the API server's way, on connections that stay: one under way on each. */
export interface ReviewsJob {
  readonly kind: "reviews";
  readonly target: Target;
  /** What is posted, again and again: an AdmissionReview of a pod to inject. */
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
}

/** The same, but as many a second as are asked for, at moments that nobody chooses. */
export interface ArrivalsJob {
  readonly kind: "arrivals";
  readonly target: Target;
  readonly body: string;
  /** How many come a second, on average. */
  readonly rate: number;
  readonly seconds: number;
}

/** Something to do. */
export type Job =
  | ReviewsJob
  | ArrivalsJob
  | RequestsJob
  | UploadsJob
  | ConnectJob
  | WatchesJob
  | SoakJob;

/** What came of a job. */
export interface LoadResult {
  /** How many were done. */
  readonly count: number;
  /** How long they took altogether. */
  readonly seconds: number;
  readonly latency: LatencySummary;
}

/** Whether it is a job; sent by this benchmark itself, so its kind is proof enough. */
export function isJob(value: unknown): value is Job {
  return isJsonObject(value) && typeof value["kind"] === "string" &&
    isJsonObject(value["target"]);
}

/** Whether it is a result. */
export function isLoadResult(value: unknown): value is LoadResult {
  return isJsonObject(value) && typeof value["count"] === "number" &&
    typeof value["seconds"] === "number" && isJsonObject(value["latency"]);
}
