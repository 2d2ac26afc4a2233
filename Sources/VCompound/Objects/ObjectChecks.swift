// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What checked builds know of every object: whether it is in use, its exact size, and its owner.
///
/// From that, a wrong size, a second free and an address inside an object are found at once. The
/// bytes behind the size are a redzone, at least 16, whose pattern must hold when the object is
/// freed. The bytes of a free object have a pattern too, which must hold when it is used again.
///
/// Two bytes for every 16 of the arena. Each entry belongs to the owner of its object.
struct ObjectChecks: ~Copyable, @unchecked Sendable {
  private let entries: ZeroedTable<UInt16>
  private let base: UInt
  private let freeByte: UInt8

  /// The bytes that every object has more than was asked for, at least.
  @inline(__always)
  static var redzone: Int { CheckedBuild.isOn ? 16 : 0 }

  private static let redzoneByte: UInt8 = 0xFD
  private static let ownedFlag = UInt16(1) << 15

  /// Makes a table in which no object is in use.
  ///
  /// - Parameters:
  ///   - pageCount: the frames of the arena.
  ///   - base: the address of the first.
  ///   - freeByte: what free objects are filled with.
  ///   - system: where the table is mapped.
  /// - Throws: `systemCall`.
  init(
    pageCount: PageCount, base: UInt, freeByte: UInt8, system: OperatingSystem
  ) throws(CompoundError) {
    // Other builds have the table too, of one page: there is no optional of what cannot be copied.
    let count = CheckedBuild.isOn ? pageCount.byteCount.rawValue / 16 : 1
    entries = try ZeroedTable(count: count, system: system)
    self.base = base
    self.freeByte = freeByte
  }

  /// What is known of an object in use: nil if it is not.
  func use(of object: UInt) -> (byteCount: ByteCount, owner: BlockOwner)? {
    let entry = entries.load(index(object))
    guard entry != 0 else { return nil }
    return (
      ByteCount(Int(entry & ~Self.ownedFlag)), entry & Self.ownedFlag != 0 ? .buffer : .pointer
    )
  }

  /// Notes the size and the owner of an object in use.
  func set(_ object: UInt, _ byteCount: ByteCount, _ owner: BlockOwner) {
    precondition(byteCount.rawValue < Int(Self.ownedFlag))
    entries.store(
      UInt16(byteCount.rawValue) | (owner == .buffer ? Self.ownedFlag : 0), at: index(object))
  }

  /// Fills a new slab as free objects are.
  func fill(_ address: UInt, _ byteCount: ByteCount) {
    RawMemory.fill(address, byteCount, with: freeByte)
  }

  /// Notes that an object is used from now on; stops if it was written to while it was free.
  func begin(_ object: UInt, _ byteCount: ByteCount, of size: Int, _ owner: BlockOwner) {
    if let damage = RawMemory.firstOther(than: freeByte, object, 0..<size) {
      stop(
        "the free block at \(hexadecimal(object)) of at most \(ByteCount(size)) was written to, "
          + "\(ByteCount(damage)) from its start (used after it was freed?)")
    }
    set(object, byteCount, owner)
    drawRedzone(object, byteCount, of: size)
  }

  /// Writes the redzone of an object.
  func drawRedzone(_ object: UInt, _ byteCount: ByteCount, of size: Int) {
    RawMemory.fill(
      object + UInt(bitPattern: byteCount.rawValue), ByteCount(size) - byteCount,
      with: Self.redzoneByte)
  }

  /// Stops if an object was written to past its end.
  func checkRedzone(_ object: UInt, _ byteCount: ByteCount, of size: Int) {
    let redzone = byteCount.rawValue..<size
    if let damage = RawMemory.firstOther(than: Self.redzoneByte, object, redzone) {
      stop(
        "the block at \(hexadecimal(object)) of \(byteCount) was written to past its end, "
          + "\(ByteCount(damage)) from its start")
    }
  }

  /// Notes that an object is free from now on.
  func end(_ object: UInt, of size: Int) {
    entries.store(0, at: index(object))
    RawMemory.fill(object, ByteCount(size), with: freeByte)
  }

  private func index(_ object: UInt) -> Int { Int(bitPattern: (object &- base) >> 4) }
}
