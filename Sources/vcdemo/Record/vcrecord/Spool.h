// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// The spool: one file a process, into which its threads write what they allocate and free.
//
// The file consists of chunks of 4 KiB and more. Each is mapped by the one thread that writes it, so
// what has been written is in the file whatever becomes of the process. `vcdemo record` reads it
// (SpoolFile.swift); all words are 8 bytes, little endian.
//
//   first page    struct SpoolHeader
//   a chunk       struct ChunkHeader, then events; the first word of zero ends them
//   an event      kind | log2(alignment) << 3 | time << 9, address[, size]
//
// Times are nanoseconds since the chunk began. They order the events of different threads: a free
// has its time before the memory is free, an allocation after it was made.

#ifndef SPOOL_H
#define SPOOL_H

#include <stddef.h>
#include <stdint.h>

enum SpoolEventKind {
  EventAllocate = 1,    // address, size
  EventFree = 2,        // address
  EventMoveBegin = 3,   // realloc begins: the old address
  EventMoveEnd = 4,     // realloc has ended: the new address and its size; 0 if it failed
};

#define SPOOL_MAGIC 0x3147474f4c504356ull   // "VCPLOGG1"
#define CHUNK_MAGIC 0x314b4e5548434356ull   // "VCCHUNK1"

struct SpoolHeader {
  uint64_t magic;
  uint64_t process;
  uint64_t parent;
  uint64_t minimum;        // smaller allocations are not recorded
  uint64_t start;          // CLOCK_MONOTONIC
  uint64_t eventCost;      // picoseconds, or 0 where it was not measured
  _Atomic uint64_t error;  // errno of what ended the recording, or 0
  _Atomic uint64_t end;    // where the next chunk begins
  _Atomic uint64_t threads;
  char program[4096 - 9 * 8];
};

struct ChunkHeader {
  uint64_t magic;
  uint64_t size;
  uint64_t thread;
  uint64_t start;
};

// Has events of the process written to a file in a folder, named after the process and the time.
//
// The file begins with the first event; or at once, and what an event costs is measured.
void spool_open(const char *folder, size_t minimum, int isAtOnce);

// Writes an event of the calling thread; does nothing where there is no file, or the disk is full.
void spool_note(enum SpoolEventKind kind, const void *address, size_t size, size_t alignment);

// Whether events are written.
extern int spool_isOpen;

#endif
