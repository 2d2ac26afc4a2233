// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Arrays that grow without doubling.
@Suite struct ArrayTests {
  /// Both have the same elements, by every way to read them.
  private func expectEqual<Element: Equatable>(
    _ array: borrowing CompoundArray<Element>, _ model: [Element]
  ) {
    let (count, room) = (array.count, array.capacity)
    #expect(count == model.count && room >= count)
    let span = array.span
    #expect(span.count == model.count)
    let isSame = model.indices.allSatisfy { array[$0] == model[$0] && span[$0] == model[$0] }
    #expect(isSame)
  }

  @Test(arguments: [1, 2, 3])
  func anArrayIsAsTheStandardLibrarys(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(16))
    var array = CompoundArray<UInt32>(allocator: allocator)
    var model: [UInt32] = []
    for _ in 0..<100 {
      switch Int.random(in: 0..<12, using: &random) {
      case 0..<3:
        for _ in 0..<Int.random(in: 0..<1000, using: &random) {
          let element = UInt32.random(in: .min ... .max, using: &random)
          try array.append(element)
          model.append(element)
        }
      case 3..<5:
        let added = (0..<UInt32.random(in: 0..<10_000, using: &random)).map { $0 &* 7 }
        try array.append(contentsOf: added.span)
        model += added
      case 5:
        try array.append(addingCapacity: 100) { output in
          for element in 0..<UInt32(60) { output.append(element) }
        }
        model += 0..<60
      case 6..<8 where !model.isEmpty:
        let (removed, expected) = (array.removeLast(), model.removeLast())
        #expect(removed == expected)
        let index = model.isEmpty ? nil : model.indices.randomElement(using: &random)
        guard let index else { continue }
        array[index] &+= 1
        model[index] &+= 1
      case 8:
        let count = model.count + Int.random(in: -10..<5000, using: &random)
        try array.reserveCapacity(count)
        let room = array.capacity
        #expect(room >= count)
      case 9:
        array.shrinkToFit()
        let (count, room) = (array.count, array.capacity)
        #expect(room - count < max(1024, count))
      case 10 where model.count > 30_000:
        let keeps = Bool.random(using: &random)
        array.removeAll(keepingCapacity: keeps)
        model = []
        let room = array.capacity
        #expect((room > 0) == keeps)
      default:
        var span = array.mutableSpan
        for index in span.indices where index % 997 == 0 { span[index] = 5 }
        for index in model.indices where index % 997 == 0 { model[index] = 5 }
      }
      expectEqual(array, model)
    }
    array.removeAll()
    allocator.drainCaches()
    #expect(allocator.statistics.live == 0)
  }

  @Test func anEmptyArrayHasNoMemory() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    var array = CompoundArray<Int>(allocator: allocator)
    array.shrinkToFit()
    array.removeAll(keepingCapacity: true)
    try array.append(addingCapacity: 0) { #expect($0.freeCapacity == 0) }
    let none: [Int] = []
    try array.append(contentsOf: none.span)
    try array.reserveCapacity(-1)
    let (isEmpty, room, spanCount) = (array.isEmpty, array.capacity, array.span.count)
    #expect(isEmpty && room == 0 && spanCount == 0)
    #expect(allocator.statistics.live == 0)
    let buffer = array.takeBuffer()
    #expect((buffer == nil) == true)
  }

  @Test func itHasAnEighthMoreThanItsContents() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(64))
    var array = CompoundArray<Int>(allocator: allocator)
    for element in 0..<400_000 {
      try array.append(element)
      guard element % 1000 == 0, element > 8192 else { continue }
      let room = array.capacity
      #expect(room - element <= element / 8 + 512)
    }
  }

  @Test func itGrowsOverTheWholeArena() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    var array = CompoundArray<Int>(allocator: allocator)
    // Everything but a page, which stays out, and what the build leaves to tables.
    let page = try allocator.allocatePointer(byteCount: .page, alignment: .page)
    let all = (allocator.statistics.capacity - .page).rawValue / 8
    for element in 0..<all { try array.append(element) }
    #expect(throws: CompoundError.self) { try array.append(0) }
    let count = array.count
    #expect(count == all)
    let isWhole = (0..<all).allSatisfy { array[$0] == $0 }
    #expect(isWhole)
    allocator.deallocate(page)
    try array.append(all)
    let last = array[all]
    #expect(last == all)
  }

  @Test func arraysThatCannotBeAreRefused() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    var array = CompoundArray<Int>(allocator: allocator)
    try array.append(7)
    #expect(throws: CompoundError.invalidSize(.mebibytes(8) + 8, capacity: .mebibytes(8))) {
      try array.reserveCapacity(1 << 20 + 1)
    }
    #expect(throws: CompoundError.invalidSize(ByteCount(.max), capacity: .mebibytes(8))) {
      try array.append(addingCapacity: .max) { _ in Issue.record("called without memory") }
    }
    expectEqual(array, [7])
  }

  @Test func itsElementsAreAligned() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    var array = CompoundArray<SIMD8<Double>>(allocator: allocator)
    // One that would begin in the middle of a slab.
    let object = try allocator.allocate(byteCount: 64)
    for element in 0..<500 {
      try array.append(SIMD8(repeating: Double(element)))
      let address = array.span.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
      #expect(address % UInt(MemoryLayout<SIMD8<Double>>.alignment) == 0)
    }
    #expect(object.byteCount == 64)
  }

  @Test func itsBufferHasItsElements() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    var array = CompoundArray<Int32>(allocator: allocator)
    for element in 0..<Int32(50_000) { try array.append(element) }
    guard let buffer = array.takeBuffer() else {
      Issue.record("there is no buffer")
      return
    }
    let elements = buffer.span(of: Int32.self)
    let isWhole = elements.count >= 50_000 && (0..<50_000).allSatisfy { elements[$0] == $0 }
    #expect(isWhole)
  }

  @Test func itKeepsItsMemoryAlive() throws {
    var allocator: CompoundAllocator? = try .ofBuild(.mebibytes(8))
    var array = allocator.map { CompoundArray<Int>(allocator: $0) }
    allocator = nil
    for element in 0..<100_000 { try array?.append(element) }
    let last = array?[99_999]
    #expect(last == 99_999)
  }

  @Test func anArrayMayBeSentToAnotherThread() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(64))
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<4 {
        group.addTask {
          var array = CompoundArray<Int>(allocator: allocator)
          for element in 0..<100_000 { try array.append(element ^ number) }
          return (0..<100_000).allSatisfy { array[$0] == $0 ^ number }
        }
      }
      for try await isWhole in group { #expect(isWhole) }
    }
    allocator.drainCaches()
    #expect(allocator.statistics.live == 0)
  }
}

/// Mistakes with arrays stop the program.
@Suite struct ArrayMistakeTests {
  @Test(arguments: [-1, 3, .max, .min])
  func anIndexOutOfRange(index: Int) async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [index] in
      var array = CompoundArray<Int>(allocator: try .ofBuild(.mebibytes(8)))
      for element in 1...3 { try array.append(element) }
      array[index] = 4
    }
    #expect(lastWords(result, say: "no element \(index) of the 3 of the array at 0x"))
  }

  @Test func removingFromAnEmptyArray() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var array = CompoundArray<Int>(allocator: try .ofBuild(.mebibytes(8)))
      array.removeLast()
    }
    #expect(lastWords(result, say: "no element -1 of the 0 of the array"))
  }

  @Test func appendingANegativeNumber() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var array = CompoundArray<Int>(allocator: try .ofBuild(.mebibytes(8)))
      try array.append(addingCapacity: -1) { _ in }
    }
    #expect(lastWords(result, say: "cannot append -1 elements"))
  }
}
