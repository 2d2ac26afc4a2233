// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

/// Published hashes: those of xxHash's specification and of the bindings' documentation.
@Suite struct XXH64Tests {
  @Test(
    arguments: [
      ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
      ("xxhash", 0x32DD_3895_2C4B_C720),
      ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
    ] as [(String, UInt64)])
  func hasThePublishedHash(text: String, hash: UInt64) {
    #expect(XXH64.hash(Array(text.utf8)) == hash)
  }

  @Test func dependsOnTheSeed() {
    #expect(XXH64.hash(Array("xxhash".utf8), seed: 20_141_025) == 13_067_679_811_253_438_005)
  }

  /// The bytes and hashes of xxHash's own sanity test, `cli/xsum_sanity_check.c`.
  @Test(
    arguments: [
      (0, 0, 0xEF46_DB37_51D8_E999), (0, 0x9E37_79B1, 0xAC75_FDA2_929B_17EF),
      (1, 0, 0xE934_A84A_DB05_2768), (1, 0x9E37_79B1, 0x5014_6076_43A9_B4C3),
      (4, 0, 0x9136_A0DC_A574_57EE), (14, 0, 0x8282_DCC4_994E_35C8),
      (14, 0x9E37_79B1, 0xC3BD_6BF6_3DEB_6DF0), (222, 0, 0xB641_AE8C_B691_C174),
      (222, 0x9E37_79B1, 0x20CB_8AB7_AE10_C14A),
    ] as [(Int, UInt64, UInt64)])
  func passesTheSanityTest(count: Int, seed: UInt64, hash: UInt64) {
    var state: UInt64 = 0x9E37_79B1
    let bytes = (0..<count).map { _ in
      defer { state &*= 11_400_714_785_074_694_797 }
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    #expect(XXH64.hash(bytes, seed: seed) == hash)
  }

  @Test func everyByteCounts() {
    for count in 1...100 {
      var bytes = [UInt8](repeating: 7, count: count)
      let before = XXH64.hash(bytes)
      for index in bytes.indices {
        bytes[index] ^= 1
        #expect(XXH64.hash(bytes) != before)
        bytes[index] ^= 1
      }
    }
  }

  @Test func numbersAreBytesInOrder() {
    #expect(XXH64.hash([0x0807_0605_0403_0201] as [UInt64]) == XXH64.hash(Array(1...8)))
    #expect(XXH64.hash([] as [UInt64]) == XXH64.hash([]))
  }
}
