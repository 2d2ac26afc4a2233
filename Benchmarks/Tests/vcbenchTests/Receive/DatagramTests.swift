// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite struct DatagramTests {
  private func withDatagram(
    _ byteCount: Int, number: UInt64, _ body: (UnsafeMutableRawPointer) -> Void
  ) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 64)
    defer { memory.deallocate() }
    let digest = Datagram.fill(memory, byteCount: byteCount, seed: 1)
    Datagram.write(memory, number: number, byteCount: byteCount, digest: digest)
    body(memory)
  }

  @Test(arguments: [24, 32, 1472, 4096])
  func isReadAsItWasWritten(byteCount: Int) {
    withDatagram(byteCount, number: 77) { memory in
      #expect(Datagram.number(memory, byteCount: byteCount) == 77)
    }
  }

  @Test func everyDamagedByteIsFound() {
    withDatagram(96, number: 5) { memory in
      for offset in 0..<96 {
        let byte = memory.load(fromByteOffset: offset, as: UInt8.self)
        memory.storeBytes(of: byte ^ 0x40, toByteOffset: offset, as: UInt8.self)
        #expect(Datagram.number(memory, byteCount: 96) == nil, "byte \(offset)")
        memory.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
      }
      #expect(Datagram.number(memory, byteCount: 96) == 5)
    }
  }

  @Test(arguments: [0, 16, 23, 88, 95, 104])
  func aWrongLengthIsFound(byteCount: Int) {
    withDatagram(96, number: 5) { memory in
      #expect(Datagram.number(memory, byteCount: byteCount) == nil)
    }
  }
}
