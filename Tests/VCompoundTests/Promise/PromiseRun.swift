// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
@testable import VCompound

extension CachedObject where Object == PromiseRun.Owner {
  /// Sees to it that the object owns a buffer.
  ///
  /// Not by a closure that throws a typed error: compiler 6.3.1 crashes on some of those.
  mutating func fill(_ pages: Int, from allocator: CompoundAllocator) throws(CompoundError) {
    var failure: CompoundError?
    withObject { owner in
      guard owner.buffer == nil else { return }
      do throws(CompoundError) {
        owner.buffer = try allocator.allocate(pageCount: PageCount(pages))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}

extension ObjectCache where Object == PromiseRun.Owner {
  /// Takes an object, sees to it that it owns a buffer, and lets go of it.
  func useOnce(_ pages: Int, from allocator: CompoundAllocator) throws(CompoundError) {
    var object = try take()
    try object.fill(pages, from: allocator)
  }
}

/// Threads that use an allocator in every way, and never together reserve more than its capacity.
///
/// Everything is chosen by the seed, but for the moments at which threads run.
struct PromiseRun {
  /// An object that owns a buffer.
  struct Owner: ~Copyable, Sendable {
    var buffer: CompoundBuffer?
  }

  /// What the threads share.
  final class World: Sendable {
    let allocator: CompoundAllocator
    let account: Account
    let refusals = Refusals()
    /// What one thread leaves to whichever comes.
    let mailbox = Lock<[Held]>([])
    let cache: ObjectCache<Owner>
    /// The pages of an object's buffer.
    let ownedPages: Int
    /// Whether mappings may run out.
    let hasFewMappings: Bool

    init(capacity: Int, _ configuration: AllocatorConfiguration, kept: Int, ownedPages: Int) throws
    {
      allocator = try CompoundAllocator(
        capacity: PageCount(capacity).byteCount, configuration: configuration)
      account = Account(capacity: capacity)
      cache = try ObjectCache(allocator: allocator, kept: kept) { Owner() }
      self.ownedPages = ownedPages
      hasFewMappings = configuration.mappingLimit != nil
    }
  }

  let seed: UInt64
  let capacity: Int
  let threadCount: Int
  let world: World

  /// Chooses a capacity of 1 to `largest` pages, small ones more often, and the rest.
  init(seed: UInt64, largest: Int = 70_000, threadCount: Int? = nil) throws {
    var random = SeededGenerator(seed: seed)
    let capacity = max(1, Int(pow(Double(largest), Double.random(in: 0...1, using: &random))))
    self.seed = seed
    self.capacity = capacity
    let threads = Int.random(in: 2...4, using: &random)
    self.threadCount = threadCount ?? threads
    var configuration = AllocatorConfiguration()
    configuration.residencySlack = [0, 0.2, 1][Int.random(in: 0..<3, using: &random)]
    let kept = [0, 1, 8, 64][Int.random(in: 0..<4, using: &random)]
    let ownedPages = Int.random(in: 1...max(1, min(12, capacity / 4)), using: &random)
    configuration.mappingLimit = [nil, nil, 100, 0][Int.random(in: 0..<4, using: &random)]
    if threadCount == nil, Bool.random(using: &random) {
      // Memory goes back and is exchanged all the time.
      configuration.upkeep = ArenaUpkeep()
      configuration.upkeep?.decay = .milliseconds(1)
      configuration.upkeep?.healingPerSecond = .gibibytes(64)
    }
    world = try World(
      capacity: capacity, configuration, kept: kept, ownedPages: ownedPages)
  }

  /// What repeats the run.
  var description: String {
    "seed \(seed), \(capacity) pages, \(threadCount) threads, \(world.ownedPages) pages an object"
  }

  /// Runs the threads until each has made so many requests, or one is refused.
  func run(requestsPerThread: Int) {
    let (world, seed) = (world, seed)
    onThreads(threadCount) { index in
      let thread = PromiseThread(world, seed: seed &* 16 &+ UInt64(index))
      for _ in 0..<requestsPerThread where !world.refusals.any { thread.step() }
      thread.finish()
    }
    for held in world.mailbox.withLock({ $0 }) { held.letGo(world.account) }
    world.mailbox.withLock { $0 = [] }
    guard world.account.reserve(capacity) else {
      world.refusals.note("the run itself has lost pages")
      return
    }
    let allocator = world.allocator
    world.refusals.noting("the whole arena at the end", allocator) {
      _ = try allocator.allocate(pageCount: PageCount(capacity))
    }
    if world.allocator.statistics.liveBlocks != 0 {
      world.refusals.note("blocks are left: \(world.allocator.statistics)")
    }
  }
}
