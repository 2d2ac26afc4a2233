// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Heap {
  /// What lies at an address.
  package enum Resident {
    /// A byte of a block, this far from its first one.
    ///
    /// What owns an object is not known in a build without checks.
    case block(Block, BlockOwner?, offset: ByteCount)
    /// A free place of the arena or of the windows.
    case free
    /// Nothing of this heap.
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
  /// - Complexity: that of `Windows.window(containing:)`, and O(runs) for the linear-map address of
  ///   a stitched block; for an object see `residentObject`, which tells of `searching` too.
  package func resident(at address: UInt, searching: Bool = true) -> Resident {
    if let frame = arena.frame(containing: address) {
      return residentObject(at: address, searching: searching) ?? resident(in: frame, at: address)
    }
    if let (number, window, offset) = windows.window(containing: address) {
      return resident(number, window, offset: offset)
    }
    return windows.reserves(address) ? .free : .foreign
  }

  private func resident(_ number: Int, _ window: Window, offset: ByteCount) -> Resident {
    let block = Block(
      address: window.address, byteCount: window.byteCount, place: .stitched(window: number))
    return .block(block, window.owner, offset: offset)
  }

  private func resident(in frame: PageFrame, at address: UInt) -> Resident {
    let found = pages.read { ledger -> (head: PageFrame, record: BlockTable.Record)? in
      guard ledger.frames.isUsed(frame), let head = ledger.blocks.head(of: frame) else {
        return nil
      }
      return (head, ledger.blocks[head])
    }
    guard let (head, record) = found, !record.isCached, !record.isSlab else { return .free }
    let byteInPage = ByteCount(Int(bitPattern: address) & (PageCount.bytesPerPage - 1))
    if let number = record.window {
      guard let (window, page) = windows.window(number, pageBehind: frame) else { return .free }
      return resident(number, window, offset: page.byteCount + byteInPage)
    }
    guard frame - head < PageCount(covering: record.byteCount) else { return .free }
    let block = Block(
      address: arena.address(of: head), byteCount: record.byteCount, place: .contiguous(head))
    return .block(block, record.owner, offset: (frame - head).byteCount + byteInPage)
  }

  /// The block whose first byte lies at an address, according to the caller.
  ///
  /// - Parameters:
  ///   - address: what the caller takes for the first byte.
  ///   - action: what the caller is about to do, for the message.
  ///   - owner: what must own the block.
  ///   - searching: see `residentObject`.
  /// - Returns: the block; the program stops where there is none, with a message that names the
  ///   address and says what lies there.
  package func block(
    at address: UInt, to action: String, _ owner: BlockOwner, searching: Bool = false
  ) -> Block {
    // Written out for messages only, since writing it takes as long as all the rest.
    var place: String { hexadecimal(address) }
    switch resident(at: address, searching: searching) {
    case .foreign:
      stop("cannot \(action) \(place): it is no address of this allocator")
    case .free:
      stop("cannot \(action) \(place): nothing is allocated there (freed before?)")
    case .block(let block, let found, let offset):
      guard address == block.address else {
        stop(
          "cannot \(action) \(place): it lies \(offset) into the block at "
            + "\(hexadecimal(block.address)) of \(block.byteCount)")
      }
      guard let found, found != owner else { return block }
      stop(
        "cannot \(action) \(place): the block belongs to a "
          + (found == .buffer ? "CompoundBuffer" : "pointer, not to a CompoundBuffer"))
    }
  }

  // MARK: Frames

  /// Calls a function for the runs of a block, in the order of their addresses, for its owner.
  package func forEachRun(of block: Block, _ body: (FrameRun) -> Void) {
    switch block.place {
    case .object: body(frames(ofObject: block))
    case .contiguous(let first): body(FrameRun(first: first, pageCount: block.pageCount))
    case .stitched(let number):
      for run in windows.runs.elements(of: windows.window(number).runs) { body(run) }
    }
  }

  /// The frame behind a page of a block, for its owner (Linux: `compound_nth_page`).
  ///
  /// - Complexity: O(1) for a contiguous block, O(runs) for a stitched one.
  package func frame(ofPage page: Int, in block: Block) -> PageFrame {
    guard page >= 0, page < block.pageCount.rawValue else {
      stop("page \(page) of the \(block.pageCount) of the block at \(hexadecimal(block.address))")
    }
    var rest = PageCount(page)
    var found = PageFrame(0)
    forEachRun(of: block) { run in
      if rest >= 0, rest < run.pageCount { found = run.first + rest }
      rest -= run.pageCount
    }
    return found
  }

  // MARK: Owners

  /// Hands a block to another owner.
  ///
  /// The last access of the caller: without a block that a buffer owns the heap may end.
  package func setOwner(of block: Block, _ owner: BlockOwner) {
    if case .object = block.place {
      if CheckedBuild.isOn { objects.checks.set(block.address, block.byteCount, owner) }
      return end(
        if: pages.withLock { $0.counts.addObjectOfBuffer(owner == .buffer ? 1 : -1) })
    }
    if case .stitched(let number) = block.place { windows.setOwner(of: number, owner) }
    let isLast = pages.withLock { ledger in
      if case .contiguous(let head) = block.place {
        ledger.update(head, BlockTable.Record(byteCount: block.byteCount, owner: owner))
      }
      return ledger.counts.handOver(to: owner)
    }
    end(if: isLast)
  }
}
