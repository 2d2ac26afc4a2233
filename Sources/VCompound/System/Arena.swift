// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The memory: one file, and one mapping of all of it, the linear map, in which frame *n* lies
/// *n* pages behind the base.
///
///     reserved address space, the frame space + up to 1 GiB
///     |....| chunk 0 | chunk 1 | chunk 2 | ... | last chunk, perhaps shorter |....|
///          ^ base, a multiple of 1 GiB
///
/// The base is a multiple of the largest alignment that can be asked for, so that a frame is
/// aligned to anything exactly when its index is.
///
/// The file is sparse, sealed, and longer than the capacity: scattered frames give their memory
/// back, and others that lie side by side get it (*exchange*). `Frames` counts those with memory:
/// that is the ceiling, and it is exact, to the page.
///
/// Chunks are *born huge*: one touch, then `MADV_COLLAPSE`, which makes 2 MiB resident for an
/// eighth of what 512 page faults cost, zeroed, whatever the system's setting for huge pages in
/// shared memory is. Where the kernel refuses (no huge page to be had, or none allowed), and for
/// less than a whole chunk, the pages are populated one by one. Both report a lack of memory as an
/// error; a plain touch would raise SIGBUS.
///
/// Thread-safe: `Frames` knows the state of each chunk, and a caller works on chunks that are
/// hidden for it alone.
package struct Arena: ~Copyable, Sendable {
  /// The frames there are: the frame space.
  package let space: PageCount

  /// The largest alignment: 1 GiB, what the second level of the page table maps.
  package static let maximumAlignment = ByteCount.gibibytes(1)

  private let file: Descriptor
  private let reservation: Mapping
  private let base: UInt
  private let system: OperatingSystem

  /// Opens an arena.
  ///
  /// No memory is used until chunks are made resident.
  ///
  /// - Parameters:
  ///   - space: the frames, at least 1.
  ///   - name: what the file is called, as far as the kernel takes it.
  ///   - excludeFromDumps: whether core dumps shall leave the contents out.
  ///   - system: what to call.
  /// - Throws: `systemCall`; nothing is left behind then.
  package init(
    space: PageCount, name: String, excludeFromDumps: Bool, system: OperatingSystem
  ) throws(CompoundError) {
    let byteCount = space.byteCount
    let file = try Descriptor(creatingFile: Self.fileName(name), system: system)
    try system.resizeFile(file.rawValue, byteCount: byteCount)
    try system.sealFile(file.rawValue)
    let reservation = try Mapping(
      reserving: byteCount + Self.maximumAlignment, system: system)
    let mask = UInt(Self.maximumAlignment.rawValue - 1)
    let base = (reservation.address + mask) & ~mask

    // No fork between the two: its child would have the mapping.
    try ProcessState.withLock { () throws(CompoundError) in
      try system.mapFile(
        .mapArena, at: base, byteCount: byteCount, file: file.rawValue, offset: 0)
      try system.excludeFromFork(at: base, byteCount: byteCount)
    }
    if excludeFromDumps {
      try system.excludeFromDump(at: base, byteCount: byteCount)
    }

    self.space = space
    self.file = file
    self.reservation = reservation
    self.base = base
    self.system = system
  }

  /// The longest part of a name that memfd_create(2) takes: 249 bytes without a NUL.
  package static func fileName(_ name: String) -> String {
    var byteCount = 0
    let scalars = name.unicodeScalars.prefix { scalar in
      byteCount += UTF8.width(scalar)
      return scalar != "\0" && byteCount <= 249
    }
    return String(scalars)
  }

  // MARK: Addresses

  /// The address of a frame in the linear map.
  @inline(__always)
  package func address(of frame: PageFrame) -> UInt {
    base + UInt(bitPattern: frame.rawValue << PageCount.pageShift)
  }

  /// The frame that an address of the linear map lies in, or nil for any other address.
  @inline(__always)
  package func frame(containing address: UInt) -> PageFrame? {
    let page = (address &- base) >> UInt(PageCount.pageShift)
    return page < UInt(bitPattern: space.rawValue) ? PageFrame(Int(bitPattern: page)) : nil
  }

  /// The frame that an address of the linear map lies in; the caller knows that it is one.
  @inline(__always)
  package func frame(at address: UInt) -> PageFrame {
    PageFrame(Int(bitPattern: (address &- base) >> UInt(PageCount.pageShift)))
  }

  /// The start and length of the linear map, for tests that look at it from outside.
  package var linearMap: (address: UInt, byteCount: ByteCount) { (base, space.byteCount) }

  // MARK: Residency

  /// Makes frames resident, all or none.
  ///
  /// - Parameter frames: a run; chunks are made as a whole where it begins with one.
  /// - Throws: `systemCall` when there is no memory; nothing is resident then.
  package func makeResident(_ frames: FrameRun) throws(CompoundError) {
    do throws(CompoundError) {
      let isAligned = frames.first.rawValue % PageCount.pagesPerChunk == 0
      let whole = isAligned ? frames.pageCount.rawValue & ~(PageCount.pagesPerChunk - 1) : 0
      if whole > 0 {
        try makeWholeChunksResident(frames.prefix(PageCount(whole)))
      }
      let rest = frames.dropping(PageCount(whole))
      if rest.pageCount > 0 {
        try system.populate(at: address(of: rest.first), byteCount: rest.pageCount.byteCount)
      }
    } catch {
      // What was made so far goes back. If even that fails, the pages stay with the file, empty
      // and unused, until the chunk is asked for again.
      _ = try? giveBack(frames)
      throw error
    }
  }

  private func makeWholeChunksResident(_ frames: FrameRun) throws(CompoundError) {
    var first = frames.first
    while first < frames.end {
      try system.populate(at: address(of: first), byteCount: .page)
      first = first + PageCount(PageCount.pagesPerChunk)
    }
    let start = address(of: frames.first)
    let byteCount = frames.pageCount.byteCount
    do throws(CompoundError) {
      try system.collapse(at: start, byteCount: byteCount)
    } catch {
      // No huge page. Small ones serve as well, more slowly; huge ones made so far are kept.
      try system.populate(at: start, byteCount: byteCount)
    }
  }

  /// Gives the memory of free frames back to the system.
  ///
  /// Of a part of a huge page the kernel keeps what it cannot split off, and says nothing of it
  /// (`truncate_inode_partial_folio`). It cannot while somebody else uses that huge page: where
  /// another thread faults on a page of it at this moment, or a device has one pinned.
  ///
  /// - Returns: the shortest run of all that have memory still; nil where none has.
  package func giveBack(_ frames: FrameRun) throws(CompoundError) -> FrameRun? {
    var left = frames
    for _ in 0..<Self.splitTries {
      let offset = ByteCount(left.first.rawValue << PageCount.pageShift)
      try system.punchHole(file.rawValue, offset: offset, byteCount: left.pageCount.byteCount)
      let isWhole = (left.first.rawValue | left.end.rawValue) % PageCount.pagesPerChunk == 0
      guard !isWhole, let kept = try residentPart(of: left) else { return nil }
      left = kept
    }
    return left
  }

  /// How often the kernel is asked to split a huge page.
  ///
  /// With a thread that wrote to every sixteenth page of the same chunks without a pause, four
  /// tries got a third of what one had not. The next third takes up to a tenth of a second.
  private static var splitTries: Int { 5 }

  /// The frames from the first one with memory to the last one.
  private func residentPart(of frames: FrameRun) throws(CompoundError) -> FrameRun? {
    var pages: Range<Int>?
    try system.forEachResidentPage(
      of: AddressRange(address: address(of: frames.first), byteCount: frames.pageCount.byteCount)
    ) { page in pages = (pages?.lowerBound ?? page)..<page + 1 }
    return pages.map { frames.dropping(PageCount($0.lowerBound)).prefix(PageCount($0.count)) }
  }

  /// The memory that the arena holds now, as the kernel counts it.
  package func residentByteCount() throws(CompoundError) -> ByteCount {
    try system.residentByteCount(of: file.rawValue)
  }

  // MARK: Windows

  /// Maps a run of frames at another address, over reserved address space.
  package func map(_ run: FrameRun, at address: UInt) throws(CompoundError) {
    let offset = ByteCount(run.first.rawValue << PageCount.pageShift)
    try system.mapFile(
      .mapRun, at: address, byteCount: run.pageCount.byteCount, file: file.rawValue,
      offset: offset)
  }
}
