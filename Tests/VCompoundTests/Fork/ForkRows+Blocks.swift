// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

@testable import VCompound

extension ForkRow {
  /// Whether the kernel neither writes nor reads a block.
  private static func faults(_ buffer: inout CompoundBuffer?) -> Bool {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return false }
    var codes: [Int32] = []
    do throws(TransferError) {
      try buffer?.write(0..<10, to: ends[1])
    } catch {
      codes.append(error.errno)
    }
    guard Glibc.write(ends[1], &codes, 4) == 4 else { return false }
    do throws(TransferError) {
      try buffer?.read(0..<4, from: ends[0])
    } catch {
      codes.append(error.errno)
    }
    return codes == [EFAULT, EFAULT]
  }

  /// `CompoundBuffer`.
  static let buffers = [
    ForkRow("a run's facts") { $0.plain?.facts == $0.plainFacts },
    ForkRow("a stitched block's facts") { $0.stitched?.facts == $0.stitchedFacts },
    ForkRow("an object's facts") { $0.object?.facts == $0.objectFacts },
    ForkRow("write and read a run") { faults(&$0.plain) },
    ForkRow("write and read a stitched block") { faults(&$0.stitched) },
    ForkRow("write and read an object") { faults(&$0.object) },
    ForkRow(refused: "resize a run") { world throws(CompoundError) in
      try world.plain?.resize(toByteCount: .kibibytes(40))
    },
    ForkRow(refused: "resize a stitched block") { world throws(CompoundError) in
      try world.stitched?.resize(toByteCount: .kibibytes(4))
    },
    ForkRow(refused: "resize an object") { world throws(CompoundError) in
      try world.object?.resize(toByteCount: 2000)
    },
    ForkRow(refused: "resize a run in place") { world throws(CompoundError) in
      _ = try world.plain?.resizeInPlace(toByteCount: .kibibytes(4))
    },
    ForkRow(refused: "resize a stitched block in place") { world throws(CompoundError) in
      _ = try world.stitched?.resizeInPlace(toByteCount: .kibibytes(64))
    },
    ForkRow(refused: "resize an object in place") { world throws(CompoundError) in
      _ = try world.object?.resizeInPlace(toByteCount: 90)
    },
    ForkRow("release and adopt a run") { world in
      handsOver(world.plain.take(), of: world, at: world.plainFacts)
    },
    ForkRow("release and adopt a stitched block") { world in
      handsOver(world.stitched.take(), of: world, at: world.stitchedFacts)
    },
    ForkRow("release and adopt an object") { world in
      handsOver(world.object.take(), of: world, at: world.objectFacts)
    },
    ForkRow("drop a run") { world in
      world.plain = nil
      return true
    },
    ForkRow("drop a stitched block") { world in
      world.stitched = nil
      return true
    },
    ForkRow("drop an object") { world in
      world.object = nil
      return true
    },
    ForkRow(faulting: "read a run") { world in
      world.plain?.withUnsafeBytes { $0.load(as: UInt8.self) }
    },
    ForkRow(faulting: "write a stitched block") { world in
      world.stitched?.withUnsafeMutableBytes { bytes in
        bytes[5000] = 1
        return 0
      }
    },
    ForkRow(faulting: "write an object") { world in
      world.object?.withUnsafeMutableBytes { bytes in
        bytes[50] = 1
        return 0
      }
    },
  ]

  /// `SharedBuffer`.
  static let shares = [
    ForkRow("share a buffer, and take it back") { world in
      guard let buffer = world.stitched.take() else { return false }
      var shared = SharedBuffer(buffer)
      do {
        let part = shared[5..<100]
        guard part.byteCount == 95, shared.takeIfUnique() == nil else { return false }
      }
      world.stitched = shared.takeIfUnique()
      return shared.isEmpty && world.stitched?.facts == world.stitchedFacts
    },
    ForkRow("drop holders of a buffer") { world in
      world.holder = world.holder?[5..<10]
      world.holder = nil
      return true
    },
    ForkRow("write a shared buffer") { world in
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0 else { return false }
      do throws(TransferError) {
        try world.holder?.write(to: ends[1])
        return false
      } catch {
        return error.errno == EFAULT
      }
    },
    ForkRow(faulting: "read a shared buffer") { world in
      world.holder?.withUnsafeBytes { $0[50] }
    },
  ]

  /// `PageSlots`.
  static let pageArrays = [
    ForkRow("a page array's facts") { $0.slots.facts == $0.slotFacts },
    ForkRow("facts of an array of pairs") { $0.pairs.facts == $0.pairFacts },
    ForkRow("make a page array") { world in
      let slots = PageSlots(count: 4, order: 2, allocator: world.allocator)
      return slots.count == 4 && slots.filledCount == 0
    },
    ForkRow("take and put pages") { world in
      for index in 0..<8 { move(&world.slots, index, to: 3) }
      return world.slots.filledCount == 7
    },
    ForkRow("take and put pairs") { world in
      for index in 0..<32 { move(&world.pairs, index, to: 3) }
      return world.pairs.filledCount == 31
    },
    ForkRow("drop pages taken from slots") { world in
      for index in 0..<8 { _ = world.slots.take(at: index) }
      for index in 0..<32 { _ = world.pairs.take(at: index) }
      return world.slots.filledCount == 0 && world.pairs.filledCount == 0
    },
    ForkRow("free the pages of arrays") { world in
      world.allocator.deallocate(&world.slots)
      world.allocator.deallocate(&world.pairs)
      return isEmpty(world.slots) && isEmpty(world.pairs)
    },
    ForkRow("remove all pages of arrays") { world in
      world.slots.removeAll()
      world.pairs.removeAll()
      return isEmpty(world.slots) && isEmpty(world.pairs)
    },
    ForkRow("drop page arrays") { world in
      world.dropSlots()
      return true
    },
    ForkRow(faulting: "read a page in a slot") { world in
      world.slots.baseAddress(at: 0).load(as: UInt8.self)
    },
  ]

  /// Releases a buffer, and has its pointer adopted: a buffer of no bytes, which is dropped.
  private static func handsOver(
    _ buffer: consuming CompoundBuffer?, of world: ForkWorld, at facts: BufferFacts
  ) -> Bool {
    guard let pointer = buffer.take()?.relinquish() else { return false }
    let adopted = world.allocator.adopt(pointer)
    return pointer == facts.addresses[0] && adopted.baseAddress == pointer
      && adopted.byteCount == 0
  }

  /// Takes the page of one slot out, and puts it into an empty slot and back.
  private static func move(_ slots: inout PageSlots, _ index: Int, to empty: Int) {
    guard let page = slots.take(at: index) else { return }
    slots.put(page, at: empty)
    guard let again = slots.take(at: empty) else { return }
    slots.put(again, at: index)
  }

  private static func isEmpty(_ slots: borrowing PageSlots) -> Bool {
    slots.filledCount == 0 && slots.ioVectors().isEmpty
      && (0..<slots.count).allSatisfy { !slots.isFilled(at: $0) }
  }
}
