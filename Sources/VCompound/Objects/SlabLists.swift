// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The slabs of one size class that have objects in them, filed by how full they are.
///
/// Objects are taken from the fullest slabs, and of each the lowest, so that the others become
/// wholly free, which are given back. Not thread-safe: a `SizeCache` guards its own.
struct SlabLists {
  /// The slabs' records, of which this touches only those of its own class.
  private let slabs: SharedTable<Slab>
  private let shape: SlabShape

  /// The first slab of every list, plus one; 0 for none.
  ///
  /// Fullest first; the last list has the slabs that are wholly free.
  private var firsts = InlineArray<5, UInt32>(repeating: 0)

  /// Wholly free slabs.
  private(set) var spareCount = 0

  /// The pages of all slabs, with objects in them or without.
  private(set) var pageCount: PageCount = 0

  /// The slabs.
  private(set) var slabCount = 0

  /// The objects that they have room for.
  private(set) var capacity = 0

  /// Objects taken out and not put back.
  private(set) var outCount = 0

  private static let spares = 4

  init(_ slabs: SharedTable<Slab>, _ shape: SlabShape) {
    self.slabs = slabs
    self.shape = shape
  }

  /// Files a new slab, with all its objects.
  mutating func add(_ run: FrameRun) {
    slabs.store(Slab(capacity: shape.capacity(run.pageCount)), at: run.first.rawValue)
    count(run.pageCount, 1)
    refile(run.first)
  }

  /// Takes objects, if there are any.
  ///
  /// - Parameters:
  ///   - limit: how many at most.
  ///   - body: is called with the slab and the number of each.
  /// - Returns: how many were taken.
  mutating func take(atMost limit: Int, _ body: (PageFrame, _ index: Int) -> Void) -> Int {
    var count = 0
    while count < limit, let head = fullest {
      count += slabs.update(head.rawValue) { slab in
        slab.take(atMost: limit - count) { body(head, $0) }
      }
      refile(head)
    }
    outCount += count
    return count
  }

  /// Puts an object back into its slab.
  ///
  /// - Returns: false if it is there already.
  mutating func put(_ head: PageFrame, _ index: Int) -> Bool {
    guard slabs.update(head.rawValue, { $0.put(index) }) else { return false }
    outCount -= 1
    refile(head)
    return true
  }

  /// Takes a wholly free slab off its list, for good.
  ///
  /// - Parameters:
  ///   - kept: how many may stay.
  ///   - map: knows how long slabs are.
  /// - Returns: the slab, or nil if there are no more.
  mutating func removeSpare(keeping kept: Int, _ map: borrowing SlabMap) -> FrameRun? {
    guard spareCount > kept else { return nil }
    let head = PageFrame(Int(firsts[Self.spares]) - 1)
    unlink(head)
    let slab = FrameRun(first: head, pageCount: map.entry(head).pageCount)
    count(slab.pageCount, -1)
    return slab
  }

  /// Counts a slab, or with -1 one that is gone.
  private mutating func count(_ pages: PageCount, _ number: Int) {
    slabCount += number
    pageCount.rawValue += number * pages.rawValue
    capacity += number * shape.capacity(pages)
  }

  /// Whether an object is in its slab.
  func contains(_ head: PageFrame, _ index: Int) -> Bool {
    slabs.load(head.rawValue).contains(index)
  }

  /// Whether objects in a slab may be larger than their owners know.
  func hasMisfits(_ head: PageFrame) -> Bool { slabs.load(head.rawValue).hasMisfits }

  /// Notes that an object in a slab is larger than its owner knows.
  mutating func noteMisfit(_ head: PageFrame) {
    slabs.update(head.rawValue) { $0.hasMisfits = true }
  }

  // MARK: The lists

  private var fullest: PageFrame? {
    for list in 0..<5 where firsts[list] != 0 { return PageFrame(Int(firsts[list]) - 1) }
    return nil
  }

  /// Puts a slab on the list for what it has, or on none if it has nothing.
  private mutating func refile(_ head: PageFrame) {
    let slab = slabs.load(head.rawValue)
    let free = Int(slab.free)
    // Wholly free only where `free` is the capacity: the division makes that the last list.
    let list = free == 0 ? 0 : UInt8(free * Self.spares / Int(slab.capacity) + 1)
    guard list != slab.list else { return }
    if slab.list != 0 { unlink(head) }
    if list != 0 { link(head, list: Int(list) - 1) }
  }

  private mutating func link(_ head: PageFrame, list: Int) {
    let first = firsts[list]
    let number = UInt32(head.rawValue + 1)
    slabs.update(head.rawValue) { slab in
      slab.list = UInt8(list + 1)
      slab.previous = 0
      slab.next = first
    }
    if first != 0 { slabs.update(Int(first) - 1) { $0.previous = number } }
    firsts[list] = number
    if list == Self.spares { spareCount += 1 }
  }

  private mutating func unlink(_ head: PageFrame) {
    let slab = slabs.load(head.rawValue)
    let list = Int(slab.list) - 1
    if slab.previous == 0 {
      firsts[list] = slab.next
    } else {
      slabs.update(Int(slab.previous) - 1) { $0.next = slab.next }
    }
    if slab.next != 0 { slabs.update(Int(slab.next) - 1) { $0.previous = slab.previous } }
    slabs.update(head.rawValue) { $0.list = 0 }
    if list == Self.spares { spareCount -= 1 }
  }
}
