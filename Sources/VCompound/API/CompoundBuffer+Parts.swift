// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// A buffer becomes several, and several become one: what changes hands are pages, not bytes.

extension CompoundBuffer {
  // MARK: Splitting

  /// Splits the buffer: what lies behind an offset becomes a buffer of its own, and the rest stays.
  ///
  /// Nothing is copied, no system call is made but where mappings are used up and those of freed
  /// buffers are torn down for it, and both parts stay where they are. A small buffer,
  /// which shares its pages with others, is copied into pages of its own first, also where the call
  /// fails then.
  ///
  /// ```swift
  /// var message = try allocator.allocate(pageCount: 4)
  /// let payload = try message.splitOff(at: .page)    // `message` is its first page from now on
  /// ```
  ///
  /// - Parameter offset: where the new buffer begins: a multiple of ``ByteCount/page``, above 0 and
  ///   below `byteCount`; the program stops for another one.
  /// - Returns: the buffer with the bytes from `offset` on.
  /// - Throws: ``CompoundError/mappingBudget(needed:available:limit:)`` where a stitched buffer
  ///   needs a mapping or two more than there are left; for a small one as
  ///   ``CompoundAllocator/allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``. The buffer is
  ///   as it was then.
  /// - Complexity: O(runs) for a stitched buffer; O(1) for a contiguous one, and a few instructions
  ///   for every 2 MiB.
  public mutating func splitOff(at offset: ByteCount) throws(CompoundError) -> CompoundBuffer {
    let page = PageCount(covering: offset)
    guard 0 < offset, offset < byteCount, page.byteCount == offset else {
      stop(
        "cannot split \(hexadecimal(block.address)) of \(byteCount) at \(offset): an offset is a "
          + "multiple of \(ByteCount.page) inside")
    }
    try leaveSlab()
    let whole = block
    let (lower, upper) = try door.enter { (heap) throws(CompoundError) in
      try heap.split(whole, at: page)
    }
    block = lower
    return CompoundBuffer(adopting: upper, of: door)
  }

  /// Sees to it that the buffer has pages of its own.
  mutating func leaveSlab() throws(CompoundError) {
    let old = block
    block = try door.enter { (heap) throws(CompoundError) in try heap.withPagesOfItsOwn(old) }
  }

  // MARK: Joining

  /// Joins another buffer to this one: its bytes lie right behind those of this one from then on.
  ///
  /// Without a copy where this one ends with a page: where the two lie side by side, as after
  /// ``splitOff(at:)-(ByteCount)``, nothing is done but to note it; else the pages of both are
  /// mapped side by side, into room behind this buffer or into a new window. The buffer may move.
  /// The other one is copied, into as many new pages as this one must grow by, where this one does
  /// not end with a page, where one of the two is a small buffer, which shares its pages with
  /// others, and where mappings are used up or the policy does not stitch.
  ///
  /// ```swift
  /// var buffer = try allocator.allocate(byteCount: .mebibytes(6))
  /// var tail: CompoundBuffer? = try buffer.splitOff(at: .mebibytes(4))
  /// try buffer.join(&tail)                           // `tail` is nil from now on
  /// ```
  ///
  /// - Parameter other: a buffer of the same allocator, or the program stops; nil afterwards. Where
  ///   it is nil, nothing is done.
  /// - Throws: as ``resize(toByteCount:)-(ByteCount)``; both buffers are as they were then.
  /// - Complexity: a system call for every run of both at most; a copy of both where one is needed.
  public mutating func join(_ other: inout CompoundBuffer?) throws(CompoundError) {
    guard let given = other.take() else { return }
    let (first, second, door) = (block, given.block, door)
    guard door.isSame(as: given.door) else {
      stop(
        "cannot join \(hexadecimal(second.address)) to \(hexadecimal(first.address)): it comes from "
          + "another allocator")
    }
    // Its block is neither's until the outcome is known.
    given.forget()
    do throws(CompoundError) {
      block = try door.enter { (heap) throws(CompoundError) in try heap.join(first, second) }
    } catch {
      other = CompoundBuffer(adopting: second, of: door)
      throw error
    }
  }

  /// Joins all pages of an array, in their order, to one buffer (Linux: `vm_map_ram`): what
  /// ``PageSlots/put(pagesOf:)`` does, undone.
  ///
  /// Without a copy: pages that lie side by side are a buffer as they are, others are mapped side
  /// by side. They are copied into as many new pages where one of them is a small buffer, which
  /// shares its page with others, and where mappings are used up or the policy does not stitch.
  ///
  /// - Parameter slots: an array that holds at least one page; empty afterwards.
  /// - Throws: ``CompoundError/invalidSize(_:capacity:)`` where it holds none, else as
  ///   ``CompoundAllocator/allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``; the array is as
  ///   it was then.
  /// - Complexity: O(slots + pages); a system call for every run of pages that is not a neighbour
  ///   of the one before.
  public init(joining slots: inout PageSlots) throws(CompoundError) {
    let (table, size, label) = (slots.table, slots.order.pageCount, slots.label)
    let number = slots.filledCount
    let block = try slots.door.enter { (heap) throws(CompoundError) in
      try heap.join(table, of: size, number: number, label)
    }
    slots.forgetAll()
    self.init(adopting: block, of: slots.door)
  }
}

extension PageSlots {
  /// Splits a buffer into pages, and puts them into empty slots in order (Linux: `split_page`).
  ///
  /// Nothing is copied. Pages of order 0 are single frames, at their addresses in the linear map:
  /// those of a stitched buffer have other addresses than before. Pages of a higher order stay
  /// where they are. A small buffer, which shares its pages with others, is copied into pages of
  /// its own first, also where the call fails then.
  ///
  /// ```swift
  /// var whole: CompoundBuffer? = try allocator.allocate(order: 4)
  /// var pages = PageSlots(count: 16, allocator: allocator)
  /// try pages.put(pagesOf: &whole)                   // `whole` is nil from now on
  /// ```
  ///
  /// - Parameter buffer: a buffer of the same allocator, whose page count is a multiple of that of
  ///   the array's order, and for whose pages there are empty slots; the program stops for another
  ///   one. The whole of its last page counts. Nil afterwards; where it is nil, nothing is done.
  /// - Throws: ``CompoundError/mappingBudget(needed:available:limit:)`` where a stitched buffer is
  ///   split into pages of a higher order, which takes two or three mappings for each; for a small
  ///   one as ``CompoundAllocator/allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``. Buffer
  ///   and array are as they were then.
  /// - Complexity: O(slots + pages).
  public mutating func put(pagesOf buffer: inout CompoundBuffer?) throws(CompoundError) {
    guard var given = buffer.take() else { return }
    check(given)
    let size = order.pageCount
    do throws(CompoundError) {
      try given.leaveSlab()
      let (block, table) = (given.block, table)
      var index = 0
      try door.enter { (heap) throws(CompoundError) in
        try heap.split(block, into: size) { place in
          while !table.load(index).isNone { index += 1 }
          table.store(place, at: index)
        }
      }
    } catch {
      buffer = consume given
      throw error
    }
    noteFilled(given.pageCount.rawValue / size.rawValue)
    given.forget()
  }

  /// Stops the program where a buffer cannot be split into empty slots.
  private func check(_ buffer: borrowing CompoundBuffer) {
    let (address, pages) = (buffer.block.address, PageCount(covering: buffer.byteCount))
    guard door.isSame(as: buffer.door) else {
      stop("cannot split \(hexadecimal(address)): it comes from another allocator")
    }
    guard pages.rawValue % order.pageCount.rawValue == 0 else {
      stop("cannot split \(hexadecimal(address)) of \(pages) into pages of \(bytesPerPage)")
    }
    let empty = count - filledCount
    guard pages.rawValue / order.pageCount.rawValue <= empty else {
      stop(
        "cannot split \(hexadecimal(address)) of \(pages) into the \(empty) empty slots of "
          + "\(bytesPerPage)")
    }
  }
}
