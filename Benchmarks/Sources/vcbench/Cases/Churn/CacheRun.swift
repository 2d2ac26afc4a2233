// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A cache in use.
package struct CacheRun<Source: HeapSource>: ~Copyable {
  private struct Value: BitwiseCopyable {
    let address: UInt
    let byteCount: Int
  }

  private let source: Source
  private let budget: Int
  private var random: SplitMix64
  private var values: MappedTable<Value>
  private var count = 0
  /// The bytes of all values, whole pages of those that share none.
  package private(set) var live = 0
  /// The most that these were.
  package private(set) var livePeak = 0
  /// Values for which there was no room although enough bytes were to be had.
  package private(set) var refused = 0

  /// The most values: of a mean of 400 KB, some gigabytes.
  private static var mostValues: Int { 1 << 13 }

  /// Opens a cache with nothing in it.
  ///
  /// - Parameters:
  ///   - source: where values get their memory.
  ///   - budget: the most bytes that it keeps.
  ///   - seed: of the sizes, and of what is evicted.
  package init(_ source: Source, budget: Int, seed: Int) {
    self.source = source
    self.budget = budget
    values = MappedTable(repeating: Value(address: 0, byteCount: 0), count: Self.mostValues)
    random = SplitMix64(seed: UInt64(truncatingIfNeeded: seed))
  }

  deinit {
    for index in 0..<count { source.free(values[index].address) }
  }

  /// Fills it.
  package mutating func fill() throws(CommandFailure) {
    while live < budget / 100 * 99 { try put() }
  }

  /// The time of so many values.
  package mutating func time(_ count: Int) throws(CommandFailure) -> UInt64 {
    let start = Clock.now()
    for _ in 0..<count { try put() }
    return Clock.now() - start
  }

  private mutating func put() throws(CommandFailure) {
    let byteCount = size()
    while live + counted(byteCount) > budget, count > 0 { evict() }
    if count == Self.mostValues { evict() }
    while true {
      if let block = unsafe try? source.allocate(anywhere: byteCount) {
        unsafe Touch.pages(of: block, byteCount: byteCount)
        values[count] = Value(address: UInt(bitPattern: block), byteCount: byteCount)
        count += 1
        live += counted(byteCount)
        livePeak = max(livePeak, live)
        return
      }
      guard count > 0 else { throw .input("no room for \(byteCount) bytes") }
      refused += 1
      evict()
    }
  }

  /// Sizes of which each octave has as many.
  private mutating func size() -> Int {
    let octaves = 15.3
    let bits = Double(random.below(1 << 20)) / Double(1 << 20) * octaves
    var size = 100.0
    for _ in 0..<Int(bits) { size *= 2 }
    return Int(size * (1 + bits - bits.rounded(.down)))
  }

  /// What a value counts: whole pages, but for those that share one.
  private func counted(_ byteCount: Int) -> Int {
    byteCount < 4096 ? byteCount : (byteCount + 4095) & ~4095
  }

  private mutating func evict() {
    let index = random.below(count)
    let value = values[index]
    count -= 1
    values[index] = values[count]
    source.free(value.address)
    live -= counted(value.byteCount)
  }
}
