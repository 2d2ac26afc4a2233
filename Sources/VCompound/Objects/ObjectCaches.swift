// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Objects of 1 byte to 32 KiB, in slabs of whole pages: Bonwick's slab allocator, with the
/// magazines and the depot of Bonwick and Adams.
///
///     thread's magazine   a stack of addresses for each size class, used without a lock
///     depot               what overflows those, up to some bytes a class, for other threads
///     slabs               runs of pages cut into objects, a bit for each that is there
///
/// Addresses and numbers only: it touches no object. Slabs come in by `add`, and go out to a
/// function as soon as they are wholly free, but for one of each class.
struct ObjectCaches: ~Copyable, @unchecked Sendable {
  /// The layers, to be turned off one by one for measurements.
  struct Layers: Sendable {
    var magazines = true
    var depot = true
  }

  /// Takes the frames of slabs that are gone, one after the other.
  typealias Release = (_ next: () -> FrameRun?) -> Void

  let map: SlabMap
  private let table: ZeroedTable<Slab>
  private let depots: ZeroedTable<UInt>
  let shapes: [SlabShape]
  let sizes: [SizeLock]
  /// The class for every size, in steps of eight bytes.
  private let kinds: ZeroedTable<UInt8>
  private let base: UInt
  let layers: Layers

  /// What checked builds know of objects.
  let checks: ObjectChecks

  /// Wholly free slabs that are kept.
  let spareCount = Atomic<Int>(0)

  /// The lock of a class, in a form that an array can hold.
  final class SizeLock: Sendable {
    let state: Lock<SizeCache>
    init(_ state: SizeCache) { self.state = Lock(state) }
  }

  /// What the depot may keep of a class, in bytes.
  private static let depotBytes = 1 << 20

  /// Makes caches with no slab in them.
  ///
  /// - Parameters:
  ///   - pageCount: the capacity of the arena: of a small one little is kept.
  ///   - space: its frames.
  ///   - base: the address of the first.
  ///   - longestSlab: the most pages in a slab, unless an object needs more.
  ///   - freeByte: what free objects are filled with in checked builds.
  ///   - layers: what is on.
  ///   - system: where the tables are mapped.
  /// - Throws: `systemCall`.
  init(
    pageCount: PageCount, space: PageCount, base: UInt, longestSlab: Int, freeByte: UInt8,
    layers: Layers, system: OperatingSystem
  ) throws(CompoundError) {
    let map = try SlabMap(pageCount: space, system: system)
    let table = try ZeroedTable<Slab>(count: space.rawValue, system: system)
    var kindTable = try ZeroedTable<UInt8>(count: SizeClass.largest / 8 + 1, system: system)
    for step in 1..<kindTable.count { kindTable[step] = UInt8(SizeClass.covering(step * 8)) }
    // Of a small arena little is kept, since it would soon be all of it.
    let depotBytes = min(Self.depotBytes, pageCount.byteCount.rawValue / 64)
    let shapes = (0..<SizeClass.count).map {
      SlabShape(kind: $0, longest: longestSlab, depotBytes: depotBytes)
    }
    let depots = try ZeroedTable<UInt>(
      count: shapes.reduce(1) { $0 + $1.depotLimit }, system: system)
    let checks = try ObjectChecks(
      pageCount: space, base: base, freeByte: freeByte, system: system)
    var depotEnd = 0
    sizes = shapes.map { shape in
      depotEnd += shape.depotLimit
      let depot = Depot(depots.shared, first: depotEnd - shape.depotLimit, limit: shape.depotLimit)
      return SizeLock(SizeCache(lists: SlabLists(table.shared, shape), depot: depot))
    }
    self.depots = depots
    self.checks = checks
    kinds = kindTable
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
    let frame = PageFrame(Int(bitPattern: (address &- base) >> UInt(PageCount.pageShift)))
    let entry = map.entry(frame)
    guard entry.isSlab else { return nil }
    let head = PageFrame(frame.rawValue - entry.pagesBefore.rawValue)
    let shape = shapes[entry.kind]
    let offset = Int(bitPattern: address &- self.address(head))
    let index = shape.index(ofByte: offset)
    return ObjectPlace(
      head: head, kind: entry.kind, index: index, offset: offset - index * shape.byteCount,
      isObject: index < shape.capacity(entry.pageCount))
  }

  /// Whether an object is in its slab, or where there is none.
  func isInSlab(_ place: ObjectPlace) -> Bool {
    guard place.isObject else { return true }
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

  func address(_ head: PageFrame) -> UInt {
    base + UInt(bitPattern: head.rawValue << PageCount.pageShift)
  }
}
