// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import VCompound

/// A cache of values of 100 bytes to 1 MiB for several threads, that keeps what fits.
///
/// It counts no bytes itself: the allocator says when there is too much, and what is missing.
final class Cache: Sendable {
  private struct State {
    var values: [Int: SharedBuffer] = [:]
    /// The keys, the oldest first; a key may be there that was replaced since.
    var ages: [Int] = []
    var oldest = 0
  }

  private let state = Mutex(State())
  private let allocator: CompoundAllocator

  init(capacity: ByteCount, softLimit: ByteCount) throws {
    var configuration = AllocatorConfiguration()
    configuration.name = "value-cache"
    configuration.softLimit = softLimit
    allocator = try CompoundAllocator(capacity: capacity, configuration: configuration)
    allocator.addReclaimer(for: self) { cache, missing in cache.evict(missing) }
  }

  /// The value of a key; it stays readable when it is evicted meanwhile.
  subscript(key: Int) -> SharedBuffer? { state.withLock { $0.values[key] } }

  /// Keeps a value: never while the lock is held that `evict` takes.
  func insert(_ bytes: some Collection<UInt8>, for key: Int) throws {
    let value = SharedBuffer(try allocator.allocate(copying: bytes))
    let old = state.withLock { state in
      state.ages.append(key)
      return state.values.updateValue(value, forKey: key)
    }
    // Its memory goes when the lock is free.
    _ = old
  }

  /// Lets go of the oldest values.
  private func evict(_ missing: ByteCount) -> Bool {
    var victims: [SharedBuffer] = []
    var freed: ByteCount = 0
    state.withLock { state in
      while freed < missing, state.oldest < state.ages.count {
        if let value = state.values.removeValue(forKey: state.ages[state.oldest]) {
          freed += value.byteCount
          victims.append(value)
        }
        state.oldest += 1
      }
      if state.oldest > state.ages.count / 2 {
        state.ages.removeFirst(state.oldest)
        state.oldest = 0
      }
    }
    return !victims.isEmpty
  }

  var report: String {
    let statistics = allocator.statistics
    return "\(state.withLock { $0.values.count }) values in \(statistics.live), "
      + "resident \(statistics.resident), \(statistics.failures) refused"
  }
}

@main
struct ValueCache {
  static func main() async throws {
    let cache = try Cache(capacity: .mebibytes(64), softLimit: .mebibytes(56))
    await withTaskGroup(of: Int.self) { group in
      for task in 0..<4 {
        group.addTask {
          var hits = 0
          for round in 0..<2_000 {
            let key = (round &* 2_654_435_761 &+ task) & 0x3FF
            if let value = cache[key] {
              precondition(value.withUnsafeBytes { $0[0] } == UInt8(key & 0xFF), "another's value")
              hits += 1
            } else {
              // 100 bytes to 1 MiB, small ones as often as large ones.
              let size = 100 << (key % 14)
              do {
                try cache.insert([UInt8](repeating: UInt8(key & 0xFF), count: size), for: key)
              } catch {
                fatalError("a value of \(size) bytes: \(error)")
              }
            }
          }
          return hits
        }
      }
      var hits = 0
      for await some in group { hits += some }
      print("\(hits) hits of 8000; \(cache.report)")
    }
  }
}
