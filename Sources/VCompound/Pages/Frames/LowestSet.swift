// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A set of small integers whose lowest member is found at once.
///
/// Bits in words, bits for the words that are not zero, and so on: with three levels, 2^18
/// members take three steps, and those of an arena of 8 TiB four. All zeroes are an empty set.
struct LowestSet: ~Copyable {
  private var levels: ZeroedTable<UInt64>

  /// Where each level begins in `levels`, the lowest first.
  private let starts: [Int]

  /// Makes an empty set of members 0 ..< count.
  init(count: Int, system: OperatingSystem) throws(CompoundError) {
    var starts: [Int] = []
    var total = 0
    var words = count
    repeat {
      words = (words + 63) / 64
      starts.append(total)
      total += words
    } while words > 1
    let levels = try ZeroedTable<UInt64>(count: total, system: system)
    self.starts = starts
    self.levels = levels
  }

  /// The lowest member.
  func lowest() -> Int? {
    var position = 0
    for start in starts.reversed() {
      let word = levels[start + position]
      // Only the highest level's word can be zero: the others have a bit because they are not.
      guard word != 0 else { return nil }
      position = position << 6 + word.trailingZeroBitCount
    }
    return position
  }

  /// The lowest member that is not below a number.
  func lowest(from least: Int) -> Int? {
    var position = least
    for level in starts.indices {
      let end = level + 1 < starts.count ? starts[level + 1] : levels.count
      let index = starts[level] + position >> 6
      guard index < end else { return nil }
      let word = levels[index] & (~0 << UInt64(position & 63))
      if word != 0 {
        position = position & ~63 + word.trailingZeroBitCount
        for start in starts[..<level].reversed() {
          position = position << 6 + levels[start + position].trailingZeroBitCount
        }
        return position
      }
      // The members of this word are too low: those of the next ones are a level up.
      position = position >> 6 + 1
    }
    return nil
  }

  /// Whether a number is a member.
  func contains(_ member: Int) -> Bool {
    levels[member >> 6] >> UInt64(member & 63) & 1 != 0
  }

  /// Adds a member.
  mutating func insert(_ member: Int) {
    var position = member
    for start in starts {
      let word = start + (position >> 6)
      let wasEmpty = levels[word] == 0
      levels[word] |= 1 << UInt64(position & 63)
      guard wasEmpty else { return }
      position >>= 6
    }
  }

  /// Removes a member.
  mutating func remove(_ member: Int) {
    var position = member
    for start in starts {
      let word = start + (position >> 6)
      levels[word] &= ~(1 << UInt64(position & 63))
      guard levels[word] == 0 else { return }
      position >>= 6
    }
  }
}
