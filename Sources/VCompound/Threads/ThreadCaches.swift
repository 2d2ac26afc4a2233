// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import ThreadSlot

/// The caches of all threads in one heap: handed out, closed, emptied.
///
/// A thread uses its own without a lock; any other thread can close and empty all of them
/// (`OwnerGate`). While they are *paused* nothing can be put into them: what is free is in the
/// frames or in the slabs.
struct ThreadCaches: ~Copyable, Sendable {
  /// The heap's number, by which threads know their caches in it.
  let number: UInt64

  /// The same, or a number that no thread knows where a census is kept: then nothing is taken
  /// without being listed.
  let unlistedNumber: UInt64

  /// The same, or a number that no thread knows where memory is overwritten as it is freed, or a
  /// census kept: then nothing is freed without a look at it.
  let unscrubbedNumber: UInt64

  private let list = Lock(List())

  /// The most in one cache.
  private let limits: MagazineLimits

  /// Whether there are caches at all.
  private let isOn: Bool

  private let system: OperatingSystem

  /// The caches, and how many pauses are on.
  ///
  /// Not private, or the compiler cannot lay the lock out in other files.
  struct List {
    /// The first cache; the others follow by `nextOfHeap`.
    var first: UInt = 0
    var pauses = 0
    /// Whether no cache shall ever be opened again.
    var isClosed = false
  }

  /// Makes no cache yet.
  ///
  /// - Parameters:
  ///   - limits: the most in one.
  ///   - isOn: whether there shall be any.
  ///   - scrubs: whether memory is overwritten as it is freed.
  ///   - lists: whether a census is kept.
  ///   - system: what to call.
  init(
    limits: MagazineLimits, isOn: Bool, scrubs: Bool, lists: Bool = false, system: OperatingSystem
  ) {
    number = ProcessState.newHeapNumber()
    unlistedNumber = lists ? .max : number
    unscrubbedNumber = scrubs || lists ? .max : number
    self.limits = limits
    self.isOn = isOn
    self.system = system
  }

  deinit {
    leaveThreads()
    unsafe forEach { unsafe ThreadCache.unmap($0, system: system) }
  }

  /// Takes the caches off the lists of their threads, which do not touch the heap any more at their
  /// ends when this returns.
  func leaveThreads() {
    ProcessState.withLock { unsafe forEach { unsafe ThreadList.remove($0) } }
  }

  // MARK: The calling thread's

  /// The calling thread's cache, if it is the one that the thread used last.
  @inline(__always)
  var current: ThreadCache.Pointer? {
    guard vcompound_slot_owner() == number else { return nil }
    return unsafe ThreadCache.Pointer(bitPattern: vcompound_slot_cache())
  }

  /// The same; nil where a census is kept, in which what is taken must be listed.
  @inline(__always)
  var currentUnlisted: ThreadCache.Pointer? {
    guard vcompound_slot_owner() == unlistedNumber else { return nil }
    return unsafe ThreadCache.Pointer(bitPattern: vcompound_slot_cache())
  }

  /// The same; nil where memory is overwritten as it is freed, or a census kept, which takes a look
  /// at it.
  @inline(__always)
  var currentUnscrubbed: ThreadCache.Pointer? {
    guard vcompound_slot_owner() == unscrubbedNumber else { return nil }
    return unsafe ThreadCache.Pointer(bitPattern: vcompound_slot_cache())
  }

  /// Gives the calling thread its cache.
  ///
  /// Where there is no memory for one, the thread is slower, nothing else.
  func attach(_ home: CacheHome) {
    guard isOn, vcompound_slot_owner() != number else { return }
    if let cache = unsafe ThreadList.cache(ofHeap: number) {
      return vcompound_slot_set(number, UInt(bitPattern: cache))
    }
    guard let cache = unsafe idle() ?? new(home) else { return }
    guard unsafe ThreadList.add(cache) else {
      return list.withLock { _ in unsafe cache.pointee.isIdle.store(true, ordering: .relaxed) }
    }
    vcompound_slot_set(number, UInt(bitPattern: cache))
  }

  /// A cache whose thread has ended, if the heap has one.
  private func idle() -> ThreadCache.Pointer? {
    unsafe list.withLock { list in
      var found: ThreadCache.Pointer?
      unsafe forEach(of: list) { cache in
        if unsafe found == nil, unsafe cache.pointee.isIdle.load(ordering: .relaxed) {
          unsafe found = unsafe cache
        }
      }
      unsafe found?.pointee.isIdle.store(false, ordering: .relaxed)
      return unsafe list.isClosed ? nil : found
    }
  }

  private func new(_ home: CacheHome) -> ThreadCache.Pointer? {
    if list.withLock({ $0.isClosed }) { return nil }
    let made = unsafe try? ThreadCache.map(
      limits: limits, heapNumber: number, home: home, system: system)
    guard let cache = unsafe made else { return nil }
    list.withLock { list in
      if list.isClosed || list.pauses > 0 { unsafe cache.pointee.gate.shut() }
      unsafe cache.pointee.nextOfHeap.store(list.first, ordering: .relaxed)
      list.first = UInt(bitPattern: cache)
    }
    return unsafe cache
  }

  /// Empties the cache of a thread that has ended, and keeps it for the next one.
  func threadEnded(_ cache: ThreadCache.Pointer, _ drain: (ThreadCache.Pointer) -> Void) {
    list.withLock { _ in
      unsafe drain(cache)
      unsafe cache.pointee.isIdle.store(true, ordering: .relaxed)
    }
  }

  // MARK: All threads'

  /// Closes all caches and empties them, until `resume`.
  func pause(_ drain: (ThreadCache.Pointer) -> Void) {
    list.withLock { list in
      list.pauses += 1
      if list.pauses == 1 { shut(list) }
      unsafe forEach(of: list, drain)
    }
  }

  /// Takes one pause back; with the last one the caches are open again.
  func resume() {
    list.withLock { list in
      list.pauses -= 1
      guard list.pauses == 0, !list.isClosed else { return }
      unsafe forEach(of: list) { unsafe $0.pointee.gate.open() }
    }
  }

  /// Closes all caches for good, and empties them.
  func close(_ drain: (ThreadCache.Pointer) -> Void) {
    list.withLock { list in
      if list.pauses == 0 { shut(list) }
      list.isClosed = true
      unsafe forEach(of: list, drain)
    }
  }

  /// Closes caches that are open, and waits for their owners to leave.
  private func shut(_ list: List) {
    guard list.first != 0, !list.isClosed else { return }
    unsafe forEach(of: list) { unsafe $0.pointee.gate.shut() }
    system.barrierOrStop()
    unsafe forEach(of: list) { unsafe $0.pointee.gate.waitForOwner() }
  }

  /// Whether more than one thread that has not ended has used the heap.
  var areSeveral: Bool {
    list.withLock { list in
      var count = 0
      unsafe forEach(of: list) {
        unsafe count += $0.pointee.isIdle.load(ordering: .relaxed) ? 0 : 1
      }
      return count > 1
    }
  }

  /// Runs a function with all caches, for their counts, while none comes or goes.
  func withAll<Result>(_ body: (_ forEach: ((ThreadCache.Pointer) -> Void) -> Void) -> Result)
    -> Result
  {
    list.withLock { list in
      let list = list
      return unsafe body { body in unsafe forEach(of: list, body) }
    }
  }

  private func forEach(of list: List, _ body: (ThreadCache.Pointer) -> Void) {
    var next = list.first
    while let cache = unsafe ThreadCache.Pointer(bitPattern: next) {
      unsafe next = cache.pointee.nextOfHeap.load(ordering: .relaxed)
      unsafe body(cache)
    }
  }

  private func forEach(_ body: (ThreadCache.Pointer) -> Void) {
    unsafe forEach(of: list.withLock { $0 }, unsafe body)
  }
}
