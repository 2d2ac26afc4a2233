// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

#include "ThreadSlot.h"

#include <sys/syscall.h>
#include <unistd.h>

_Thread_local struct vcompound_thread_slot vcompound_thread_slot;

int vcompound_membarrier(int command) {
  return (int)syscall(SYS_membarrier, command, 0, 0);
}
