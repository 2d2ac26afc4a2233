// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Objects of 1 byte to 32 KiB, in slabs of whole pages: Bonwick's slab allocator, with his and
/// Adams's magazines and depot.
///
///     thread's magazine   a stack of addresses for each size class, used without a lock
///     depot               what overflows those, up to some bytes a class, for other threads
///     slabs               runs of pages cut into objects, a bit for each that is there
///
/// Addresses and numbers only: it touches no object. Slabs come from whoever calls `add`, and are
/// handed to a function as soon as they are wholly free, but for one of each class.
struct ObjectCaches: ~Copyable, @unchecked Sendable {
  /// The layers, to be turned off one by one for measurements.
  struct Layers: Sendable {
    var magazines = true
    var depot = true
  }

  /// Takes the frames of a slab that is gone.
  typealias Release = (FrameRun) -> Void

  let map: SlabMap
  private let table: ZeroedTable<Slab>
  private let shapes: [SlabShape]
  private let sizes: [SizeLock]
  /// The class for every size, in steps of eight bytes.
  private let kinds: SharedTable<UInt8>
  private let kindTable: ZeroedTable<UInt8>
  private let base: UInt
  private let layers: Layers

  /// Wholly free slabs that are kept.
  private let spareCount = Atomic<Int>(0)

  /// The lock of a class, in a form that an array can hold.
  final class SizeLock: Sendable {
    let state: Lock<SizeCache>
    init(_ state: SizeCache) { self.state = Lock(state) }
  }

  /// What a thread may keep of a class, in bytes, and what the depot may.
  private static let bytesKept = 512 << 10
  private static let depotBytes = 256 << 10

  /// Makes caches with no slab in them.
  ///
  /// - Parameters:
  ///   - pageCount: the frames of the arena.
  ///   - base: the address of the first.
  ///   - longestSlab: the most pages in a slab, unless an object needs more.
  ///   - layers: what is on.
  ///   - system: where the tables are mapped.
  /// - Throws: `systemCall`.
  init(
    pageCount: PageCount, base: UInt, longestSlab: Int, layers: Layers, system: OperatingSystem
  ) throws(CompoundError) {
    let map = try SlabMap(pageCount: pageCount, system: system)
    let table = try ZeroedTable<Slab>(count: pageCount.rawValue, system: system)
    var kindTable = try ZeroedTable<UInt8>(count: SizeClass.largest / 8 + 1, system: system)
    for step in 1..<kindTable.count { kindTable[step] = UInt8(SizeClass.covering(step * 8)) }
    // Of a small arena little is kept, since it would soon be all of it.
    let bytesKept = max(64, min(Self.bytesKept, pageCount.byteCount.rawValue / 1024))
    let shapes = (0..<SizeClass.count).map {
      SlabShape(
        kind: $0, longest: longestSlab, bytesKept: bytesKept,
        depotBytes: min(Self.depotBytes, 4 * bytesKept))
    }
    let slabs = table.shared
    sizes = shapes.map { SizeLock(SizeCache(lists: SlabLists(slabs, $0))) }
    kinds = kindTable.shared
    self.kindTable = kindTable
    self.shapes = shapes
    self.map = map
    self.table = table
    self.base = base
    self.layers = layers
  }

  // MARK: Looking up

  /// The smallest class whose objects have at least this many bytes: as `SizeClass.covering`, from
  /// a table.
  @inline(__always)
  func kind(covering byteCount: Int) -> Int {
    Int(truncatingIfNeeded: kinds.load((byteCount &+ 7) &>> 3))
  }

  /// How a class's slabs are laid out.
  func shape(_ kind: Int) -> SlabShape { shapes[kind] }

  /// Which object an address lies in, if a slab has that frame.
  func place(of address: UInt) -> ObjectPlace? {
    let frame = Frame(Int(bitPattern: (address &- base) >> UInt(PageCount.pageShift)))
    let entry = map.entry(frame)
    guard entry.isSlab else { return nil }
    let head = Frame(frame.rawValue - entry.pagesBefore.rawValue)
    let shape = shapes[entry.kind]
    let offset = Int(bitPattern: address &- self.address(head))
    let index = shape.index(ofByte: offset)
    return ObjectPlace(
      head: head, kind: entry.kind, index: index, offset: offset - index * shape.byteCount)
  }

  /// Whether an object is in its slab, or where there is none.
  func isInSlab(_ place: ObjectPlace) -> Bool {
    guard place.index < shapes[place.kind].capacity else { return true }
    return sizes[place.kind].state.withLock { $0.lists.contains(place.head, place.index) }
  }

  /// Whether an object is in the depot.
  func isInDepot(_ object: UInt, _ kind: Int) -> Bool {
    sizes[kind].state.withLock { $0.depot.contains(object) }
  }

  /// Whether an object may be larger than its owner knows.
  func isMisfit(_ place: ObjectPlace) -> Bool {
    sizes[place.kind].state.withLock { $0.lists.hasMisfits(place.head) }
  }

  /// Notes that an object is larger than its owner knows.
  func noteMisfit(_ place: ObjectPlace) {
    sizes[place.kind].state.withLock { $0.lists.noteMisfit(place.head) }
  }

  private func address(_ head: Frame) -> UInt {
    base + UInt(bitPattern: head.rawValue << PageCount.pageShift)
  }

  // MARK: Taking

  /// Takes an object for a caller who found none in the magazine, and some more for that.
  func take(_ kind: Int, filling magazine: ObjectMagazine) -> UInt? {
    guard layers.magazines else { return takeOne(kind) }
    let shape = shapes[kind]
    sizes[kind].state.withLock { size in
      grow(magazine, shape)
      let wanted = max(1, magazine.capacity / 2)
      while magazine.count < wanted, let object = size.depot.popLast() {
        _ = magazine.push(object)
      }
      take(from: &size, shape, atMost: wanted - magazine.count) { _ = magazine.push($0) }
    }
    return magazine.pop()
  }

  /// Takes an object past the magazines.
  func takeOne(_ kind: Int) -> UInt? {
    var object: UInt?
    sizes[kind].state.withLock { size in
      object = size.depot.popLast()
      if object == nil { take(from: &size, shapes[kind], atMost: 1) { object = $0 } }
      if object != nil { size.directCount += 1 }
    }
    return object
  }

  private func take(
    from size: inout SizeCache, _ shape: SlabShape, atMost limit: Int, _ body: (UInt) -> Void
  ) {
    let spares = size.lists.spareCount
    _ = size.lists.take(atMost: limit) { head, index in
      body(address(head) + UInt(bitPattern: index * shape.byteCount))
    }
    note(spares, size)
  }

  /// Files a slab whose frames have been entered.
  func add(_ head: Frame, _ kind: Int) {
    sizes[kind].state.withLock { size in
      let spares = size.lists.spareCount
      size.lists.add(head)
      note(spares, size)
    }
  }

  /// Magazines begin small, so that a size that is used once in a while keeps little.
  private func grow(_ magazine: ObjectMagazine, _ shape: SlabShape) {
    let capacity = magazine.capacity
    guard capacity < shape.magazineLimit else { return }
    // A cache line's at least, so that no two threads get parts of one.
    let least = max(2, 128 / shape.byteCount)
    magazine.capacity = min(shape.magazineLimit, max(least, capacity * 2))
  }

  private func note(_ spares: Int, _ size: SizeCache) {
    let change = size.lists.spareCount - spares
    if change != 0 { spareCount.wrappingAdd(change, ordering: .relaxed) }
  }

  // MARK: Giving back

  /// Puts an object into a magazine that had no room for it, after making some.
  ///
  /// - Returns: whether it is there.
  func put(
    _ object: UInt, _ kind: Int, emptying magazine: ObjectMagazine, _ release: Release
  ) -> Bool {
    guard layers.magazines else { return false }
    let shape = shapes[kind]
    if magazine.capacity < shape.magazineLimit {
      grow(magazine, shape)
    } else {
      move(shape.batch, of: magazine, shape, toDepot: layers.depot, release)
    }
    return magazine.push(object)
  }

  /// Puts an object back past the magazines.
  func putOne(_ object: UInt, _ kind: Int, _ release: Release) {
    sizes[kind].state.withLock { size in
      put(object, into: &size)
      releaseSpares(&size, shapes[kind], keeping: 1, release)
    }
  }

  /// Empties a magazine whose owner is not at it into the slabs.
  func drain(_ magazine: ObjectMagazine, _ kind: Int, _ release: Release) {
    let count = magazine.count
    if count > 0 { move(count, of: magazine, shapes[kind], toDepot: false, release) }
  }

  private func move(
    _ number: Int, of magazine: ObjectMagazine, _ shape: SlabShape, toDepot: Bool,
    _ release: Release
  ) {
    sizes[shape.kind].state.withLock { size in
      if toDepot, size.depot.count + number <= shape.depotLimit {
        magazine.removeOldest(number) { size.depot.append($0) }
      } else {
        magazine.removeOldest(number) { put($0, into: &size) }
        releaseSpares(&size, shape, keeping: 1, release)
      }
    }
  }

  private func put(_ object: UInt, into size: inout SizeCache) {
    guard let place = place(of: object), place.offset == 0 else {
      stop("\(hexadecimal(object)) was freed, and is not the first byte of a block")
    }
    let spares = size.lists.spareCount
    guard size.lists.put(place.head, place.index) else {
      stop("the block at \(hexadecimal(object)) was freed twice")
    }
    note(spares, size)
  }

  private func releaseSpares(
    _ size: inout SizeCache, _ shape: SlabShape, keeping kept: Int, _ release: Release
  ) {
    let spares = size.lists.spareCount
    while let head = size.lists.removeSpare(keeping: kept) {
      release(FrameRun(first: head, pageCount: shape.pageCount))
    }
    note(spares, size)
  }

  /// Gives up the wholly free slabs.
  func releaseSpares(_ release: Release) {
    guard spareCount.load(ordering: .relaxed) > 0 else { return }
    for shape in shapes {
      sizes[shape.kind].state.withLock { releaseSpares(&$0, shape, keeping: 0, release) }
    }
  }

  /// Gives up what is in the depot of this class and larger ones, and their wholly free slabs.
  func releaseAll(from smallest: Int, _ release: Release) {
    for shape in shapes[smallest...] {
      sizes[shape.kind].state.withLock { size in
        for object in size.depot { put(object, into: &size) }
        size.depot = []
        releaseSpares(&size, shape, keeping: 0, release)
      }
    }
  }

  // MARK: Counting

  /// What there is and was.
  struct Counts {
    /// Objects that are not in slabs nor in the depot: with callers or in magazines.
    var out = 0
    /// Objects handed out past the magazines, ever.
    var direct = 0
    /// The pages of all slabs.
    var slabPages = 0
    /// Objects in the depot.
    var depot = 0
  }

  /// Counts.
  var counts: Counts {
    var counts = Counts()
    for shape in shapes {
      sizes[shape.kind].state.withLock { size in
        counts.out += size.lists.outCount - size.depot.count
        counts.depot += size.depot.count
        counts.direct += size.directCount
        counts.slabPages += size.lists.slabCount * shape.pageCount.rawValue
      }
    }
    return counts
  }
}
