import { describe, expect, it } from 'vitest';
import { crc32c, scalarsRecord, versionRecord } from './event-file.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('CRC-32C', () => {
  // RFC 3720, appendix B.4: "CRC Examples".
  it.each([
    ['32 bytes of zeros', Buffer.alloc(32), 0x8a9136aa],
    ['32 bytes of ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
    ['32 bytes going up', Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
    ['32 bytes going down', Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c],
    ['the digits 1 to 9', Buffer.from('123456789'), 0xe3069283],
  ])('of %s', (_name, bytes, expected) => expect(crc32c(bytes)).toBe(expected));
});

describe('an event file', () => {
  it('begins with its version, framed as TensorFlow frames it', () => {
    // By hand: 09 is field 1 as double, 1a field 3 with 13 bytes; 24 bytes of data in all.
    const bytes = versionRecord(0);
    const data = `090000000000000000${'1a0d'}${Buffer.from('brain.Event:2').toString('hex')}`;
    expect(hex(bytes.subarray(0, 8))).toBe('1800000000000000');
    expect(hex(bytes.subarray(12, 12 + 24))).toBe(data);
    // The twelve bytes that every event file of TensorFlow begins with.
    expect(hex(bytes.subarray(8, 12))).toBe('a37f4b22');
    expect(bytes).toHaveLength(8 + 4 + 24 + 4);
  });

  it('holds scalars with their step and time', () => {
    // wall_time 1.5, step 300 (ac 02), one value: tag "loss" and the float 0.25.
    const value = `0a04${Buffer.from('loss').toString('hex')}150000803e`;
    const summary = `0a0b${value}`;
    const data = `09000000000000f83f10ac022a0d${summary}`;
    const bytes = scalarsRecord(1.5, 300, [{ tag: 'loss', value: 0.25 }]);
    expect(hex(bytes.subarray(12, -4))).toBe(data);
  });
});
