// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// Something that ends when it is told to, not when the last reference to it happens to go.
protocol Droppable: AnyObject {
  func drop()
}

/// A value with one owner, in a form that arrays can hold.
final class DropBox<Value: ~Copyable>: Droppable, @unchecked Sendable {
  var value: Value?

  init(_ value: consuming Value) { self.value = consume value }

  func drop() { value = nil }
}

/// A block that belongs to a pointer, with its own address in its first word.
final class PointerBox: Droppable, @unchecked Sendable {
  private let allocator: CompoundAllocator
  private var pointer: UnsafeMutableRawPointer

  init(_ allocator: CompoundAllocator, _ byteCount: Int, isPages: Bool) throws(CompoundError) {
    self.allocator = allocator
    pointer = try allocator.allocatePointer(
      byteCount: ByteCount(byteCount), alignment: isPages ? .page : nil)
    stamp()
  }

  private func stamp() { pointer.storeBytes(of: UInt(bitPattern: pointer), as: UInt.self) }

  private func check() {
    precondition(pointer.load(as: UInt.self) == UInt(bitPattern: pointer), "a block was damaged")
  }

  func resize(to byteCount: Int) throws(CompoundError) {
    check()
    let old = pointer
    pointer = try allocator.reallocatePointer(pointer, byteCount: ByteCount(byteCount))
    precondition(pointer.load(as: UInt.self) == UInt(bitPattern: old), "a block was damaged")
    stamp()
  }

  func drop() {
    check()
    allocator.deallocate(pointer)
  }
}
