// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

#include "MallocCount.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#define HAS_SANITIZER __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)

/// Where the calling thread counts, or NULL. It may be read when the thread has ended.
static _Thread_local long *counter;

bool malloc_count_works(void) { return !(HAS_SANITIZER); }

// Swift Testing takes a backtrace of every error that is thrown, by a hook of the Swift runtime.
// What that calls is nobody's but its own: a function in front of it pauses the counting.
typedef void hook(void *error, const void *type, const void *conformance);
extern _Atomic(hook *) _swift_willThrowTypedImpl __attribute__((weak));
static hook *backtrace;

static void take_uncounted_backtrace(void *error, const void *type, const void *conformance) {
  long *paused = counter;
  counter = NULL;
  backtrace(error, type, conformance);
  counter = paused;
}

static void replace_hook(void) {
  if (!&_swift_willThrowTypedImpl) return;
  backtrace = atomic_load(&_swift_willThrowTypedImpl);
  if (backtrace) atomic_store(&_swift_willThrowTypedImpl, take_uncounted_backtrace);
}

void malloc_count_begin(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, replace_hook);
  static _Thread_local long calls;
  calls = 0;
  counter = &calls;
}

long malloc_count_end(void) {
  long calls = counter ? *counter : 0;
  counter = NULL;
  return calls;
}

struct body {
  void (*function)(void *);
  void *context;
  long calls;
};

static void *run(void *context) {
  struct body *body = context;
  body->function(body->context);
  counter = &body->calls;
  return NULL;
}

long malloc_count_after(void (*function)(void *), void *context) {
  struct body body = {function, context, 0};
  pthread_t thread;
  if (pthread_create(&thread, NULL, run, &body)) return -1;
  pthread_join(thread, NULL);
  return body.calls;
}

#if !(HAS_SANITIZER)

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

/// Where a debugger finds out who calls.
__attribute__((noinline)) static void count(void) { *counter += 1; }

static inline void note(void) {
  if (counter) count();
}

void *malloc(size_t size) {
  note();
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  note();
  return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
  note();
  return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  note();
  if (alignment % sizeof(void *) || !alignment || (alignment & (alignment - 1))) return EINVAL;
  void *found = __libc_memalign(alignment, size);
  if (!found) return ENOMEM;
  *block = found;
  return 0;
}

#endif
