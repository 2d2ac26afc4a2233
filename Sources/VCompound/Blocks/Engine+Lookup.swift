// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Engine {
  /// What lies at an address.
  enum Resident {
    /// A byte of a block, this far from its first one.
    ///
    /// Whether a buffer owns it is not known of an object in a build without checks.
    case block(Block, isOwned: Bool?, offset: ByteCount)
    /// A free place of the arena or of the windows.
    case free
    /// Nothing of ours.
    case foreign
  }

  /// Whether an address belongs to the arena or to the windows, allocated or not.
  package func owns(_ address: UInt) -> Bool {
    arena.frame(containing: address) != nil || windows.reserves(address)
  }

  /// Finds the block that any of its bytes belongs to (Linux: `virt_to_head_page`).
  ///
  /// The linear-map address of a page of a stitched block finds that block too, with the offset
  /// that the page has in it.
  ///
  /// - Complexity: O(log windows), and O(runs) for the linear-map address of a stitched block;
  ///   for an object see `residentObject`, which tells of `searching` too.
  func resident(at address: UInt, searching: Bool = true) -> Resident {
    if arena.frame(containing: address) != nil,
      let object = residentObject(at: address, searching: searching)
    {
      return object
    }
    if let frame = arena.frame(containing: address) {
      return resident(in: frame, at: address)
    }
    if let (slot, window) = windows.window(containing: address) {
      let block = Block(
        address: window.address, byteCount: window.byteCount, place: .stitched(slot: slot))
      let offset = ByteCount(Int(bitPattern: address - window.address))
      return .block(block, isOwned: window.isOwned, offset: offset)
    }
    return windows.reserves(address) ? .free : .foreign
  }

  private func resident(in frame: Frame, at address: UInt) -> Resident {
    let found = ledger.withLock { ledger -> (head: Frame, record: BlockTable.Record)? in
      guard ledger.frames.isUsed(frame), let head = ledger.blocks.head(of: frame) else {
        return nil
      }
      return (head, ledger.blocks[head])
    }
    guard let (head, record) = found, !record.isCached, !record.isSlab else { return .free }
    let byteInPage = ByteCount(Int(bitPattern: address) & (PageCount.bytesPerPage - 1))
    if let slot = record.slot {
      let window = windows.window(slot)
      guard let page = window?.page(of: frame), let window else { return .free }
      let block = Block(
        address: window.address, byteCount: window.byteCount, place: .stitched(slot: slot))
      return .block(block, isOwned: window.isOwned, offset: page.byteCount + byteInPage)
    }
    guard frame - head < PageCount(covering: record.byteCount) else { return .free }
    let block = Block(
      address: arena.address(of: head), byteCount: record.byteCount, place: .contiguous(head))
    return .block(
      block, isOwned: record.isOwned, offset: (frame - head).byteCount + byteInPage)
  }

  /// The block whose first byte lies at an address, for somebody who says that it does.
  ///
  /// - Parameters:
  ///   - address: what the caller takes for the first byte.
  ///   - action: what the caller is about to do, for the message.
  ///   - isOwned: whether the block must belong to a `CompoundBuffer` or must not.
  /// - Returns: the block; the program stops where there is none, with a message that names the
  ///   address and says what lies there.
  func block(at address: UInt, to action: String, isOwned: Bool) -> Block {
    // Written out only for the last words: that alone takes as long as all the rest.
    var place: String { hexadecimal(address) }
    switch resident(at: address, searching: false) {
    case .foreign:
      stop("cannot \(action) \(place): it is no address of this allocator")
    case .free:
      stop("cannot \(action) \(place): nothing is allocated there (freed before?)")
    case .block(let block, let owned, let offset):
      guard address == block.address else {
        stop(
          "cannot \(action) \(place): it lies \(offset) into the block at "
            + "\(hexadecimal(block.address)) of \(block.byteCount)")
      }
      guard let owned, owned != isOwned else { return block }
      stop(
        "cannot \(action) \(place): the block belongs to a "
          + (owned ? "CompoundBuffer" : "pointer, not to a CompoundBuffer"))
    }
  }

  /// The runs of a block, in the order of their addresses.
  func runs(of block: Block) -> [FrameRun] {
    switch block.place {
    case .object: [frames(ofObject: block)]
    case .contiguous(let first): [FrameRun(first: first, pageCount: block.pageCount)]
    case .stitched(let slot): liveWindow(slot).runs
    }
  }

  /// The frame behind a page of a block (Linux: `compound_nth_page`).
  ///
  /// - Complexity: O(1) for a contiguous block, O(runs) for a stitched one.
  func frame(ofPage page: PageCount, in block: Block) -> Frame {
    precondition(page >= 0 && page < block.pageCount, "page \(page.rawValue) of \(block.pageCount)")
    switch block.place {
    case .object: return frames(ofObject: block).first + page
    case .contiguous(let first): return first + page
    case .stitched(let slot): return liveWindow(slot).frame(ofPage: page)
    }
  }

  /// The window of a block that is in use.
  func liveWindow(_ slot: Int) -> Window {
    guard let window = windows.window(slot) else {
      stop("the stitched block in slot \(slot) was freed while it was in use")
    }
    return window
  }

  /// Hands a block from a buffer to a pointer, or back.
  func setOwned(_ block: Block, _ isOwned: Bool) {
    if case .object = block.place { return setOwnedObject(block, isOwned) }
    if case .stitched(let slot) = block.place {
      windows.update(slot) { $0.isOwned = isOwned }
    }
    let isLast = ledger.withLock { ledger in
      if case .contiguous(let head) = block.place {
        let record = BlockTable.Record(byteCount: block.byteCount, isOwned: isOwned)
        ledger.blocks.update(head, record)
      }
      ledger.counts.add(isOwned: isOwned)
      return ledger.counts.subtract(isOwned: !isOwned)
    }
    releaseIfLast(isLast)
  }
}
