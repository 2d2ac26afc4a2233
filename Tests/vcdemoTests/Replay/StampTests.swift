// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct StampTests {
  private func withBlock(_ byteCount: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
    let block = UnsafeMutableRawPointer.allocate(byteCount: byteCount + 64, alignment: 4096)
    defer { unsafe block.deallocate() }
    unsafe block.initializeMemory(as: UInt8.self, repeating: 0xA5, count: byteCount + 64)
    unsafe body(block)
  }

  private static let sizes = [
    1, 7, 8, 9, 4095, 4096, 4097, 4104, 4105, 8191, 8192, 8193, 12_288, 100_000,
  ]

  @Test(arguments: sizes)
  func marksEveryPageAndNothingBeyond(byteCount: Int) {
    unsafe withBlock(byteCount) { block in
      unsafe Stamp.write(5, at: block, byteCount: byteCount)
      #expect(unsafe damage(5, block, byteCount, byteCount) == nil)
      for beyond in byteCount..<(byteCount + 64) {
        #expect(unsafe block.load(fromByteOffset: beyond, as: UInt8.self) == 0xA5)
      }
      for page in stride(from: 0, to: byteCount, by: 4096) {
        let marked = (page..<min(page + 4096, byteCount)).contains { offset in
          unsafe block.load(fromByteOffset: offset, as: UInt8.self) != 0xA5
        }
        #expect(marked, "page at \(page)")
      }
    }
  }

  @Test func findsADamagedPage() {
    unsafe withBlock(12_288) { block in
      unsafe Stamp.write(5, at: block, byteCount: 12_288)
      unsafe block.storeBytes(of: 0, toByteOffset: 4099, as: UInt8.self)
      #expect(unsafe damage(5, block, 12_288, 12_288) == 4096)
      #expect(unsafe damage(5, block, 12_288, 4096) == nil)
    }
  }

  @Test func findsALostTail() {
    unsafe withBlock(10_000) { block in
      unsafe Stamp.write(5, at: block, byteCount: 10_000)
      let last = unsafe block.load(fromByteOffset: 9_999, as: UInt8.self)
      unsafe block.storeBytes(of: ~last, toByteOffset: 9_999, as: UInt8.self)
      #expect(unsafe damage(5, block, 10_000, 10_000) == 9_999)
    }
  }

  @Test func tellsBlocksAndPagesApart() {
    unsafe withBlock(8192) { block in
      unsafe Stamp.write(5, at: block, byteCount: 8192)
      #expect(unsafe damage(6, block, 8192, 8192) == 0)
      unsafe block.copyMemory(from: block + 4096, byteCount: 8)
      #expect(unsafe damage(5, block, 8192, 8192) == 0)
    }
  }

  private func damage(
    _ stamp: Int32, _ block: UnsafeMutableRawPointer, _ byteCount: Int, _ prefix: Int
  ) -> Int? {
    unsafe Stamp.firstDamage(stamp, at: block, byteCount: byteCount, prefix: prefix)
  }
}
