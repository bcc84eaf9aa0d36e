/**
 * Strict decoding of a byte stream as UTF-8, chunk by chunk.
 *
 * @module
 */

/** Bytes in a stream, as files, sockets and standard input give them. */
export type ByteStream = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** What decoding gives: text, or the end of it at bytes that are not UTF-8. */
export type DecodedChunk =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "invalid"; readonly encoding: "UTF-16" | "UTF-32" | "?" };

/**
 * Decodes chunks as UTF-8 (RFC 3629). Nothing is replaced and a byte order mark
 * stays, so that encoding the text again gives the same bytes. After an
 * `invalid` chunk nothing follows; the text before the fault comes first.
 */
export async function* decodeUtf8(
  chunks: ByteStream,
): AsyncGenerator<DecodedChunk> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest: Uint8Array = new Uint8Array(0);
  let atStart = true;
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : joinBytes(rest, chunk);
    if (atStart) {
      // The longest signature has four bytes; shorter streams are judged below.
      if (bytes.length < 4) {
        rest = bytes;
        continue;
      }
      atStart = false;
      const encoding = foreignEncoding(bytes);
      if (encoding !== undefined) {
        yield { type: "invalid", encoding };
        return;
      }
    }
    const end = bytes.length - incompleteTail(bytes);
    const whole = bytes.subarray(0, end);
    rest = bytes.slice(end);
    const invalid = yield* decodeWhole(decoder, whole);
    if (invalid) return;
  }
  if (atStart) {
    const encoding = foreignEncoding(rest);
    if (encoding !== undefined) {
      yield { type: "invalid", encoding };
      return;
    }
  }
  yield* decodeWhole(decoder, rest);
}

/** Yields the text of bytes that should be whole; true when they were not UTF-8. */
function* decodeWhole(
  decoder: TextDecoder,
  bytes: Uint8Array,
): Generator<DecodedChunk, boolean> {
  if (bytes.length === 0) return false;
  try {
    yield { type: "text", text: decoder.decode(bytes) };
    return false;
  } catch {
    const valid = validUtf8Length(bytes);
    yield { type: "text", text: decoder.decode(bytes.subarray(0, valid)) };
    yield { type: "invalid", encoding: "?" };
    return true;
  }
}

function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/** UTF-16 and UTF-32 by byte order mark or by where the zeros of ASCII text stand. */
function foreignEncoding(bytes: Uint8Array): "UTF-16" | "UTF-32" | undefined {
  const [b0, b1, b2, b3] = bytes;
  if (b0 === undefined || b1 === undefined) return undefined;
  if (b0 === 0xff && b1 === 0xfe) {
    return b2 === 0 && b3 === 0 ? "UTF-32" : "UTF-16";
  }
  if (b0 === 0xfe && b1 === 0xff) return "UTF-16";
  if (b0 === 0 && b1 === 0) return "UTF-32";
  if (b0 !== 0 && b1 === 0 && b2 === 0 && b3 === 0) return "UTF-32";
  return (b0 === 0) !== (b1 === 0) ? "UTF-16" : undefined;
}

/** Bytes at the end that begin a character without finishing it (0 to 3). */
function incompleteTail(bytes: Uint8Array): number {
  const last = Math.min(3, bytes.length);
  for (let back = 1; back <= last; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return sequenceLength(byte) > back ? back : 0;
  }
  return 0;
}

function sequenceLength(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
}

/** How many leading bytes are well-formed UTF-8 (Unicode, table 3-7). */
function validUtf8Length(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at] ?? 0;
    const length = sequenceLength(lead);
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4) return at;
    for (let next = 1; next < length; next++) {
      const byte = bytes[at + next] ?? 0;
      const [low, high] = next === 1 ? secondByteRange(lead) : [0x80, 0xbf];
      if (byte < low || byte > high) return at;
    }
    at += length;
  }
  return at;
}

function secondByteRange(lead: number): readonly [number, number] {
  if (lead === 0xe0) return [0xa0, 0xbf];
  if (lead === 0xed) return [0x80, 0x9f];
  if (lead === 0xf0) return [0x90, 0xbf];
  if (lead === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}
