// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

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

  /// The bytes from one magazine to the next: an odd number of cache lines, so that the words which
  /// count are in different sets of the processor's cache.
  private static var stride: Int { 17 * 64 }

  /// The most objects in one.
  static var largestCapacity: Int { Magazine.largestCapacity(ofBytes: stride) }

  /// The memory that they take, whole pages.
  static var byteCount: Int {
    PageCount(covering: ByteCount(count * stride)).byteCount.rawValue
  }

  /// Views those of a cache, which must have been mapped with room for them.
  @unsafe
  @inline(__always)
  init(of cache: UnsafeMutablePointer<ThreadCache>) { unsafe self.cache = unsafe cache }

  /// The magazine of a size class; use it in the gate only.
  @inline(__always)
  subscript(kind: Int) -> Magazine {
    assert(0 <= kind && kind < Self.count)
    return unsafe Magazine(
      at: UnsafeMutableRawPointer(cache) + (Self.offset &+ kind &* Self.stride))
  }

  // MARK: Room

  /// Gives a magazine room for more objects, as long as all of them together have no more than the
  /// thread may keep.
  ///
  /// - Parameters:
  ///   - kind: which.
  ///   - byteCount: the size of its objects.
  ///   - capacity: how many it shall have room for.
  ///   - least: how many are granted in any case.
  /// - Returns: whether it has more room now.
  func grow(_ kind: Int, of byteCount: Int, to capacity: Int, atLeast least: Int) -> Bool {
    let magazine = self[kind]
    let more = (capacity - magazine.capacity) * byteCount
    let room = unsafe cache.pointee.objectRoom.load(ordering: .relaxed) + more
    guard more > 0, unsafe capacity <= least || room <= cache.pointee.limits.objectBytes else {
      return false
    }
    unsafe cache.pointee.objectRoom.store(room, ordering: .relaxed)
    magazine.capacity = capacity
    return true
  }

  /// Takes all room from the magazines of the size classes, which are empty.
  func takeRoom() {
    guard unsafe cache.pointee.objectRoom.load(ordering: .relaxed) > 0 else { return }
    // Memory of magazines that were never used is not touched.
    for kind in 0..<Self.classCount where self[kind].capacity > 0 { self[kind].capacity = 0 }
    unsafe cache.pointee.objectRoom.store(0, ordering: .relaxed)
  }

  // MARK: Taking and putting

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

  /// Runs a function in the gate, if that is open.
  ///
  /// - Returns: what the function returns, or nil where the gate is shut.
  @inline(__always)
  func inGate<Result>(_ body: () -> Result) -> Result? {
    unsafe cache.pointee.gate.pass(body)
  }
}
