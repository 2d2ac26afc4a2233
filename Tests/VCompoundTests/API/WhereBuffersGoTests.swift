// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// The table of the article *Buffers in tasks, actors and collections*: a test for each of its
/// places, with everything that goes there, and the ways around for what does not; here variables,
/// properties and collections.
@Suite struct WhereBuffersGoTests {
  private let allocator: CompoundAllocator

  init() throws { allocator = try CompoundAllocator.ofBuild(.mebibytes(8)) }

  private func make(_ byte: UInt8) throws -> CompoundBuffer {
    try allocator.allocate(copying: [byte])
  }

  private func share(_ byte: UInt8) throws -> SharedBuffer { SharedBuffer(try make(byte)) }

  private func expectAllFree() { #expect(allocator.statistics.liveBlocks == 0) }

  @Test func localVariables() throws {
    do {
      let buffer = try make(1)
      let shared = try share(2)
      let part = shared[0..<1]
      let (span, other) = (buffer.bytes, part.bytes)
      let sum = first(span) + first(other)
      #expect(sum == 3)
      let memory = try allocator.allocateBytes(count: 1)
      allocator.deallocate(memory)
    }
    expectAllFree()
  }

  private struct Pair: ~Copyable {
    var buffer: CompoundBuffer
    var part: SharedBuffer
  }

  private struct Header: ~Escapable {
    let bytes: RawSpan

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) { self.bytes = bytes }
  }

  private struct Message {
    var header: SharedBuffer
    var body: SharedBuffer
  }

  @Test func propertiesOfStructures() throws {
    do {
      var pair = Pair(buffer: try make(1), part: try share(2))
      pair.buffer.withUnsafeMutableBytes { $0[0] = 3 }
      let sum = first(pair.buffer.bytes) + first(pair.part.bytes)
      #expect(sum == 5)
      let header = Header(pair.part.bytes)
      let size = header.bytes.byteCount
      #expect(size == 1)
      let message = Message(header: pair.part, body: pair.part[0..<0])
      let byte = first(message.header.bytes)
      #expect(message.body.isEmpty && byte == 2)
    }
    expectAllFree()
  }

  private final class Connection {
    var buffer: CompoundBuffer
    var pending: CompoundBuffer?
    var part: SharedBuffer

    init(_ buffer: consuming CompoundBuffer, _ part: SharedBuffer) {
      self.buffer = buffer
      self.part = part
    }
  }

  /// A span cannot borrow from a class; a function can, and a copy can be lent.
  @Test func propertiesOfClasses() throws {
    do {
      let connection = Connection(try make(1), try share(2))
      connection.buffer.withUnsafeMutableBytes { $0[0] = 3 }
      let byte = connection.buffer.withUnsafeBytes { $0[0] }
      let part = connection.part
      #expect(byte == 3 && first(part.bytes) == 2)
      connection.pending = try make(4)
      let taken = connection.pending.take()
      let size = taken?.byteCount
      let isGone = connection.pending == nil
      #expect(size == 1 && isGone)
    }
    expectAllFree()
  }

  @Test func optionals() throws {
    do {
      var buffer: CompoundBuffer? = try make(1)
      buffer?.withUnsafeMutableBytes { $0[0] = 2 }
      do {
        let span = buffer?.bytes
        let count = span?.byteCount
        #expect(count == 1)
      }
      guard let taken = buffer.take() else {
        Issue.record("nothing was taken")
        return
      }
      let byte = first(taken.bytes)
      let isGone = buffer == nil
      #expect(byte == 2 && isGone)
      let part: SharedBuffer? = try share(3)[0...]
      let read = part.map { first($0.bytes) }
      #expect(read == 3)
    }
    expectAllFree()
  }

  @Test func arrays() throws {
    do {
      // As many as the type says: buffers themselves.
      var pair: [2 of CompoundBuffer] = [try make(1), try make(2)]
      pair[1].withUnsafeMutableBytes { $0[0] = 3 }
      let sum = first(pair[0].bytes) + first(pair[1].bytes)
      #expect(sum == 4)
      // As many as there are.
      let handovers = [Handover(try make(1)), Handover(try make(2))]
      let taken = handovers[1].take()
      let byte = taken?.withUnsafeBytes { $0[0] }
      #expect(byte == 2)
      var slots = PageSlots(count: 3, allocator: allocator)
      try allocator.allocate(into: &slots)
      let page = slots.take(at: 1)
      let size = page?.byteCount
      #expect(size == .page)
      let shared = [try share(4), try share(5)]
      let (last, byteOfFirst) = (shared[1], shared[0].withUnsafeBytes { $0[0] })
      #expect(first(last.bytes) == 5 && byteOfFirst == 4)
    }
    expectAllFree()
  }

  @Test func dictionaries() throws {
    do {
      var handovers = ["a": Handover(try make(1))]
      let taken = handovers.removeValue(forKey: "a")?.take()
      let byte = taken?.withUnsafeBytes { $0[0] }
      #expect(byte == 1)
      let shared = ["a": try share(2)]
      let part = try #require(shared["a"])
      #expect(first(part.bytes) == 2)
    }
    expectAllFree()
  }
}
