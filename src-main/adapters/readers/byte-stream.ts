/** A file as a stream of UTF-8 bytes: unpacked where gzipped, decoded from UTF-16, without byte order mark. */
import { createReadStream } from 'node:fs';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { CodedException } from '../../../src-shared/contract/coded-error.ts';
import { damagedFile, tooLarge } from './file-errors.ts';

const CHUNK_BYTES = 1 << 20;
/** gzip packs text to a fifth, repeated rows to a hundredth; only a bomb goes beyond this. */
const BOMB_RATIO = 300;
const BOMB_BYTES = 256 * 1024 * 1024;
/** How much of the beginning decides on the encoding. */
const ENCODING_BYTES = 4096;

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** `onRead` hears how many bytes of the file, as it lies on the disk, were read so far. */
export async function* readBytes(path: string, onRead?: (bytes: number) => void): AsyncGenerator<Buffer> {
  yield* decode(unpack(path, onRead));
}

/** The first bytes as `readBytes` gives them, and whether they are the whole file. */
export async function readHead(path: string, bytes: number): Promise<{ head: Buffer; whole: boolean }> {
  const parts: Buffer[] = [];
  let held = 0;
  for await (const chunk of readBytes(path)) {
    parts.push(chunk);
    held += chunk.length;
    if (held > bytes) return { head: Buffer.concat(parts).subarray(0, bytes), whole: false };
  }
  return { head: Buffer.concat(parts), whole: true };
}

/** The bytes of the file, gunzipped where they begin as gzip does. */
export async function* unpack(path: string, onRead?: (bytes: number) => void): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  let packed = false;
  let first = true;
  let unpackedBytes = 0;
  try {
    const chunks = file[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const head = await chunks.next();
    if (head.done) return;
    packed = isGzip(head.value);
    if (!packed) {
      for (let next: IteratorResult<Buffer> = head; !next.done; next = await chunks.next()) {
        onRead?.(file.bytesRead);
        yield next.value;
      }
      return;
    }
    void feed(gunzip, head.value, chunks);
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      if (first && isGzip(chunk)) throw new CodedException(damagedFile('It is gzipped twice.'));
      first = false;
      unpackedBytes += chunk.length;
      onRead?.(gunzip.bytesWritten);
      if (unpackedBytes > BOMB_BYTES && unpackedBytes > BOMB_RATIO * gunzip.bytesWritten)
        throw new CodedException(
          tooLarge(`${gunzip.bytesWritten} bytes of gzip hold over ${unpackedBytes}.`),
        );
      yield chunk;
    }
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (packed && typeof code === 'string' && code.startsWith('Z_'))
      throw new CodedException(damagedFile(`The gzip data cannot be unpacked: ${(error as Error).message}.`));
    throw error;
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}

async function feed(gunzip: ReturnType<typeof createGunzip>, head: Buffer, rest: AsyncIterator<Buffer>) {
  try {
    let chunk: IteratorResult<Buffer> = { done: false, value: head };
    for (; !chunk.done && !gunzip.destroyed; chunk = await rest.next()) {
      if (!gunzip.write(chunk.value)) await drained(gunzip);
    }
    gunzip.end();
  } catch (error) {
    gunzip.destroy(error as Error);
  }
}

function drained(gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  return new Promise(resolve => {
    gunzip.once('drain', resolve);
    gunzip.once('close', resolve);
  });
}

async function* decode(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | null = null;
  let first = true;
  for await (const chunk of chunks) {
    if (first) {
      first = false;
      const encoding = encodingOf(chunk);
      if (encoding !== 'utf-8') {
        // The decoder takes the UTF-16 mark off by itself.
        decoder = new TextDecoder(encoding, { fatal: true });
      } else if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) {
        yield chunk.subarray(3);
        continue;
      }
    }
    yield decoder ? decoded(decoder, chunk) : chunk;
  }
  if (decoder) yield decoded(decoder, null);
}

function decoded(decoder: TextDecoder, chunk: Buffer | null): Buffer {
  try {
    return Buffer.from(chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode(), 'utf8');
  } catch {
    throw new CodedException(damagedFile(`It is ${decoder.encoding.toUpperCase()} with invalid characters.`));
  }
}

/** By the mark; without one, text whose every second byte is zero is UTF-16 as well. */
export function encodingOf(bytes: Buffer): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const head = bytes.subarray(0, ENCODING_BYTES);
  let evenZeros = 0;
  let oddZeros = 0;
  for (let i = 0; i < head.length; i++) {
    if (head[i] !== 0) continue;
    if (i % 2 === 0) evenZeros++;
    else oddZeros++;
  }
  const many = head.length / 4;
  if (head.length >= 8 && oddZeros > many && evenZeros === 0) return 'utf-16le';
  if (head.length >= 8 && evenZeros > many && oddZeros === 0) return 'utf-16be';
  return 'utf-8';
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08;
}
