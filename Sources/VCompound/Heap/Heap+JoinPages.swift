// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Pages become a block, without a copy where they can (Linux: `vm_map_ram`).

extension Heap {
  /// Makes one block of many of one size that a front door has, in their order.
  ///
  /// Nothing is copied, but where one of them is an object, or mappings are used up.
  ///
  /// - Parameters:
  ///   - places: the blocks, and perhaps empty places between them.
  ///   - size: the pages of each block.
  ///   - number: how many blocks there are, at least 1.
  ///   - label: names the block in the census, if none of them is listed.
  /// - Returns: the block, which a buffer owns. The others are gone then.
  /// - Throws: as `allocate`; the blocks are as they were then.
  package func join(
    _ places: SharedTable<PackedPlace>, of size: PageCount, number: Int, _ label: SourceLabel
  ) throws(CompoundError) -> Block {
    attachThreadCache()
    let request = try joining(PageCount(number * size.rawValue).byteCount)
    guard !contains(places, { $0.isObject }) else {
      return try copy(places, size, request, label)
    }
    let all = runs(of: places, size)
    if request.stitching == .never, var all, all.count > 1 {
      windows.runs.free(&all)
      return try copy(places, size, request, label)
    }
    do throws(CompoundError) {
      return try join(places, size, all, number, request, label)
    } catch {
      return try instead(of: error, request) { unforced throws(CompoundError) in
        // In one piece perhaps, which was not wanted before.
        if var all = runs(of: places, size) {
          if all.count == 1 {
            return noteUnforced(
              try join(places, size, all, number, unforced, label), request)
          }
          windows.runs.free(&all)
        }
        return noteUnforced(try copy(places, size, unforced, label), request)
      }
    }
  }

  private func runs(of places: SharedTable<PackedPlace>, _ size: PageCount) -> RunList? {
    runs { body in
      forEachBlock(places, size) { forEachRun(of: $0, body) }
    }
  }

  /// Makes a block of the frames of many, which are gone then.
  private func join(
    _ places: SharedTable<PackedPlace>, _ size: PageCount, _ all: RunList?, _ number: Int,
    _ request: Request, _ label: SourceLabel
  ) throws(CompoundError) -> Block {
    let joined = try join(all, of: number, request, room: 0)
    if policy.hasCensus { relist(places, size, as: joined, label) }
    if contains(places, { $0.isStitched }) {
      forEachBlock(places, size) { retireWindow(of: $0) }
    }
    return joined
  }

  /// Lists a block in place of those that it is made of, under the label of the last one.
  private func relist(
    _ places: SharedTable<PackedPlace>, _ size: PageCount, as joined: Block, _ label: SourceLabel
  ) {
    var label = label
    forEachBlock(places, size) { block in
      if let listed = census?.leave(block.address) { label = listed.label }
    }
    enterCensus(joined, label)
  }

  private func contains(
    _ places: SharedTable<PackedPlace>, _ matches: (PackedPlace) -> Bool
  ) -> Bool {
    for index in 0..<places.count where matches(places.load(index)) { return true }
    return false
  }

  private func forEachBlock(
    _ places: SharedTable<PackedPlace>, _ size: PageCount, _ body: (Block) -> Void
  ) {
    for index in 0..<places.count where !places.load(index).isNone {
      body(block(at: places.load(index), size))
    }
  }

  /// Copies blocks into a new one, and frees them.
  private func copy(
    _ places: SharedTable<PackedPlace>, _ size: PageCount, _ request: Request,
    _ label: SourceLabel
  ) throws(CompoundError) -> Block {
    keepSoftLimit(request.byteCount)
    let joined = try allocatePages(request, label)
    if policy.hasCensus { relist(places, size, as: joined, label) }
    var end = joined.address
    forEachBlock(places, size) { block in
      RawMemory.copy(block.byteCount, from: block.address, to: end)
      end += UInt(bitPattern: block.byteCount.rawValue)
      // The new one is counted: none of them is the last.
      free(block, .buffer)
    }
    return joined
  }
}
