/**
 * Where one record of a stream ends and the next may begin, so that a watch can
 * be ended between two events.
 *
 * @module
 */

const LF = 0x0a;
/** Octets of the length in front of each frame (k8s.io/apimachinery, pkg/util/framer). */
const LENGTH_OCTETS = 4;

/** Follows a stream's data and knows when no record is half-done. */
export interface RecordBoundary {
  /** Whether the data so far is nothing but whole records. */
  readonly isReached: boolean;
  /** Takes the stream's next data: `bytes` from `start` up to `end`. */
  follow(bytes: Uint8Array, start: number, end: number): void;
}

class Lines implements RecordBoundary {
  isReached = true;

  follow(bytes: Uint8Array, start: number, end: number): void {
    if (end > start) this.isReached = bytes[end - 1] === LF;
  }
}

/** A length in four octets, most significant first, and so many octets. */
class Frames implements RecordBoundary {
  #lengthOctets = 0;
  #left = 0;

  get isReached(): boolean {
    return this.#lengthOctets === 0;
  }

  follow(bytes: Uint8Array, start: number, end: number): void {
    let index = start;
    while (index < end) {
      if (this.#lengthOctets < LENGTH_OCTETS) {
        this.#left = this.#left * 256 + (bytes[index] ?? 0);
        this.#lengthOctets++;
        index++;
      } else {
        const taken = Math.min(this.#left, end - index);
        this.#left -= taken;
        index += taken;
      }
      if (this.#lengthOctets === LENGTH_OCTETS && this.#left === 0) {
        this.#lengthOctets = 0;
      }
    }
  }
}

/** A stream whose records cannot be told apart has no boundary but its beginning. */
class Unknown implements RecordBoundary {
  isReached = true;

  follow(_bytes: Uint8Array, start: number, end: number): void {
    if (end > start) this.isReached = false;
  }
}

/**
 * The boundary of a watch's events: JSON has one a line, protobuf has frames.
 *
 * @param contentType The response's Content-Type.
 * @param isEncoded Whether it has a Content-Encoding: then nothing can be told.
 *
 * @example
 * ```ts
 * import { recordBoundary } from "./record_boundary.ts";
 *
 * const boundary = recordBoundary("application/json", false);
 * const octets = new TextEncoder().encode('{"type":"ADDED"');
 * boundary.follow(octets, 0, octets.length);
 * console.log(boundary.isReached); // false
 * ```
 */
export function recordBoundary(
  contentType: string,
  isEncoded: boolean,
): RecordBoundary {
  if (isEncoded) return new Unknown();
  const mediaType = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (mediaType === "application/vnd.kubernetes.protobuf") return new Frames();
  if (mediaType === "application/json" || mediaType === "application/yaml") {
    return new Lines();
  }
  return new Unknown();
}
