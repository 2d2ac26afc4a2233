// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct MappedTableTests {
  @Test func keepsWhatIsAppendedWhileItGrows() {
    var table = MappedTable<UInt64>()
    for number in 0..<5000 { table.append(UInt64(number) * 3) }
    #expect(Samples.elements(table) == (0..<5000).map { UInt64($0) * 3 })
    table[4999] = 1
    #expect(table.span[4999] == 1)
  }

  @Test func holdsEqualElements() {
    let table = MappedTable<Int32>(repeating: -7, count: 3)
    #expect(Samples.elements(table) == [-7, -7, -7])
    #expect(Samples.elements(MappedTable<Int32>()) == [])
    #expect(Samples.elements(MappedTable(1...4)) == [1, 2, 3, 4])
  }

  @Test func appendsPieces() {
    var table = MappedTable<UInt8>(capacity: 2)
    for piece in 1...3 {
      table.append(upTo: 4000) { room in
        room.initializeMemory(as: UInt8.self, repeating: UInt8(piece))
        return room.count - piece
      }
    }
    #expect(table.count == 3 * 4000 - 6)
    #expect(table.span[3998] == 1 && table.span[3999] == 2 && table.span[table.count - 1] == 3)
  }
}
