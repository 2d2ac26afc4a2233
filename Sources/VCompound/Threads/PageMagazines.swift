// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The magazines of blocks of pages of one thread, one for every page count, behind the gate of its
/// cache.
@safe
struct PageMagazines {
  let cache: UnsafeMutablePointer<ThreadCache>

  /// The page counts that have magazines: up to 4 MiB.
  static let largestPageCount = 1024

  /// The bytes from one magazine to the next: an odd number of cache lines, as those of objects.
  private static var stride: Int { 5 * 64 }

  /// Where they begin: behind those of objects.
  private static var offset: Int { ObjectMagazines.offset + ObjectMagazines.byteCount }

  /// The memory that they take, whole pages.
  static var byteCount: Int {
    PageCount(covering: ByteCount((largestPageCount + 1) * stride)).byteCount.rawValue
  }

  /// How many blocks a magazine keeps: 32 small ones, one of a MiB or more.
  ///
  /// What is kept cannot merge with its neighbours, so large blocks are kept sparingly.
  static func capacity(forPageCount pageCount: Int) -> Int { max(1, min(32, 256 / pageCount)) }

  /// Views those of a cache.
  @unsafe
  @inline(__always)
  init(of cache: UnsafeMutablePointer<ThreadCache>) { unsafe self.cache = unsafe cache }

  /// The magazine of a page count; use it in the gate only.
  @inline(__always)
  subscript(pageCount: Int) -> Magazine {
    assert(0 < pageCount && pageCount <= Self.largestPageCount)
    return unsafe Magazine(
      at: UnsafeMutableRawPointer(cache) + (Self.offset &+ pageCount &* Self.stride))
  }

  // MARK: The owner's side

  /// Runs a function in the gate, if that is open.
  ///
  /// - Returns: what the function returns, or nil where the gate is shut.
  func inGate<Result>(_ body: () -> Result) -> Result? { unsafe cache.pointee.gate.pass(body) }

  /// Takes a block of this many pages.
  @inline(__always)
  func take(_ pageCount: Int, _ owner: BlockOwner) -> UInt? {
    defer { unsafe cache.pointee.gate.leave() }
    guard unsafe cache.pointee.gate.enter(), let block = self[pageCount].pop() else { return nil }
    unsafe cache.pointee.cachedPages.add(-pageCount)
    if owner == .buffer { unsafe cache.pointee.ownedBlocks.add(1) }
    return block
  }

  /// How many blocks of this many pages there is room for.
  func room(_ pageCount: Int) -> Int {
    let left =
      unsafe cache.pointee.limits.pages(besides: pageCount)
      - cache.pointee.cachedPages.load(ordering: .relaxed)
    return max(0, min(self[pageCount].capacity - self[pageCount].count, left / pageCount))
  }

  /// Adds a block of this many pages; in the gate, where there is room.
  func add(_ block: UInt, _ pageCount: Int) {
    precondition(self[pageCount].push(block))
    unsafe cache.pointee.cachedPages.add(pageCount)
  }

  /// Takes blocks of this many pages out that have been in for the longest time; in the gate.
  func removeOldest(_ number: Int, _ pageCount: Int, _ body: (_ block: UInt) -> Void) {
    self[pageCount].removeOldest(number, body)
    unsafe cache.pointee.cachedPages.add(-number * pageCount)
  }

  /// Puts a block of this many pages in, if there is room.
  ///
  /// - Parameters:
  ///   - block: its address.
  ///   - pageCount: its pages.
  ///   - owner: what owned it.
  ///   - mark: is called before it is in.
  /// - Returns: whether there was.
  @inline(__always)
  func put(_ block: UInt, _ pageCount: Int, _ owner: BlockOwner, _ mark: () -> Void) -> Bool {
    defer { unsafe cache.pointee.gate.leave() }
    let magazine = self[pageCount]
    guard unsafe cache.pointee.gate.enter(), isBelowLimit(pageCount),
      magazine.count < magazine.capacity
    else { return false }
    mark()
    _ = magazine.push(block)
    unsafe cache.pointee.cachedPages.add(pageCount)
    if owner == .buffer { unsafe cache.pointee.ownedBlocks.add(-1) }
    return true
  }

  @inline(__always)
  private func isBelowLimit(_ pageCount: Int) -> Bool {
    unsafe cache.pointee.cachedPages.load(ordering: .relaxed) &+ pageCount
      <= cache.pointee.limits.pages(besides: pageCount)
  }

  /// The blocks that a magazine has room for where its thread only frees some: others may need
  /// them.
  private static var keptByFreeing: Int { 2 }

  /// Makes more room in a magazine that had no block for a request, so that there will be some.
  func noteMiss(_ pageCount: Int) { _ = grow(pageCount, to: 2 * self[pageCount].capacity) }

  /// Gives a magazine some room that has none yet, and tells whether it had none.
  func open(_ pageCount: Int) -> Bool { grow(pageCount, to: 0) }

  /// Gives a magazine room for so many blocks, for some in any case, and for no more than it keeps
  /// at most; and notes that it is in use.
  private func grow(_ pageCount: Int, to capacity: Int) -> Bool {
    defer { unsafe cache.pointee.gate.leave() }
    let magazine = self[pageCount]
    let capacity = min(max(Self.keptByFreeing, capacity), Self.capacity(forPageCount: pageCount))
    guard unsafe cache.pointee.gate.enter(), magazine.capacity < capacity else { return false }
    magazine.capacity = capacity
    unsafe cache.pointee.used.add(pageCount)
    return true
  }

  // MARK: Other threads' side

  /// What went through the magazines since they were last emptied.
  ///
  /// Exact where the owner is not at them.
  var traffic: (taken: Int, put: Int) {
    var traffic = (taken: 0, put: 0)
    unsafe cache.pointee.used.forEach { pageCount in
      let magazine = self[pageCount]
      traffic.taken += magazine.takenCount
      traffic.put += magazine.takenCount + magazine.count
    }
    return traffic
  }

  /// Empties the magazines, whose owner is not at them.
  func drain(_ body: (_ block: UInt, _ pageCount: Int) -> Void) {
    unsafe cache.pointee.used.forEach { pageCount in
      let magazine = self[pageCount]
      magazine.removeAll { body($0, pageCount) }
      magazine.capacity = 0
    }
    unsafe cache.pointee.used.removeAll()
    unsafe cache.pointee.cachedPages.store(0, ordering: .relaxed)
  }
}

/// A set of page counts: a bit for each.
///
/// Written by the owner of a cache, or by the thread that is at it; read by all.
struct PageCountSet: ~Copyable {
  private let words = InlineArray<17, Atomic<UInt64>> { _ in Atomic(0) }

  /// Adds a page count.
  func add(_ pageCount: Int) {
    let word = words[pageCount >> 6].load(ordering: .relaxed)
    words[pageCount >> 6].store(word | 1 << UInt64(pageCount & 63), ordering: .relaxed)
  }

  /// Takes all out.
  func removeAll() {
    for index in 0..<17 { words[index].store(0, ordering: .relaxed) }
  }

  /// Calls a function with each, ascending.
  func forEach(_ body: (_ pageCount: Int) -> Void) {
    for index in 0..<17 {
      var bits = words[index].load(ordering: .relaxed)
      while bits != 0 {
        body(index << 6 + bits.trailingZeroBitCount)
        bits &= bits - 1
      }
    }
  }
}
