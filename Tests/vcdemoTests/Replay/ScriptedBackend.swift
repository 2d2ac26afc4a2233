// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import vcdemo

/// An allocator that does what a test wants: refuse a request, or damage memory.
struct ScriptedBackend: ReplayBackend, ~Copyable {
  /// The requests to refuse, counted from 0.
  var refused: Set<Int> = []
  /// The requests whose block shares its memory with the first block.
  var shared: Set<Int> = []
  /// Whether a reallocation forgets to copy.
  var forgetsToCopy = false

  /// The sizes of the blocks given out and not taken back, by address.
  private(set) var alive: [UInt: Int] = [:]
  /// Everything asked, in words.
  private(set) var calls: [String] = []
  private var requests = 0
  private var first: UInt?

  init(capacity: Int) {}

  mutating func allocate(byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer? {
    calls.append("allocate \(byteCount) at \(alignment)")
    return unsafe make(byteCount)
  }

  mutating func reallocate(
    _ block: UnsafeMutableRawPointer, from oldByteCount: Int, to byteCount: Int
  ) -> UnsafeMutableRawPointer? {
    calls.append("reallocate \(oldByteCount) to \(byteCount)")
    guard let moved = unsafe make(byteCount) else { return nil }
    if !forgetsToCopy {
      unsafe moved.copyMemory(from: block, byteCount: min(oldByteCount, byteCount))
    }
    unsafe end(block, oldByteCount)
    return unsafe moved
  }

  mutating func free(_ block: UnsafeMutableRawPointer, byteCount: Int) {
    calls.append("free \(byteCount)")
    unsafe end(block, byteCount)
  }

  private mutating func make(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    defer { requests += 1 }
    if refused.contains(requests) { return nil }
    if shared.contains(requests), let first {
      return unsafe UnsafeMutableRawPointer(bitPattern: first)
    }
    let block = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 4096)
    unsafe block.initializeMemory(as: UInt8.self, repeating: 0xA5, count: byteCount)
    let address = UInt(bitPattern: block)
    first = first ?? address
    alive[address] = byteCount
    return unsafe block
  }

  private mutating func end(_ block: UnsafeMutableRawPointer, _ byteCount: Int) {
    // A shared block is given out twice and ends once.
    let address = UInt(bitPattern: block)
    guard let size = alive.removeValue(forKey: address) else {
      precondition(!shared.isEmpty, "a block was freed twice")
      return
    }
    precondition(!shared.isEmpty || size == byteCount, "a block was freed with a wrong size")
    unsafe block.deallocate()
  }
}
