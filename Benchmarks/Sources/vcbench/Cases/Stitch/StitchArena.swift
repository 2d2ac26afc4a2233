// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

@_spi(Measuring) package import VCompound

/// An arena whose free runs all have the length that a plan says, and which keeps no window for use
/// again.
package struct StitchArena: ~Copyable {
  /// The plan.
  package let plan: StitchPlan
  private let source: CompoundSource
  private let pins: BenchBlocks<CompoundSource>

  /// What a number of operations took, apart for the two halves of a life.
  package struct Lives: Equatable, Sendable {
    /// How many.
    package var count = 0
    /// Allocating, or mapping and populating.
    package var birth: UInt64 = 0
    /// Freeing, or tearing down.
    package var death: UInt64 = 0

    /// None yet.
    package init() {}
  }

  /// Fills an arena with single pages and frees those that the plan wants free.
  ///
  /// - Parameters:
  ///   - plan: which.
  ///   - counts: counts system calls.
  ///   - mappingLimit: the most mappings for stitched blocks; nil for the usual share.
  /// - Throws: a failure where memory is refused.
  package init(
    _ plan: StitchPlan, counts: SystemCallCounts? = nil, mappingLimit: Int? = nil
  ) throws(CommandFailure) {
    let page = LivePeak.pageSize
    let source = try CompoundSource(
      capacity: plan.pageCount * page, counts: counts, keepsWindows: false,
      mayExchange: false, mappingLimit: mappingLimit)
    var pages = BenchBlocks(source, byteCount: page)
    try pages.take(plan.pageCount)
    pages.free { address in
      guard let block = unsafe UnsafeRawPointer(bitPattern: address),
        let frame = unsafe source.allocator.frame(ofPage: 0, inBlockContaining: block)
      else { return false }
      return plan.isFree(frame.rawValue)
    }
    // A block of all that is free: pages that the allocator kept for its threads must come out.
    let free = source.allocator.statistics.free.rawValue
    unsafe source.free(try source.allocate(free), byteCount: free)
    self.plan = plan
    self.source = source
    pins = pages
  }

  /// The runs of a block, in the order of its pages, and how far its address is behind a multiple
  /// of 2 MiB.
  package func sample() throws(CommandFailure) -> (runs: [FrameRun], offset: Int) {
    let buffer = try block()
    let chunk = PageOrder.chunk.pageCount.byteCount.rawValue
    let offset = unsafe Int(bitPattern: buffer.baseAddress) & (chunk - 1)
    return (buffer.runs, offset)
  }

  /// A block, which lives as long as its owner wants.
  package func block() throws(CommandFailure) -> CompoundBuffer {
    do throws(CompoundError) {
      return try source.allocator.allocate(byteCount: ByteCount(plan.byteCount))
    } catch {
      throw CompoundSource.failure(error)
    }
  }

  /// Allocates a block and frees it, again and again.
  ///
  /// - Parameter isDone: whether that is enough, asked behind every block.
  /// - Returns: how many, and their time.
  /// - Throws: a failure where memory is refused.
  package func live(until isDone: (Lives) -> Bool) throws(CommandFailure) -> Lives {
    var lives = Lives()
    repeat {
      let start = Clock.now()
      let block = unsafe try source.allocate(plan.byteCount)
      let born = Clock.now()
      unsafe source.free(block, byteCount: plan.byteCount)
      lives.death += Clock.now() - born
      lives.birth += born - start
      lives.count += 1
    } while !isDone(lives)
    return lives
  }
}

extension StitchArena.Lives {
  /// Both halves together.
  package var sum: UInt64 { birth + death }

  /// The time of one birth, one death, and both.
  var figures: [Double] { [birth, death, sum].map { Double($0) / Double(count) } }
}
