// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

#include "ThreadSlot.h"

#include <sys/syscall.h>
#include <unistd.h>

_Thread_local struct vcompound_thread_slot vcompound_thread_slot;

uint32_t vcompound_number_thread(void) {
  static _Atomic uint32_t last;
  uint32_t number;
  do {
    number = atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
  } while (number == 0);
  vcompound_thread_slot.number = number;
  return number;
}

int vcompound_membarrier(int command) {
  return (int)syscall(SYS_membarrier, command, 0, 0);
}
