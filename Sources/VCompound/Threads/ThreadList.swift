// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization
internal import ThreadSlot

/// The caches that the calling thread has in all heaps: so it finds them again, and leaves nothing
/// behind at its end.
///
/// A thread's slot holds the cache that it used last; a thread that uses several heaps in turn
/// finds the others here. The list begins in a variable of the thread and runs through the caches.
/// Its lock is that of the process: a heap that ends takes its caches out of the lists of all
/// threads, and a heap whose cache is in a list has not ended.
enum ThreadList {
  /// A key of the threads library, whose destructor runs when a thread ends.
  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    return unsafe pthread_key_create(&key) { _ in ThreadList.threadEnds() } == 0 ? key : nil
  }()

  /// The calling thread's cache in a heap.
  static func cache(ofHeap number: UInt64) -> ThreadCache.Pointer? {
    unsafe ProcessState.withLock {
      var cache = unsafe ThreadCache.Pointer(
        bitPattern: vcompound_slot_first_cache().pointee)
      while let current = unsafe cache {
        if unsafe current.pointee.heapNumber == number { return unsafe current }
        unsafe cache = ThreadCache.Pointer(
          bitPattern: current.pointee.links.next)
      }
      return nil
    }
  }

  /// Puts a cache on the calling thread's list.
  ///
  /// - Returns: false where the system has no key for the thread's end; nothing has changed then.
  static func add(_ cache: ThreadCache.Pointer) -> Bool {
    guard let key, unsafe pthread_setspecific(key, cache) == 0 else { return false }
    ProcessState.withLock {
      guard let first = unsafe vcompound_slot_first_cache() else { return }
      let next = unsafe first.pointee
      unsafe cache.pointee.links = ThreadCache.Links(first: UInt(bitPattern: first), next: next)
      if let next = unsafe ThreadCache.Pointer(bitPattern: next) {
        unsafe next.pointee.links.previous = UInt(bitPattern: cache)
      }
      unsafe first.pointee = UInt(bitPattern: cache)
    }
    return true
  }

  /// Takes a cache off the list of its thread, if it is on one; the lock of the process is held.
  static func remove(_ cache: ThreadCache.Pointer) {
    let links = unsafe cache.pointee.links
    guard let first = unsafe UnsafeMutablePointer<UInt>(bitPattern: links.first) else { return }
    if let previous = unsafe ThreadCache.Pointer(bitPattern: links.previous) {
      unsafe previous.pointee.links.next = links.next
    } else {
      unsafe first.pointee = links.next
    }
    if let next = unsafe ThreadCache.Pointer(bitPattern: links.next) {
      unsafe next.pointee.links.previous = links.previous
    }
    unsafe cache.pointee.links = ThreadCache.Links()
  }

  private static func threadEnds() {
    vcompound_slot_set(0, 0)
    ProcessState.withLock {
      while let cache = unsafe ThreadCache.Pointer(
        bitPattern: vcompound_slot_first_cache().pointee)
      {
        unsafe remove(cache)
        unsafe cache.pointee.home.threadEnded(cache.pointee.home.heap, UInt(bitPattern: cache))
      }
    }
  }
}
