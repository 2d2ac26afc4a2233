// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A fixed number of elements in a mapping of their own, so that none of malloc's memory is used.
///
/// All of it is resident from the beginning.
@safe
package struct MappedArray<Element: BitwiseCopyable>: ~Copyable {
  private let base: UnsafeMutablePointer<Element>
  private let length: Int

  /// How many elements.
  package let count: Int

  /// Maps so many elements, all of them alike.
  ///
  /// - Parameters:
  ///   - element: what all of them are.
  ///   - count: how many.
  /// - Throws: a failure with the operating system's reason.
  package init(repeating element: Element, count: Int) throws(CommandFailure) {
    let length = max(1, count) * MemoryLayout<Element>.stride
    guard
      let start = unsafe mmap(
        nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      unsafe start != MAP_FAILED
    else {
      throw .input("cannot map \(Format.size(length)): \(describe(errorNumber: errno))")
    }
    self.length = length
    self.count = count
    unsafe base = unsafe start.bindMemory(to: Element.self, capacity: count)
    unsafe base.initialize(repeating: element, count: count)
  }

  deinit {
    unsafe munmap(base, length)
  }

  /// The element at an index in 0 ..< `count`.
  package subscript(index: Int) -> Element {
    @inline(__always) get {
      precondition(0 <= index && index < count, "index out of range")
      return unsafe base[index]
    }
    @inline(__always) set {
      precondition(0 <= index && index < count, "index out of range")
      unsafe base[index] = newValue
    }
  }
}
