import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileSystemOf, fileSystemOfType, isMissing, listDirectory, writeFileAtomic } from '../../src/system/files.ts';
import { temporaryPlace } from '../fakes/temporary-place.ts';

describe('files', () => {
  it('lists files through links, and directories apart', async () => {
    const place = await temporaryPlace();
    await writeFile(join(place, 'a'), 'abc');
    await mkdir(join(place, 'b'));
    await symlink(join(place, 'a'), join(place, 'link'));
    await symlink(join(place, 'nothing'), join(place, 'dangling'));
    const { files, directories } = await listDirectory(place);
    expect([...files.keys()].sort()).toEqual(['a', 'link']);
    expect(files.get('link')?.size).toBe(3);
    expect([...directories]).toEqual(['b']);
    expect(await listDirectory(join(place, 'gone')).catch(isMissing)).toBe(true);
  });

  it('writes whole files and leaves nothing else', async () => {
    const place = await temporaryPlace();
    await writeFileAtomic(join(place, 'x'), 'one');
    await writeFileAtomic(join(place, 'x'), 'two');
    expect(await readFile(join(place, 'x'), 'utf8')).toBe('two');
    expect(await readdir(place)).toEqual(['x']);
  });

  it('knows network file systems by their number', () => {
    expect(fileSystemOfType(0x6969)).toEqual({ name: 'nfs', network: true });
    expect(fileSystemOfType(0xff534d42 | 0)).toEqual({ name: 'cifs', network: true });
    expect(fileSystemOfType(0x0bd00bd0)).toEqual({ name: 'lustre', network: true });
    expect(fileSystemOfType(0xef53)).toEqual({ name: 'ext4', network: false });
    expect(fileSystemOfType(0x1234)).toEqual({ name: '0x1234', network: false });
  });

  it('asks the nearest directory that exists', async () => {
    const place = await temporaryPlace();
    const disk = await fileSystemOf(join(place, 'not', 'yet'));
    expect(disk.name).toBe((await fileSystemOf(place)).name);
    expect(disk.totalBytes).toBeGreaterThan(disk.freeBytes);
  });
});
