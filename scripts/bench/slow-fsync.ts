/** A library that makes each fsync slower, as flash does: loaded before the C library where a C compiler is present. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const source = (ms: number) => `#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static int slow(const char *name, int fd) {
  usleep(${ms * 1_000});
  return ((int (*)(int))dlsym(RTLD_NEXT, name))(fd);
}
int fsync(int fd) { return slow("fsync", fd); }
int fdatasync(int fd) { return slow("fdatasync", fd); }
`

/** Path of the library, for LD_PRELOAD. Throws where there is no C compiler. */
export function slowFsync(folder: string, ms: number): string {
  const file = join(folder, 'slow-fsync.c')
  const library = join(folder, 'slow-fsync.so')
  writeFileSync(file, source(ms))
  execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, file, '-ldl'])
  return library
}
