// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What an object cache and its objects share.
///
/// Apart from the cache, since the engine refers to it for as long as the cache is there.
///
/// Invariant: every block in `kept` and `departing`, and every one that is out, holds an object
/// that is made.
final class ObjectCacheCore<Object: ~Copyable & Sendable>: PageKeeper, @unchecked Sendable {
  private let engine: Engine
  private let size: ByteCount
  private let alignment: ByteCount
  private let limit: Int
  private let make: @Sendable () -> Object
  private let unmake: @Sendable (consuming Object) -> Void
  private let state = Lock(ObjectCacheState())

  init(
    _ engine: Engine, size: ByteCount, alignment: ByteCount, limit: Int,
    unmake: @escaping @Sendable (consuming Object) -> Void, make: @escaping @Sendable () -> Object
  ) {
    self.engine = engine
    self.size = size
    self.alignment = alignment
    self.limit = limit
    self.make = make
    self.unmake = unmake
  }

  /// The object in a block.
  @unsafe
  func pointer(to block: Block) -> UnsafeMutablePointer<Object> {
    unsafe engine.pointer(at: block.address).assumingMemoryBound(to: Object.self)
  }

  /// Takes an object that is kept, or makes one.
  func take() throws(CompoundError) -> Block {
    if engine.sentinel.isInChild { throw .usedAfterFork }
    let kept = state.withLock { state -> Block? in
      guard let block = state.kept.popLast() else { return nil }
      state.out += 1
      return block
    }
    if let kept { return kept }
    let block = try engine.allocate(
      byteCount: size, alignment: alignment, isZeroed: false, isOwned: true)
    unsafe pointer(to: block).initialize(to: make())
    state.withLock { state in
      state.made += 1
      state.out += 1
    }
    return block
  }

  /// Keeps an object, or unmakes it where enough are kept.
  func put(_ block: Block) {
    if engine.sentinel.isInChild { return }
    let isKept = state.withLock { state in
      state.out -= 1
      guard !state.isClosed, state.kept.count < limit else { return false }
      state.kept.append(block)
      return true
    }
    if !isKept { end([block]) }
  }

  /// Unmakes objects that nobody has, and frees their memory.
  private func end(_ blocks: [Block]) {
    for block in blocks {
      unmake(unsafe pointer(to: block).move())
      engine.free(block, isOwned: true)
    }
    state.withLock { $0.unmade += blocks.count }
  }

  /// Ends what is kept; what is out is ended as it comes back.
  func close() {
    engine.removeKeeper(self)
    if engine.sentinel.isInChild { return }
    state.withLock { $0.isClosed = true }
    takeKept()
    _ = freeTaken()
  }

  var statistics: ObjectCache<Object>.Statistics {
    state.withLock { state in
      var result = ObjectCache<Object>.Statistics()
      result.made = state.made
      result.unmade = state.unmade
      result.out = state.out
      result.kept = state.kept.count
      return result
    }
  }

  // MARK: Giving up

  /// Nothing to stop: whoever takes an object takes the lock.
  package func stopKeeping() {}

  package func takeKept() {
    state.withLock { state in
      state.departing += state.kept
      state.kept = []
    }
  }

  package func resumeKeeping() {}

  package func freeTaken() -> Bool {
    let blocks = state.withLock { state in
      defer { state.departing = [] }
      return state.departing
    }
    end(blocks)
    return !blocks.isEmpty
  }
}

/// The objects of a cache.
struct ObjectCacheState {
  /// Those that nobody has, the last one let go of on top.
  var kept: [Block] = []
  /// Those that are about to be unmade.
  var departing: [Block] = []
  var made = 0
  var unmade = 0
  var out = 0
  /// Whether the cache is gone.
  var isClosed = false
}
