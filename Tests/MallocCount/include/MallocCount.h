// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Counts the calls of malloc and its like that a thread makes, for tests of what must make none.
//
// The functions of the same names in MallocCount.c stand in for those of the C library, in the
// whole process of the tests: for the Swift runtime and all libraries too.

#ifndef VCOMPOUND_MALLOC_COUNT_H
#define VCOMPOUND_MALLOC_COUNT_H

#include <stdbool.h>

/// Whether calls are counted in this build: not where a sanitizer has functions of its own.
bool malloc_count_works(void);

/// Counts from zero what the calling thread calls.
void malloc_count_begin(void);

/// Stops counting.
///
/// Returns the calls since `malloc_count_begin`; 0 where that was not called.
long malloc_count_end(void);

/// Runs a function on a new thread, and waits until the thread is gone.
///
/// Returns the calls between the end of the function and the end of the thread, those of the
/// destructors of its keys included; -1 where there is no thread to be had.
long malloc_count_after(void (*body)(void *), void *context);

#endif
