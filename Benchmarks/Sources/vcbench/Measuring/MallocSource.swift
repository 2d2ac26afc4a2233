// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The malloc of this process, whichever is linked or preloaded.
///
/// It is called through pointers that are looked up at run time, so that the compiler cannot know
/// what they are and leave a malloc and its free out.
@safe
package struct MallocSource: BlockSource, @unchecked Sendable {
  private typealias Malloc = @convention(c) (Int) -> UnsafeMutableRawPointer?
  private typealias Free = @convention(c) (UnsafeMutableRawPointer?) -> Void

  private let mallocFunction: Malloc
  private let freeFunction: Free

  /// Looks the functions up.
  package init() throws(CommandFailure) {
    guard let malloc = unsafe dlsym(nil, "malloc"), let free = unsafe dlsym(nil, "free") else {
      throw .input("there is no malloc in this process")
    }
    unsafe mallocFunction = unsafe unsafeBitCast(malloc, to: Malloc.self)
    unsafe freeFunction = unsafe unsafeBitCast(free, to: Free.self)
  }

  /// A block without alignment and zeroes, which no benchmark asks malloc for.
  @inline(__always)
  package func allocate(
    _ byteCount: Int, alignment: Int, zeroed: Bool
  ) throws(CommandFailure) -> UnsafeMutableRawPointer {
    guard let block = unsafe mallocFunction(byteCount) else {
      throw .input("malloc refused \(byteCount) bytes")
    }
    return unsafe block
  }

  @inline(__always)
  package func free(_ block: UnsafeMutableRawPointer, byteCount: Int) {
    unsafe freeFunction(block)
  }
}
