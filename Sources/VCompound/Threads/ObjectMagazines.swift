// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The object magazines of one thread, behind the gate of its cache.
@safe
struct ObjectMagazines {
  let cache: UnsafeMutablePointer<ThreadCache>

  /// One for every size class.
  static var classCount: Int { 73 }

  /// And some for caches of objects that are made.
  static var shelfCount: Int { 23 }

  /// How many there are.
  static var count: Int { classCount + shelfCount }

  /// Where they begin, from the cache's start on.
  static var offset: Int { PageCount.bytesPerPage }

  /// The memory that they take, whole pages.
  static var byteCount: Int {
    PageCount(covering: ByteCount(count * ObjectMagazine.stride)).byteCount.rawValue
  }

  /// Views those of a cache, which must have been mapped with room for them.
  @unsafe
  @inline(__always)
  init(of cache: UnsafeMutablePointer<ThreadCache>) { unsafe self.cache = unsafe cache }

  /// The magazine of a size class; use it in the gate only.
  @inline(__always)
  subscript(kind: Int) -> ObjectMagazine {
    assert(0 <= kind && kind < Self.count)
    return unsafe ObjectMagazine(
      at: UnsafeMutableRawPointer(cache) + (Self.offset &+ kind &* ObjectMagazine.stride))
  }

  /// Takes an object of a size class.
  @inline(__always)
  func take(_ kind: Int, _ owner: BlockOwner) -> UInt? {
    defer { unsafe cache.pointee.gate.leave() }
    guard unsafe cache.pointee.gate.enter(), let object = self[kind].pop() else { return nil }
    if owner == .buffer { unsafe cache.pointee.ownedObjects.add(1) }
    return object
  }

  /// Puts an object of a size class in, if there is room, and tells whether there was.
  @inline(__always)
  func put(_ object: UInt, _ kind: Int, _ owner: BlockOwner) -> Bool {
    defer { unsafe cache.pointee.gate.leave() }
    guard unsafe cache.pointee.gate.enter(), self[kind].push(object) else { return false }
    if owner == .buffer { unsafe cache.pointee.ownedObjects.add(-1) }
    return true
  }

  /// Runs a function with a magazine in the gate, if that is open.
  ///
  /// - Returns: what the function returns, or nil where the gate is shut.
  func withMagazine<Result>(_ kind: Int, _ body: (ObjectMagazine) -> Result) -> Result? {
    inGate { body(self[kind]) }
  }

  /// Runs a function in the gate, if that is open.
  @inline(__always)
  func inGate<Result>(_ body: () -> Result) -> Result? {
    defer { unsafe cache.pointee.gate.leave() }
    guard unsafe cache.pointee.gate.enter() else { return nil }
    return body()
  }
}
