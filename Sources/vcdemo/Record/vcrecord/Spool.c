// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

#include "Spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

int spool_isOpen;

static struct SpoolHeader *header;
static char folder[PATH_MAX];
static char path[PATH_MAX];
static size_t minimum;
static int isInChild;

// The first chunk of a thread is a page, so that many short threads take little; each next one is
// four times as large, up to this.
enum { longestChunk = 256 << 10, page = 4096 };

// What a thread writes to. Within the library's own block of thread storage: no call, no malloc.
static __thread __attribute__((tls_model("initial-exec"))) struct {
  struct ChunkHeader *chunk;
  uint64_t *next;
  uint64_t *end;
  uint64_t thread;
} writer;

// Unmaps the chunk of a thread that ends: a program may have a hundred thousand of them in turn.
static pthread_key_t threadEnd;

static void closeChunk(void *chunk) {
  munmap(chunk, ((struct ChunkHeader *)chunk)->size);
  writer.chunk = NULL;
  writer.next = writer.end = NULL;
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

// Maps a part of the file. Opened anew each time: programs close descriptors that they do not know.
static void *map(uint64_t offset, size_t size, int flags) {
  int file = open(path, O_RDWR | O_CLOEXEC | flags, 0600);
  if (file < 0) return NULL;
  void *memory = NULL;
  // Else a full disk would end the program by a signal later on.
  int code = posix_fallocate(file, (off_t)offset, (off_t)size);
  if (code == 0) {
    memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, (off_t)offset);
    if (memory == MAP_FAILED) memory = NULL;
  } else {
    errno = code;
  }
  int error = errno;
  close(file);
  errno = error;
  return memory;
}

// Begins the file of this process; later than the process begins, so that one that allocates nothing
// has none.
static int openFile(void) {
  uint64_t start = now();
  int length = snprintf(
      path, sizeof path, "%s/%ld-%llu", folder, (long)getpid(), (unsigned long long)start);
  if (length < 0 || (size_t)length >= sizeof path) return 0;
  struct SpoolHeader *opened = map(0, sizeof *opened, O_CREAT | O_EXCL);
  if (!opened) return 0;
  opened->process = (uint64_t)getpid();
  opened->parent = (uint64_t)getppid();
  opened->minimum = minimum;
  opened->start = start;
  opened->end = sizeof *opened;
  ssize_t count = readlink("/proc/self/exe", opened->program, sizeof opened->program - 1);
  opened->program[count < 0 ? 0 : count] = 0;
  opened->magic = SPOOL_MAGIC;
  header = opened;
  return 1;
}

// The same for the first event of any thread; the others wait for it.
static int openFileOnce(void) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  if (isInChild) {
    // The lock may be held by a thread that is not here.
    pthread_mutex_init(&lock, NULL);
    isInChild = 0;
  }
  pthread_mutex_lock(&lock);
  int isOpen = header || openFile();
  pthread_mutex_unlock(&lock);
  return isOpen;
}

// Gives the calling thread a new chunk.
static int openChunk(void) {
  size_t size = page;
  if (writer.chunk) {
    size = writer.chunk->size < longestChunk ? writer.chunk->size * 4 : longestChunk;
    munmap(writer.chunk, writer.chunk->size);
  } else if (openFileOnce()) {
    writer.thread = atomic_fetch_add(&header->threads, 1);
  }
  writer.chunk = NULL;
  writer.next = writer.end = NULL;
  struct ChunkHeader *chunk =
      header ? map(atomic_fetch_add(&header->end, size), size, 0) : NULL;
  if (!chunk) {
    spool_isOpen = 0;
    if (header) atomic_store(&header->error, (uint64_t)errno);
    return 0;
  }
  chunk->size = size;
  chunk->thread = writer.thread;
  chunk->start = now();
  chunk->magic = CHUNK_MAGIC;
  writer.chunk = chunk;
  pthread_setspecific(threadEnd, chunk);
  writer.next = (uint64_t *)(chunk + 1);
  writer.end = (uint64_t *)((char *)chunk + size);
  return 1;
}

void spool_note(enum SpoolEventKind kind, const void *address, size_t size, size_t alignment) {
  if (!spool_isOpen) return;
  int error = errno;
  int words = kind == EventAllocate || kind == EventMoveEnd ? 3 : 2;
  if (writer.end - writer.next < words && !openChunk()) {
    errno = error;
    return;
  }
  uint64_t *event = writer.next;
  // Moved first: a signal handler that allocates writes behind this event.
  writer.next = event + words;
  event[1] = (uint64_t)address;
  if (words == 3) event[2] = size;
  uint64_t shift = alignment > 1 ? (uint64_t)__builtin_ctzll(alignment) : 0;
  event[0] = (uint64_t)kind | shift << 3 | (now() - writer.chunk->start) << 9;
  errno = error;
}

// The picoseconds that an event takes: measured, and taken back.
static uint64_t measureCost(void) {
  enum { count = 64 };
  spool_note(EventFree, NULL, 0, 0);
  uint64_t *first = writer.next;
  if (!first) return 0;
  uint64_t start = now();
  for (int event = 0; event < count; event++) spool_note(EventFree, NULL, 0, 0);
  uint64_t cost = (now() - start) * 1000 / count;
  first -= 2;
  memset(first, 0, (size_t)((char *)writer.next - (char *)first));
  writer.next = first;
  return cost;
}

// A child of fork has its parent's mappings, and needs a file of its own.
static void beginInChild(void) {
  if (writer.chunk) munmap(writer.chunk, writer.chunk->size);
  if (header) munmap(header, sizeof *header);
  writer.chunk = NULL;
  writer.next = writer.end = NULL;
  header = NULL;
  isInChild = 1;
}

void spool_open(const char *name, size_t least, int isAtOnce) {
  if (strlen(name) >= sizeof folder) return;
  if (pthread_key_create(&threadEnd, closeChunk) != 0) return;
  if (pthread_atfork(NULL, NULL, beginInChild) != 0) return;
  strcpy(folder, name);
  minimum = least;
  spool_isOpen = 1;
  if (!isAtOnce) return;
  uint64_t cost = measureCost();
  if (header) header->eventCost = cost;
}
