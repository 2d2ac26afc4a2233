// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Free blocks of one size, objects or pages, kept by a thread for its next requests: a stack of
/// their addresses. (Bonwick and Adams call a per-processor one a magazine.)
///
/// A view of some bytes in the thread's cache: a word that counts, the capacity, the addresses.
/// The word has the number of blocks in its lowest 16 bits, and above them how many have ever
/// been taken, so that one store does for both.
///
/// Written by the owner, in the cache's gate, or by the thread that has shut that; read by all, for
/// statistics: hence the atomics, which cost nothing here.
///
/// Invariant: the memory lives as long as the cache that it is in; all zeroes are an empty
/// magazine with no room.
@safe
struct Magazine {
  private let words: UnsafeMutablePointer<Atomic<UInt64>>

  /// Where the words begin in those: behind the offset, modulo 64, of the gate's words, because a
  /// load waits for an earlier store whose address has the same last 12 bits.
  private static var firstWordOffset: Int { 16 }

  /// The most blocks that a magazine of so many bytes has room for.
  static func largestCapacity(ofBytes byteCount: Int) -> Int {
    (byteCount - firstWordOffset) / 8 - 2
  }

  /// Views the magazine at an address.
  @unsafe
  @inline(__always)
  init(at start: UnsafeMutableRawPointer) {
    unsafe words = (start + Self.firstWordOffset).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  /// The blocks in it.
  @inline(__always)
  var count: Int { Int(truncatingIfNeeded: word & 0xFFFF) }

  /// The blocks ever taken out by `pop`.
  var takenCount: Int { Int(truncatingIfNeeded: word &>> 16) }

  /// How many blocks there is room for.
  var capacity: Int {
    @inline(__always)
    get { unsafe Int(truncatingIfNeeded: words[1].load(ordering: .relaxed)) }
    nonmutating set {
      unsafe words[1].store(UInt64(newValue), ordering: .relaxed)
    }
  }

  /// Takes a block out.
  @inline(__always)
  func pop() -> UInt? {
    let word = word
    let count = Int(truncatingIfNeeded: word & 0xFFFF)
    guard count > 0 else { return nil }
    let object = unsafe words[count &+ 1].load(ordering: .relaxed)
    // One block less, one taken more.
    setWord(word &+ 0xFFFF)
    return UInt(object)
  }

  /// Puts a block in.
  ///
  /// One that is on top already is freed for the second time: the program stops. (Below the lowest
  /// block lies the capacity, which is no address.)
  ///
  /// - Returns: whether there was room.
  @inline(__always)
  func push(_ object: UInt) -> Bool {
    let word = word
    let count = Int(truncatingIfNeeded: word & 0xFFFF)
    guard count < capacity else { return false }
    if unsafe words[count &+ 1].load(ordering: .relaxed) == UInt64(object) {
      stopFreedTwice(object)
    }
    unsafe words[count &+ 2].store(UInt64(object), ordering: .relaxed)
    setWord(word &+ 1)
    return true
  }

  @inline(never)
  private func stopFreedTwice(_ object: UInt) -> Never {
    stop("the block at \(hexadecimal(object)) was freed twice")
  }

  /// Takes the blocks out that have been in for the longest time, without counting them.
  func removeOldest(_ number: Int, _ body: (UInt) -> Void) {
    let count = count
    for index in 0..<number { body(self[index]) }
    for index in number..<count {
      unsafe words[index - number + 2].store(UInt64(self[index]), ordering: .relaxed)
    }
    setWord(word &- UInt64(number))
  }

  /// Takes all blocks out, and forgets how many were taken.
  func removeAll(_ body: (UInt) -> Void) {
    removeOldest(count, body)
    setWord(0)
  }

  /// Calls a function for every block in it; of another thread's magazine, for those that this
  /// thread can see.
  func forEach(_ body: (UInt) -> Void) { for index in 0..<count { body(self[index]) } }

  /// Whether a block is in it.
  func contains(_ object: UInt) -> Bool {
    (0..<count).contains { self[$0] == object }
  }

  private subscript(index: Int) -> UInt {
    unsafe UInt(words[index + 2].load(ordering: .relaxed))
  }

  @inline(__always)
  private var word: UInt64 { unsafe words[0].load(ordering: .relaxed) }

  @inline(__always)
  private func setWord(_ value: UInt64) { unsafe words[0].store(value, ordering: .relaxed) }
}
