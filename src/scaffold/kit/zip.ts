import { crc32 } from "node:zlib";

export interface ZipEntry {
  /** With `/` between its segments. */
  readonly name: string;
  readonly content: Uint8Array;
}

/** The earliest date that a zip can contain (1980-01-01 00:00). */
const date = (1 << 5) | 1;
/** UTF-8 names. */
const flags = 0x0800;
/** Created on Unix, with version 2.0 of the format. */
const madeBy = (3 << 8) | 20;
const mode = (0o100644 << 16) >>> 0;

/**
 * Writes a zip whose bytes depend only on its entries. The entries are stored instead of deflated, because the output
 * of deflate differs between processors, and Git compresses several versions of a stored file much better. Source:
 * PKWARE's APPNOTE.TXT.
 */
export function zip(entries: readonly ZipEntry[]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const path = Buffer.from(name, "utf8");
    const common = shared(content, path.length);
    const local = Buffer.concat([uint32(0x04034b50), uint16(20), common, path]);
    const external = [uint16(0), uint16(0), uint16(0), uint32(mode), uint32(offset)];
    directory.push(Buffer.concat([uint32(0x02014b50), uint16(madeBy), uint16(20), common, ...external, path]));
    parts.push(local, Buffer.from(content));
    offset += local.length + content.length;
  }
  const index = Buffer.concat(directory);
  const counts = [uint16(0), uint16(0), uint16(entries.length), uint16(entries.length)];
  const end = Buffer.concat([uint32(0x06054b50), ...counts, uint32(index.length), uint32(offset), uint16(0)]);
  return Buffer.concat([...parts, index, end]);
}

/** The fields that an entry's own header and the directory share: from the flags to the lengths. */
function shared(content: Uint8Array, pathLength: number): Buffer {
  const stored = uint16(0);
  const sizes = [uint32(content.length), uint32(content.length)];
  const lengths = [uint16(pathLength), uint16(0)];
  return Buffer.concat([uint16(flags), stored, uint16(0), uint16(date), uint32(crc32(content)), ...sizes, ...lengths]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
