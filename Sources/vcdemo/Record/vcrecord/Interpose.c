// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Stands before the malloc of a program (LD_PRELOAD) and notes what it hands out. Memory that the
// malloc maps for itself is not seen, so a large block counts once.

#include "Spool.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static void *(*nextMalloc)(size_t);
static void (*nextFree)(void *);
static void *(*nextCalloc)(size_t, size_t);
static void *(*nextRealloc)(void *, size_t);
static void *(*nextMemalign)(size_t, size_t);
static int (*nextPosixMemalign)(void **, size_t, size_t);
static void *(*nextAlignedAlloc)(size_t, size_t);
static size_t (*nextUsableSize)(void *);

static size_t minimum;

// Whether this thread is inside one of these functions: what they call of each other is not noted.
static __thread __attribute__((tls_model("initial-exec"))) int depth;

// dlsym asks for memory itself, before there is a malloc to ask.
static char early[16384] __attribute__((aligned(16)));
static size_t earlyUsed;

static void *allocateEarly(size_t size) {
  size = (size + 15) & ~(size_t)15;
  if (size > sizeof early - earlyUsed) {
    errno = ENOMEM;
    return NULL;
  }
  void *memory = early + earlyUsed;
  earlyUsed += size;
  return memory;
}

static int isEarly(const void *address) {
  return (const char *)address >= early && (const char *)address < early + sizeof early;
}

static void find(void) {
  static int isFinding;
  if (isFinding) return;
  isFinding = 1;
  nextFree = (void (*)(void *))dlsym(RTLD_NEXT, "free");
  nextCalloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
  nextRealloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
  nextMemalign = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "memalign");
  nextPosixMemalign = (int (*)(void **, size_t, size_t))dlsym(RTLD_NEXT, "posix_memalign");
  nextAlignedAlloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "aligned_alloc");
  nextUsableSize = (size_t (*)(void *))dlsym(RTLD_NEXT, "malloc_usable_size");
  nextMalloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
  isFinding = 0;
}

__attribute__((constructor)) static void start(void) {
  if (!nextMalloc) find();
  const char *folder = getenv("VCRECORD_FOLDER");
  const char *least = getenv("VCRECORD_MINIMUM");
  if (!folder || !least) return;
  const char *recorder = getenv("VCRECORD_PROCESS");
  minimum = strtoull(least, NULL, 10);
  spool_open(folder, minimum, recorder && atol(recorder) == (long)getppid());
}

// Whether the caller's request is to be noted: it is the outermost one, and recording is on.
static inline int isNoted(void) { return spool_isOpen && depth == 0; }

static inline void noteBirth(void *memory, size_t size, size_t alignment) {
  if (memory && size >= minimum && isNoted()) {
    spool_note(EventAllocate, memory, size, alignment);
  }
}

// Whether a block may have been noted. The malloc may know it by a larger size than was asked for;
// the reader of the spool passes over those that were never noted.
static inline int mayBeNoted(void *memory) {
  return isNoted() && (!nextUsableSize || nextUsableSize(memory) >= minimum);
}

EXPORT void *malloc(size_t size) {
  if (!nextMalloc) find();
  if (!nextMalloc) return allocateEarly(size);
  depth++;
  void *memory = nextMalloc(size);
  depth--;
  noteBirth(memory, size, 16);
  return memory;
}

EXPORT void free(void *memory) {
  if (!memory || isEarly(memory)) return;
  if (!nextFree) find();
  if (mayBeNoted(memory)) spool_note(EventFree, memory, 0, 0);
  depth++;
  nextFree(memory);
  depth--;
}

EXPORT void *calloc(size_t count, size_t size) {
  if (!nextCalloc) find();
  if (!nextCalloc) return allocateEarly(count * size);
  depth++;
  void *memory = nextCalloc(count, size);
  depth--;
  if (memory) noteBirth(memory, count * size, 16);
  return memory;
}

EXPORT void *realloc(void *memory, size_t size) {
  if (!nextRealloc) find();
  if (!memory || isEarly(memory)) {
    void *copy = malloc(size);
    size_t most = (size_t)(early + sizeof early - (char *)memory);
    if (copy && memory) memcpy(copy, memory, size < most ? size : most);
    return copy;
  }
  int isMove = mayBeNoted(memory);
  if (isMove) spool_note(EventMoveBegin, memory, 0, 0);
  depth++;
  void *moved = nextRealloc(memory, size);
  depth--;
  if (isMove) {
    // A size of zero frees it, and nothing is left: as a move to nothing that has not failed.
    if (size == 0 && !moved) spool_note(EventMoveEnd, memory, 0, 16);
    else spool_note(EventMoveEnd, moved, size, 16);
  } else {
    noteBirth(moved, size, 16);
  }
  return moved;
}

EXPORT void *reallocarray(void *memory, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return NULL;
  }
  return realloc(memory, bytes);
}

EXPORT int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (!nextPosixMemalign) find();
  depth++;
  int code = nextPosixMemalign(memory, alignment, size);
  depth--;
  if (code == 0) noteBirth(*memory, size, alignment);
  return code;
}

EXPORT void *aligned_alloc(size_t alignment, size_t size) {
  if (!nextAlignedAlloc) find();
  depth++;
  void *memory = nextAlignedAlloc(alignment, size);
  depth--;
  noteBirth(memory, size, alignment);
  return memory;
}

EXPORT void *memalign(size_t alignment, size_t size) {
  if (!nextMemalign) find();
  depth++;
  void *memory = nextMemalign(alignment, size);
  depth--;
  noteBirth(memory, size, alignment);
  return memory;
}

EXPORT void *valloc(size_t size) { return memalign((size_t)sysconf(_SC_PAGESIZE), size); }

EXPORT void *pvalloc(size_t size) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  return memalign(page, size == 0 ? page : (size + page - 1) & ~(page - 1));
}
