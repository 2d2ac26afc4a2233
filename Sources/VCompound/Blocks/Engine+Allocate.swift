// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Engine {
  /// Frames taken for a request.
  enum Taken {
    /// One run, entered as a block where the caller asked for that.
    case contiguous(FrameRun)
    /// Runs to be stitched.
    case scattered([FrameRun])
    /// Runs that a retired window still maps.
    case mapped(Windows.Retired)
  }

  /// Takes a block.
  ///
  /// - Parameters:
  ///   - byteCount: 1 ... the capacity.
  ///   - alignment: in bytes, a power of two up to 1 GiB; 1 for the natural one.
  ///   - isZeroed: whether the block shall read zero.
  ///   - isOwned: whether a `CompoundBuffer` will own it.
  /// - Returns: the block.
  /// - Throws: every `CompoundError`; nothing is left behind then.
  @inline(__always)
  package func allocate(
    byteCount: ByteCount, alignment: ByteCount, isZeroed: Bool, isOwned: Bool
  ) throws(CompoundError) -> Block {
    if let kind = objectKind(byteCount, alignment: alignment) {
      if let object = takeCachedObject(kind, isOwned: isOwned) {
        if isZeroed { RawMemory.fill(object, byteCount, with: 0) }
        return Block(address: object, byteCount: byteCount, place: .object)
      }
      let block = try allocateObjectSlowly(
        kind, byteCount, isZeroed: isZeroed, isOwned: isOwned)
      if let block { return block }
    }
    if alignment <= .page, alignment.isPowerOfTwo,
      let frame = takeCached(byteCount, isOwned: isOwned)
    {
      let block = Block(
        address: arena.address(of: frame), byteCount: byteCount, place: .contiguous(frame))
      if isZeroed { RawMemory.fill(block.address, block.pageCount.byteCount, with: 0) }
      return block
    }
    return try allocateSlowly(
      byteCount: byteCount, alignment: alignment, isZeroed: isZeroed, isOwned: isOwned)
  }

  @inline(never)
  private func allocateSlowly(
    byteCount: ByteCount, alignment: ByteCount, isZeroed: Bool, isOwned: Bool
  ) throws(CompoundError) -> Block {
    if sentinel.isInChild { throw .usedAfterFork }
    attachCache()
    let request = try request(byteCount, alignment: alignment, isOwned: isOwned)
    do throws(CompoundError) {
      let block = try place(request)
      if isZeroed { RawMemory.fill(block.address, block.pageCount.byteCount, with: 0) }
      return block
    } catch {
      ledger.withLock { $0.counts.failures += 1 }
      throw error
    }
  }

  /// Checks the numbers of a request.
  func request(
    _ byteCount: ByteCount, alignment: ByteCount, isOwned: Bool
  ) throws(CompoundError) -> Request {
    let capacity = pageCount.byteCount
    guard byteCount > 0, byteCount <= capacity else {
      throw .invalidSize(byteCount, capacity: capacity)
    }
    guard alignment.isPowerOfTwo, alignment <= Arena.maximumAlignment else {
      throw .invalidAlignment(alignment)
    }
    let pages = PageCount(covering: byteCount)
    return Request(
      byteCount: byteCount, pageCount: pages, alignment: PageCount(covering: alignment),
      mode: mode(pageCount: pages), isOwned: isOwned)
  }

  /// Finds frames for a request and makes a block of them.
  private func place(_ request: Request) throws(CompoundError) -> Block {
    let taken = try obtain(
      request.pageCount, request, contiguousOnly: request.mode == .never, entering: true)
    switch taken {
    case .contiguous(let run): return block(run, request)
    case .mapped(let retired):
      let (slot, address) = windows.reopen(
        retired, byteCount: request.byteCount, isOwned: request.isOwned)
      return enter(retired.runs, slot: slot, address: address, request)
    case .scattered(let runs):
      do throws(CompoundError) {
        return try stitch(runs, request)
      } catch {
        // No mappings to be had. Memory in one piece needs none.
        guard request.mode != .always, error.isShortageOfMappings,
          let taken = try? obtain(
            request.pageCount, request, contiguousOnly: true, entering: true),
          case .contiguous(let run) = taken
        else { throw error }
        return block(run, request)
      }
    }
  }

  private func block(_ run: FrameRun, _ request: Request) -> Block {
    Block(
      address: arena.address(of: run.first), byteCount: request.byteCount,
      place: .contiguous(run.first))
  }

  // MARK: - Frames

  /// Takes frames, resident ones first; makes chunks resident where those do not suffice.
  ///
  /// - Parameters:
  ///   - count: the frames wanted.
  ///   - request: what they are for.
  ///   - contiguousOnly: refuse rather than return runs to be stitched.
  ///   - entering: enter a contiguous run as the block of the request.
  /// - Returns: the frames.
  /// - Throws: `outOfMemory`, or `systemCall` where there is no memory for a chunk.
  func obtain(
    _ count: PageCount, _ request: Request, contiguousOnly: Bool, entering: Bool
  ) throws(CompoundError) -> Taken {
    let run = ledger.withLock { $0.takeContiguous(count, request, entering: entering) }
    if let run { return .contiguous(run) }
    // What threads keep is given up before anything else is tried.
    // Of objects only large ones: others seldom are all that keeps a slab.
    withCachesStopped(emptying: .largeObjects) {}
    if entering, !contiguousOnly, let retired = takeRetired(request) { return .mapped(retired) }
    let taken = ledger.withLock { ledger -> Taken? in
      if let run = ledger.takeContiguous(count, request, entering: entering) {
        return .contiguous(run)
      }
      // A chunk more is paid once, a stitched block every time.
      if contiguousOnly || ledger.roomToGrow(for: count, request, residencySlack) > 0 {
        return nil
      }
      return ledger.takeScattered(count)
    }
    if let taken { return taken }
    return try obtainByGrowing(
      count, request, contiguousOnly: contiguousOnly, entering: entering)
  }

  /// Takes the frames of a retired window that is as large as the request, if they are free.
  private func takeRetired(_ request: Request) -> Windows.Retired? {
    guard request.mode != .always,
      let retired = windows.takeRetired(request.pageCount, alignment: request.alignment)
    else { return nil }
    let isTaken = ledger.withLock { ledger in
      ledger.frames.takeAll(retired.runs)
    }
    if isTaken { return retired }
    windows.retireAgain(retired)
    return nil
  }

  // MARK: - Stitching

  /// Maps runs into a window and enters them as the block of a request.
  ///
  /// On failure the frames are given back.
  private func stitch(_ runs: [FrameRun], _ request: Request) throws(CompoundError) -> Block {
    let layout =
      request.mode == .always
      ? Layout(
        scattered: runs, pieceSize: pieceSize(for: request.pageCount),
        alignment: request.alignment)
      : Layout(congruent: runs, alignment: request.alignment)
    do throws(CompoundError) {
      let (slot, address) = try windows.open(
        layout, of: arena, byteCount: request.byteCount, isOwned: request.isOwned)
      return enter(layout.pieces, slot: slot, address: address, request)
    } catch {
      ledger.withLock { ledger in
        for run in runs { ledger.frames.give(run) }
      }
      throw error
    }
  }

  /// Enters the runs of a window as the block of a request.
  private func enter(
    _ runs: [FrameRun], slot: Int, address: UInt, _ request: Request
  ) -> Block {
    ledger.withLock { ledger in
      ledger.enter(runs, slot: slot)
      noteStitch(&ledger.counts)
      ledger.counts.stitchedAllocations += 1
      ledger.counts.stitchedRuns += runs.count
      ledger.counts.add(isOwned: request.isOwned)
    }
    return Block(address: address, byteCount: request.byteCount, place: .stitched(slot: slot))
  }

  /// The longest piece of a block that is stitched by force: a page, or more where so many mappings
  /// would take more than half of those left.
  ///
  /// Half, so that large blocks do not leave the others without.
  func pieceSize(for count: PageCount) -> PageCount {
    let pieces = max(2, min(count.rawValue, windows.availableMappings / 2))
    return PageCount((count.rawValue + pieces - 1) / pieces)
  }
}

// MARK: - The ledger's part

extension Engine.Ledger {
  /// Takes one run of resident frames, if there is one that fits and stitching is not forced.
  @inline(__always)
  mutating func takeContiguous(
    _ count: PageCount, _ request: Request, entering: Bool
  ) -> FrameRun? {
    guard request.mode != .always,
      let run = frames.takeContiguous(count, alignment: request.alignment)
    else { return nil }
    if entering {
      let record = BlockTable.Record(byteCount: request.byteCount, isOwned: request.isOwned)
      blocks.insert(run, record)
      counts.contiguousAllocations += 1
      counts.add(isOwned: request.isOwned)
    }
    return run
  }

  /// Takes runs of resident frames, if there are enough of those.
  mutating func takeScattered(_ count: PageCount) -> Engine.Taken? {
    guard count <= frames.freeResident else { return nil }
    return .scattered(frames.gather(count))
  }

  /// The frames that may become resident so that a request need not be stitched.
  ///
  /// - Parameters:
  ///   - count: the frames of the request.
  ///   - request: what they are for.
  ///   - slack: what may be resident beyond the most that was ever in use, as a share of that.
  /// - Returns: zero where nothing is absent, or where stitching is forced.
  mutating func roomToGrow(
    for count: PageCount, _ request: Request, _ slack: Double
  ) -> PageCount {
    guard request.mode != .always, frames.freeAbsent > 0 else { return 0 }
    counts.peakUsed = max(counts.peakUsed, counts.resident - frames.freeResident + count)
    let allowed = counts.peakUsed + PageCount(Int(Double(counts.peakUsed.rawValue) * slack))
    return max(0, allowed - counts.resident)
  }

  /// Enters the runs of a stitched block.
  mutating func enter(_ runs: [FrameRun], slot: Int) {
    let record = BlockTable.Record(slot: slot)
    for run in runs { blocks.insert(run, record) }
  }

  /// The error for a request that cannot be served.
  func shortage(of count: PageCount) -> CompoundError {
    .outOfMemory(
      asked: count, free: frames.free, largestRun: frames.longestFreeRun,
      limit: count <= frames.free ? .contiguity : .capacity)
  }
}

extension Engine.Counts {
  mutating func add(isOwned: Bool) {
    if isOwned { owned += 1 } else { unmanaged += 1 }
  }

  /// - Returns: whether this was the last buffer of an allocator that is gone.
  mutating func subtract(isOwned: Bool) -> Bool {
    if isOwned { owned -= 1 } else { unmanaged -= 1 }
    return isLastGone
  }
}
