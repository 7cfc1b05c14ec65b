/** Zip archives as torch.save lays them out, from a pickle and its storages; also wrong ones. */
import { crc32 } from 'node:zlib';

export interface ZipPart {
  readonly name: string;
  readonly data: Buffer;
  /** 0 is stored, 8 deflated (claimed only). */
  readonly method?: number;
  /** Size the directory claims. */
  readonly claimed?: number;
}

export function torchArchive(pickle: Buffer, storages: Readonly<Record<string, Buffer>>, byteOrder = 'little'): Buffer {
  return zipOf([
    { name: 'archive/data.pkl', data: pickle },
    { name: 'archive/byteorder', data: Buffer.from(byteOrder) },
    ...Object.entries(storages).map(([key, data]) => ({ name: `archive/data/${key}`, data })),
    { name: 'archive/version', data: Buffer.from('3\n') },
  ]);
}

export function zipOf(parts: readonly ZipPart[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, method = 0, claimed = data.length } of parts) {
    const [path, size] = [Buffer.from(name), method === 0 ? claimed : data.length];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(crc32Of(data), 10);
    common.writeUInt32LE(size, 14);
    common.writeUInt32LE(claimed, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, path, data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, rest, path]));
    locals.push(local);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, entries, end]);
}

/** Nothing checks the sum of these archives, as nothing of them is unpacked; kept right all the same. */
function crc32Of(data: Buffer): number {
  return typeof crc32 === 'function' ? crc32(data) : 0;
}
