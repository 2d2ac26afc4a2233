// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Heap {
  // MARK: Without a lock

  /// Takes a block out of the calling thread's magazines.
  ///
  /// - Parameters: as those of `allocate`.
  /// - Returns: the block, or nil where there is none, or the numbers want a look.
  @inline(__always)
  package func takeCachedBlock(
    byteCount: ByteCount, alignment: ByteCount, isZeroed: Bool, _ owner: BlockOwner
  ) -> Block? {
    guard let block = cachedBlock(byteCount, alignment, owner) else { return nil }
    if isZeroed { RawMemory.fill(block.address, byteCount, with: 0) }
    return block
  }

  @inline(__always)
  private func cachedBlock(
    _ byteCount: ByteCount, _ alignment: ByteCount, _ owner: BlockOwner
  ) -> Block? {
    if let kind = objectKind(byteCount, alignment: alignment) {
      return takeCachedObject(kind, owner).map {
        Block(address: $0, byteCount: byteCount, place: .object)
      }
    }
    guard alignment <= .page, alignment.isPowerOfTwo, !CheckedBuild.isOn,
      let address = takeCached(byteCount, owner)
    else { return nil }
    return Block(
      address: address, byteCount: byteCount, place: .contiguous(arena.frame(at: address)))
  }

  // MARK: The ladder

  /// Takes a block: the way of one request from top to bottom.
  ///
  /// 1. A small size gets an object, if there is one or a slab can be cut for it.
  /// 2. A magazine of the thread has a block of that many pages.
  /// 3. Frames are found in one piece (`obtain`): they are the block.
  /// 4. Frames are found in several pieces, which are stitched; or in a retired window, which
  ///    serves as it is.
  /// 5. No mappings are left to stitch with: memory in one piece needs none.
  ///
  /// - Parameters:
  ///   - byteCount: 1 ... the capacity.
  ///   - alignment: in bytes, a power of two up to 1 GiB; 1 for the natural one.
  ///   - isZeroed: whether the block shall read zero.
  ///   - owner: what will free it.
  ///   - label: names the block in the census.
  /// - Returns: the block.
  /// - Throws: every `CompoundError`; nothing is left behind then.
  @inline(never)
  package func allocate(
    byteCount: ByteCount, alignment: ByteCount, isZeroed: Bool, _ owner: BlockOwner,
    _ label: SourceLabel
  ) throws(CompoundError) -> Block {
    let block: Block
    attachThreadCache()
    keepSoftLimit(byteCount)
    if let kind = objectKind(byteCount, alignment: alignment),
      let object = allocateObject(kind, byteCount, owner)
    {
      block = object
    } else {
      var request = try request(byteCount, alignment: alignment, owner)
      request.stitching = policy.stitching(pageCount: request.pageCount)
      block = try allocatePages(request, label)
    }
    if policy.hasCensus { enterCensus(block, label) }
    if isZeroed { RawMemory.fill(block.address, byteCount, with: 0) }
    return block
  }

  /// Takes a block that has pages of its own; see `allocate`.
  ///
  /// The caller lists it in the census.
  ///
  /// - Parameters:
  ///   - request: what is wanted.
  ///   - label: whose the request is, if it is refused.
  /// - Returns: the block.
  /// - Throws: as `allocate`.
  func allocatePages(_ request: Request, _ label: SourceLabel) throws(CompoundError) -> Block {
    if request.alignment == 1, !request.isMirrored, request.stitching != .always {
      if let address = takeCached(request.byteCount, request.owner, mayList: true) {
        let run = FrameRun(first: arena.frame(at: address), pageCount: request.pageCount)
        return begin(block(run, request))
      }
      noteMiss(request.pageCount)
      if let run = takeBatch(request) { return begin(block(run, request)) }
    }
    do throws(CompoundError) {
      return begin(try place(request))
    } catch {
      if error.isShortageOfMappings, let block = placeWithoutMappings(request) {
        return begin(block)
      }
      // What is wanted only if it costs nothing is not refused.
      if request.patience != .residentOnly {
        pages.withLock { $0.refusals.note(error, request.pageCount) }
        if policy.hasCensus { noteRefusal(request.pageCount, label) }
      }
      throw error
    }
  }

  /// Checks the numbers of a request.
  func request(
    _ byteCount: ByteCount, alignment: ByteCount, _ owner: BlockOwner
  ) throws(CompoundError) -> Request {
    let capacity = pageCount.byteCount
    guard byteCount > 0, byteCount <= capacity else {
      throw .invalidSize(byteCount, capacity: capacity)
    }
    guard alignment.isPowerOfTwo, alignment <= Arena.maximumAlignment else {
      throw .invalidAlignment(alignment)
    }
    return Request(
      byteCount: byteCount, pageCount: PageCount(covering: byteCount),
      alignment: PageCount(covering: alignment), stitching: .whenNeeded, owner: owner)
  }

  /// Frames for a block.
  private enum Frames {
    /// One run, which is entered.
    case run(FrameRun)
    /// Runs in transit, to be stitched; for a ring it may be one.
    case scattered(RunList)
    /// A window that maps them still, which is entered.
    case window(number: Int, address: UInt)
  }

  /// Finds frames for a request and makes a block of them.
  private func place(_ request: Request) throws(CompoundError) -> Block {
    let want = Want(
      count: request.pageCount, alignment: request.alignment, stitching: request.stitching,
      patience: request.patience)
    let frames = try obtain(want, reopen: { reopen(request) }) { ledger, runs -> Frames? in
      if runs != 1 {
        return ledger.gather(request.pageCount, in: windows.runs, atMost: runs).map {
          .scattered($0)
        }
      }
      if request.isMirrored {
        return ledger.takeRun(request.pageCount, in: windows.runs).map { .scattered($0) }
      }
      return ledger.takeBlock(request.pageCount, alignment: request.alignment, request.record)
        .map { .run($0) }
    }
    switch frames {
    case .run(let run): return block(run, request)
    case .scattered(let runs): return try stitch(runs, request)
    case .window(let number, let address):
      return Block(
        address: address, byteCount: request.byteCount, place: .stitched(window: number))
    }
  }

  private func block(_ run: FrameRun, _ request: Request) -> Block {
    Block(
      address: arena.address(of: run.first), byteCount: request.byteCount,
      place: .contiguous(run.first))
  }

  /// Places a block that must be stitched, or may be, where mappings are used up.
  private func placeWithoutMappings(_ request: Request) -> Block? {
    var request = request
    if request.stitching == .always {
      request.stitching = .whenNeeded
      if let block = try? place(request) {
        pages.withLock { $0.counts.unforced += 1 }
        return block
      }
    }
    guard request.stitching == .whenNeeded else { return nil }
    request.stitching = .never
    return try? place(request)
  }

  // MARK: Stitching

  /// Makes a retired window that is as large as a request its block, if the frames are free.
  private func reopen(_ request: Request) -> Frames? {
    guard request.stitching == .whenNeeded else { return nil }
    let found = windows.reopen(
      request.pageCount, isMirrored: request.isMirrored, alignment: request.alignment,
      byteCount: request.byteCount, owner: request.owner
    ) { number, runs in
      pages.withLock { ledger in
        let isTaken = ledger.takeWindow(
          runs, in: windows.runs, window: number, request.owner)
        if isTaken, runs.count > 1 { policy.noteStitch(&ledger) }
        return isTaken
      }
    }
    return found.map { .window(number: $0.number, address: $0.address) }
  }

  /// Maps runs in transit into a window, which is the block of a request.
  ///
  /// On failure they are given back.
  private func stitch(_ runs: RunList, _ request: Request) throws(CompoundError) -> Block {
    let isForced = request.stitching == .always
    var layout =
      isForced
      ? Layout(
        scattered: runs,
        pieceSize: pieceSize(for: request.pageCount, isMirrored: request.isMirrored),
        alignment: request.alignment, in: windows.runs)
      : Layout(congruent: runs, alignment: request.alignment, in: windows.runs)
    do throws(CompoundError) {
      let (number, address) = try windows.open(
        layout, of: arena, byteCount: request.byteCount, owner: request.owner,
        isMirrored: request.isMirrored, sparing: isForced ? windows.sparedMappings : 0)
      let isScattered = layout.pieces.count > 1
      pages.withLock { ledger in
        ledger.enterWindow(layout.pieces, in: windows.runs, window: number)
        ledger.noteStitch(layout.pieces.count, request.owner)
        if isScattered { policy.noteStitch(&ledger) }
      }
      if isScattered, policy.heals { helper.want(request.pageCount) }
      return Block(
        address: address, byteCount: request.byteCount, place: .stitched(window: number))
    } catch {
      giveBack(&layout.pieces)
      throw error
    }
  }

  /// Frees runs in transit, and their nodes.
  func giveBack(_ runs: inout RunList) {
    pages.withLock { $0.give(runs, in: windows.runs, from: .transit) }
    windows.runs.free(&runs)
  }

  /// The longest piece of a block that is stitched by force: a page, or more where so many mappings
  /// would take more than half of those left.
  ///
  /// Half, so that large blocks do not leave the others without.
  func pieceSize(for count: PageCount, isMirrored: Bool = false) -> PageCount {
    let left = (windows.availableMappings - windows.sparedMappings) / (isMirrored ? 2 : 1)
    let pieces = max(2, min(count.rawValue, left / 2))
    return PageCount((count.rawValue + pieces - 1) / pieces)
  }
}
