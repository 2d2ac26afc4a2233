// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// A child of fork that drops the last of its parent's values: nothing is unmapped where the child
/// has memory of its own by then.
///
/// The linear map and the windows are not mapped in a child, so its kernel may put anything at
/// their addresses.
@Suite struct ForkLastReferenceTests {
  @Test(arguments: lastReferences.indices, [false, true])
  func theChildsOwnMemoryStays(_ index: Int, isStitched: Bool) async {
    await #expect(processExitsWith: .success) { [index, isStitched] in
      var configuration = AllocatorConfiguration()
      configuration.fallback = isStitched ? .always : .whenNeeded
      var allocator: CompoundAllocator? = try CompoundAllocator(
        capacity: .mebibytes(8), configuration: configuration)
      let holder = LastHolder()
      var linear: UInt = 0
      var block: UInt = 0
      if let allocator {
        linear = UInt(bitPattern: allocator.address(of: PageFrame(1024)))
        try lastReferences[index].make(holder, allocator)
        let buffer = try allocator.allocate(byteCount: .mebibytes(1))
        block = UInt(bitPattern: buffer.baseAddress)
        #expect(buffer.isStitched == isStitched)
      }
      allocator = nil
      // Once in this process, for the Swift runtime to have seen it all.
      do {
        let other = LastHolder()
        try lastReferences[index].make(other, CompoundAllocator.ofBuild(.mebibytes(8)))
        other.drop()
        #expect(OwnMemory(at: linear, byteCount: 4096) == nil)
      }
      var children = ForkChildren()
      children.start("\(index)") {
        guard let first = OwnMemory(at: linear, byteCount: 1 << 20),
          let second = OwnMemory(at: block, byteCount: 1 << 20)
        else { return 1 }
        holder.drop()
        return first.isIntact && second.isIntact ? 0 : 2
      }
      let ends = children.ends().map(\.end)
      #expect(ends == [.exit(0)], "\(ends)")
      holder.drop()
    }
  }
}

/// The last that keeps an allocator's memory.
private final class LastHolder {
  var allocator: CompoundAllocator?
  var slots: PageSlots?
  var pool: PagePool?
  var page: PooledPage?
  var fragment: PageFragment?
  var cache: ObjectCache<InlineArray<100, UInt8>>?
  var object: CachedObject<InlineArray<100, UInt8>>?
  var buffer: CompoundBuffer?

  func drop() {
    fragment = nil
    page = nil
    object = nil
    pool = nil
    cache = nil
    slots?.removeAll()
    slots = nil
    buffer = nil
    allocator = nil
  }
}

/// What is kept, and how it is made.
private struct LastReference: Sendable {
  let make: @Sendable (LastHolder, CompoundAllocator) throws -> Void
}

private let lastReferences = [
  LastReference { $0.allocator = $1 },
  LastReference { $0.slots = PageSlots(count: 8, allocator: $1) },
  LastReference { $0.pool = try PagePool(allocator: $1, limits: .init(out: 64, kept: 64)) },
  LastReference {
    $0.cache = try ObjectCache(allocator: $1, kept: 8) { InlineArray(repeating: 1) }
  },
  LastReference { $0.buffer = try $1.allocate(byteCount: .kibibytes(40)) },
  LastReference { holder, allocator in
    var slots = PageSlots(count: 8, order: 1, allocator: allocator)
    try allocator.allocate(into: &slots)
    holder.slots = consume slots
  },
  LastReference { holder, allocator in
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    holder.page = try pool.take()
    holder.fragment = try pool.takeFragment(byteCount: 100)
    holder.pool = consume pool
  },
  LastReference { holder, allocator in
    let cache = try ObjectCache(allocator: allocator, kept: 8) {
      InlineArray<100, UInt8>(repeating: 1)
    }
    holder.object = try cache.take()
    holder.cache = cache
    holder.allocator = allocator
  },
]
