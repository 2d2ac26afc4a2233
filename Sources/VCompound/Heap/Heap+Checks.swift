// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What checked builds write into blocks of pages, and look for.
///
/// A block that does not end with a page has a redzone up to the page's end, whose pattern must
/// hold when the block is freed. Freed pages are filled with a pattern that must hold when they are
/// used again. Windows have a page behind them that is never mapped, and are unmapped when they are
/// freed. A block of the linear map that ends with a page has its neighbour behind it: a write past
/// its end is not found.
extension Heap {
  private static var redzoneByte: UInt8 { 0xFD }

  /// Prepares a block of pages that is about to be handed out.
  @inline(__always)
  func begin(_ block: Block) -> Block {
    if CheckedBuild.isOn { beginChecked(block) }
    return block
  }

  private func beginChecked(_ block: Block) {
    checkFree(block.address, block.pageCount)
    drawRedzone(of: block)
  }

  /// Stops a checked build if free pages were written to; called where they begin to be used.
  @inline(__always)
  func checkFree(_ start: UInt, _ pageCount: PageCount) {
    if CheckedBuild.isOn { stopIfWritten(start, pageCount) }
  }

  private func stopIfWritten(_ start: UInt, _ pageCount: PageCount) {
    for page in 0..<pageCount.rawValue {
      let address = start + UInt(bitPattern: page << PageCount.pageShift)
      // Zeroes: a page that has never been used.
      let byte: UInt8 = RawMemory.byte(at: address) == 0 ? 0 : freeByte
      guard
        let damage = RawMemory.firstOther(
          than: byte, address, 0..<PageCount.bytesPerPage)
      else { continue }
      stop(
        "the free page at \(hexadecimal(address)) was written to, "
          + "\(ByteCount(damage)) from its start (used after it was freed?)")
    }
  }

  private var freeByte: UInt8 { policy.wipesFreedMemory ? 0 : CheckedBuild.poison }

  /// Writes the redzone behind a block of pages.
  func drawRedzone(of block: Block) {
    guard CheckedBuild.isOn else { return }
    RawMemory.fill(
      block.address + UInt(bitPattern: block.byteCount.rawValue), tail(of: block),
      with: Self.redzoneByte)
  }

  /// Stops if a block of pages was written to past its end.
  func checkRedzone(of block: Block) {
    guard CheckedBuild.isOn else { return }
    let end = block.byteCount.rawValue
    let redzone = end..<end + tail(of: block).rawValue
    if let damage = RawMemory.firstOther(than: Self.redzoneByte, block.address, redzone) {
      stop(
        "the block at \(hexadecimal(block.address)) of \(block.byteCount) was written to past its "
          + "end, \(ByteCount(damage)) from its start")
    }
  }

  private func tail(of block: Block) -> ByteCount {
    PageCount(covering: block.byteCount).byteCount - block.byteCount
  }

  // MARK: Freed memory

  /// Checks a block of pages that is about to be freed, and overwrites it: with zeroes where
  /// secrets are wiped, with a pattern in checked builds.
  ///
  /// Through the linear map, so that windows need not be mapped.
  func endContents(of block: Block) {
    guard policy.scrubs else { return }
    checkRedzone(of: block)
    switch block.place {
    case .object: break
    case .contiguous(let first): scrub(FrameRun(first: first, pageCount: block.pageCount))
    case .stitched(let number): scrub(windows.window(number).runs)
    }
  }

  /// Overwrites frames that are about to be free.
  func scrub(_ run: FrameRun) {
    scrub(at: arena.address(of: run.first), run.pageCount.byteCount)
  }

  /// Overwrites frames that are about to be free.
  func scrub(_ runs: RunList) {
    guard policy.scrubs else { return }
    for run in windows.runs.elements(of: runs) { scrub(run) }
  }

  /// Overwrites memory that is about to be free, at any address that shows it.
  package func scrub(at address: UInt, _ byteCount: ByteCount) {
    if policy.scrubs { RawMemory.fill(address, byteCount, with: freeByte) }
  }

  // MARK: Leaks

  /// Stops if a pointer still owns a block of a heap that ends.
  func stopIfLeaked() {
    guard let leak = firstOfPointers() else { return }
    stop(
      "leak: the allocator is gone, and nothing has freed the block at "
        + "\(hexadecimal(leak.address)) of \(leak.byteCount)"
        + (leak.others == 0 ? "" : " and \(leak.others) more") + leakedHolders)
  }

  /// Which labels have leaked most, where a census is kept.
  private var leakedHolders: String {
    let holders = arenaCensus.largestHolders(5)
    return holders.isEmpty ? "" : ": " + holders
  }

  private func firstOfPointers() -> (address: UInt, byteCount: ByteCount, others: Int)? {
    let out = pages.read { $0.counts.ofPointers } + objectsOfPointers
    guard out > 0 else { return nil }
    var found = firstObjectOfPointers()
    windows.forEach { window in
      if found == nil, window.owner == .pointer { found = (window.address, window.byteCount) }
    }
    if found == nil { found = firstBlockOfPointers() }
    return found.map { ($0.address, $0.byteCount, out - 1) }
  }

  private func firstBlockOfPointers() -> (address: UInt, byteCount: ByteCount)? {
    pages.read { ledger in
      ledger.blocks.first { head, record in
        record.isInUse(of: .pointer) ? (arena.address(of: head), record.byteCount) : nil
      }
    }
  }
}
