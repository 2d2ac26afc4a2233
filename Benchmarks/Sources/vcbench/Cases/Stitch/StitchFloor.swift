// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
package import VCompound

/// The bare system calls that stitching cannot do without, on a memory file like that of an arena:
/// one mmap for each run, something that fills the page table, and one mmap of PROT_NONE in
/// the end.
package struct StitchFloor: ~Copyable {
  /// The ways to fill a window's page table.
  package enum Filling: String, CaseIterable, Sendable {
    /// One MADV_POPULATE_WRITE over the window.
    case populate = "populate"
    /// A read every 64 KiB, after each of which the kernel maps what lies around it.
    case read = "read around"
  }

  /// The windows that are used in turn, so that each is at other addresses than the one before.
  private static let windowCount = 2

  private let file: MemoryFile
  private let windows: AddressRange
  private let runs: [FrameRun]
  private let filling: Filling
  private let byteCount: Int
  private let stride: Int
  private let offset: Int
  private var number = 0

  /// Makes a memory file resident, in huge chunks, and reserves room for windows.
  ///
  /// - Parameters:
  ///   - plan: the size of the file and of a block.
  ///   - runs: what a window is made of.
  ///   - offset: how far a window begins behind a multiple of 2 MiB.
  ///   - filling: how its page table is filled.
  /// - Throws: a failure with the operating system's reason.
  package init(
    _ plan: StitchPlan, runs: [FrameRun], offset: Int, _ filling: Filling
  ) throws(CommandFailure) {
    let chunk = PageOrder.chunk.pageCount.byteCount.rawValue
    let stride = (offset + plan.byteCount + chunk - 1) / chunk * chunk
    let file = try MemoryFile(residentByteCount: plan.pageCount * LivePeak.pageSize)
    let windows = try AddressRange(byteCount: Self.windowCount * stride, alignment: chunk)
    self.file = file
    self.windows = windows
    self.runs = runs
    self.filling = filling
    self.stride = stride
    self.offset = offset
    byteCount = plan.byteCount
  }

  /// Maps the runs and tears them down, again and again.
  ///
  /// - Parameter isDone: whether that is enough, asked behind every window.
  /// - Returns: how many, and their time.
  /// - Throws: a failure with the operating system's reason.
  package mutating func live(
    until isDone: (StitchArena.Lives) -> Bool
  ) throws(CommandFailure) -> StitchArena.Lives {
    var lives = StitchArena.Lives()
    repeat {
      let start = Clock.now()
      try open()
      let born = Clock.now()
      try retire()
      lives.death += Clock.now() - born
      lives.birth += born - start
      lives.count += 1
    } while !isDone(lives)
    return lives
  }

  private mutating func open() throws(CommandFailure) {
    let window = unsafe windows.base + number * stride + offset
    var place = unsafe window
    for run in runs {
      let length = run.pageCount.byteCount.rawValue
      try unsafe file.map(run.first.rawValue * LivePeak.pageSize, length, at: place)
      unsafe place += length
    }
    switch filling {
    case .populate:
      guard unsafe madvise(window, byteCount, MemoryFile.populateWrite) == 0 else {
        throw MemoryFile.failure("madvise")
      }
    case .read:
      unsafe place = unsafe window
      for run in runs {
        let length = run.pageCount.byteCount.rawValue
        unsafe Self.read(place, length)
        unsafe place += length
      }
    }
  }

  /// Reads a byte in each 64 KiB, none of which may be left out.
  @_optimize(none)
  private static func read(_ start: UnsafeMutableRawPointer, _ length: Int) {
    let step: UInt = 1 << 16
    var place = UInt(bitPattern: start)
    let end = place + UInt(length)
    while place < end {
      _ = unsafe UnsafePointer<UInt8>(bitPattern: place)?.pointee
      place = (place & ~(step - 1)) + step
    }
  }

  private mutating func retire() throws(CommandFailure) {
    let window = unsafe windows.base + number * stride + offset
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED
    guard unsafe mmap(window, byteCount, PROT_NONE, flags, -1, 0) != MAP_FAILED else {
      throw MemoryFile.failure("mmap")
    }
    number = (number + 1) % Self.windowCount
  }
}
