// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A cache in use.
package struct CacheRun<Source: BlockSource>: ~Copyable {
  private struct Value {
    let address: UInt
    let byteCount: Int
  }

  private let source: Source
  private let budget: Int
  private var random: SplitMix64
  private var values: [Value] = []
  /// The bytes of all values, whole pages of those that share none.
  package private(set) var live = 0
  /// Values for which there was no room although enough bytes were to be had.
  package private(set) var refused = 0

  /// Fills a cache.
  ///
  /// - Parameters:
  ///   - source: where values get their memory.
  ///   - budget: the most bytes that it keeps.
  ///   - seed: of the sizes, and of what is evicted.
  /// - Throws: a failure where there is no room for a single value.
  package init(_ source: Source, budget: Int, seed: Int) throws(CommandFailure) {
    self.source = source
    self.budget = budget
    random = SplitMix64(seed: UInt64(seed))
    while live < budget / 100 * 99 { try put() }
  }

  deinit {
    for value in values { source.free(value.address, byteCount: value.byteCount) }
  }

  /// The time of so many values.
  package mutating func time(_ count: Int) throws(CommandFailure) -> UInt64 {
    let start = Clock.now()
    for _ in 0..<count { try put() }
    return Clock.now() - start
  }

  private mutating func put() throws(CommandFailure) {
    let byteCount = size()
    while live + counted(byteCount) > budget { evict() }
    while true {
      if let block = unsafe try? source.allocate(byteCount, alignment: 16, zeroed: false) {
        unsafe touch(block, byteCount)
        values.append(Value(address: UInt(bitPattern: block), byteCount: byteCount))
        live += counted(byteCount)
        return
      }
      guard !values.isEmpty else { throw .input("bench: no room for \(byteCount) bytes") }
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
    values.swapAt(random.below(values.count), values.count - 1)
    let value = values.removeLast()
    source.free(value.address, byteCount: value.byteCount)
    live -= counted(value.byteCount)
  }

  /// Writes a byte into each page.
  @unsafe
  private func touch(_ block: UnsafeMutableRawPointer, _ byteCount: Int) {
    for offset in stride(from: 0, to: byteCount, by: LivePeak.pageSize) {
      unsafe block.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self)
    }
  }
}
