// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Which of the 512 frames of a chunk are marked: one bit a frame, in 8 words.
///
/// In the frame model a set bit is a frame in use, so that all zeroes are a wholly free chunk.
/// Blocks merge by themselves: a run of free frames *is* a run of zero bits, whatever blocks it
/// was made of (LLFree keeps its lowest level in the same form).
package struct FrameMap: BitwiseCopyable, Sendable {
  private var words: InlineArray<8, UInt64>

  /// The number of frames in a map.
  package static let bitCount = PageCount.pagesPerChunk

  /// A map without marks.
  package init() {
    words = InlineArray(repeating: 0)
  }

  /// Whether a frame is marked.
  @inline(__always)
  package func contains(_ bit: Int) -> Bool {
    words[bit >> 6] >> UInt64(bit & 63) & 1 != 0
  }

  /// Marks a non-empty range of frames.
  package mutating func insert(_ bits: Range<Int>) {
    forEachWord(of: bits) { word, mask in word |= mask }
  }

  /// Takes the marks off a non-empty range of frames.
  package mutating func remove(_ bits: Range<Int>) {
    forEachWord(of: bits) { word, mask in word &= ~mask }
  }

  /// Takes the marks off what another map has marked.
  package mutating func subtract(_ other: FrameMap) {
    for index in 0..<8 { words[index] &= ~other.words[index] }
  }

  /// How many frames are marked.
  package var count: Int { count(in: 0..<FrameMap.bitCount) }

  /// How many frames of a range are marked.
  package func count(in bits: Range<Int>) -> Int {
    var copy = self
    var count = 0
    copy.forEachWord(of: bits) { word, mask in count += (word & mask).nonzeroBitCount }
    return count
  }

  @inline(__always)
  private mutating func forEachWord(
    of bits: Range<Int>, _ body: (inout UInt64, _ mask: UInt64) -> Void
  ) {
    assert(!bits.isEmpty && bits.lowerBound >= 0 && bits.upperBound <= FrameMap.bitCount)
    let last = bits.upperBound - 1
    let lowest = bits.lowerBound >> 6
    let highest = last >> 6
    let head = ~UInt64(0) << UInt64(bits.lowerBound & 63)
    let tail = ~UInt64(0) >> UInt64(63 - last & 63)
    if lowest == highest {
      body(&words[lowest], head & tail)
      return
    }
    body(&words[lowest], head)
    for index in lowest + 1..<highest { body(&words[index], ~0) }
    body(&words[highest], tail)
  }
}

// MARK: - Finding bits and runs

extension FrameMap {
  /// The first marked frame at or after `bit`, or 512.
  @inline(__always)
  package func firstMarked(from bit: Int) -> Int {
    first(from: bit, flip: 0)
  }

  /// The first frame without a mark at or after `bit`, or 512.
  @inline(__always)
  package func firstClear(from bit: Int) -> Int {
    first(from: bit, flip: ~0)
  }

  @inline(__always)
  private func first(from bit: Int, flip: UInt64) -> Int {
    var index = bit >> 6
    guard index < 8 else { return FrameMap.bitCount }
    var word = (words[index] ^ flip) & (~0 << UInt64(bit & 63))
    while word == 0 {
      index += 1
      guard index < 8 else { return FrameMap.bitCount }
      word = words[index] ^ flip
    }
    return index << 6 + word.trailingZeroBitCount
  }

  /// The last marked frame at or before `bit`, or nil.
  package func lastMarked(through bit: Int) -> Int? {
    var index = bit >> 6
    var word = words[index] & (~0 >> UInt64(63 - bit & 63))
    while word == 0 {
      guard index > 0 else { return nil }
      index -= 1
      word = words[index]
    }
    return index << 6 + 63 - word.leadingZeroBitCount
  }

  /// The first run of frames without marks that begins at or after `bit`.
  @inline(__always)
  package func nextClearRun(from bit: Int) -> Range<Int>? {
    let start = firstClear(from: bit)
    guard start < FrameMap.bitCount else { return nil }
    return start..<firstMarked(from: start)
  }
}
