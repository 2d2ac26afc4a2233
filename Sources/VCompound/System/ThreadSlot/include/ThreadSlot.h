// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// The three things that Swift cannot say and magazines need: a variable of each thread that is
// reached by one instruction (pthread_getspecific takes longer than the rest of an allocation),
// a fence for the compiler alone, and the membarrier system call, which has no C function.

#ifndef VCOMPOUND_THREAD_SLOT_H
#define VCOMPOUND_THREAD_SLOT_H

#include <stdatomic.h>
#include <stdint.h>

/// What is known of the calling thread.
struct vcompound_thread_slot {
  /// The heap that the thread used last, by its number, and the thread's magazines there.
  uint64_t owner;
  uintptr_t cache;
  /// The first of the thread's magazines in all heaps. The lock of the process guards the list.
  uintptr_t first_cache;
  /// How many functions of callers are running that a heap has called on this thread.
  uint32_t callbacks;
  /// A small number, by which threads spread; zero until the thread asks for it.
  uint32_t number;
};

extern _Thread_local struct vcompound_thread_slot vcompound_thread_slot
    __attribute__((tls_model("initial-exec")));

static inline uint64_t vcompound_slot_owner(void) { return vcompound_thread_slot.owner; }

static inline uintptr_t vcompound_slot_cache(void) { return vcompound_thread_slot.cache; }

static inline void vcompound_slot_set(uint64_t owner, uintptr_t cache) {
  vcompound_thread_slot.owner = owner;
  vcompound_thread_slot.cache = cache;
}

/// Where the list of the calling thread's magazines begins.
static inline uintptr_t *vcompound_slot_first_cache(void) {
  return &vcompound_thread_slot.first_cache;
}

/// Where the running functions of callers are counted.
static inline uint32_t *vcompound_slot_callbacks(void) { return &vcompound_thread_slot.callbacks; }

/// Gives the calling thread the next number.
uint32_t vcompound_number_thread(void);

/// The number of the calling thread; never zero.
static inline uint32_t vcompound_thread_number(void) {
  uint32_t number = vcompound_thread_slot.number;
  return number ? number : vcompound_number_thread();
}

/// Keeps the compiler, not the processor, from moving memory accesses over this point.
static inline void vcompound_compiler_fence(void) { atomic_signal_fence(memory_order_seq_cst); }

/// membarrier(2), with no flags; -1 and errno on failure.
int vcompound_membarrier(int command);

#endif
