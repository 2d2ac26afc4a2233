// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

/// The other places of that table (`WhereBuffersGoTests`): closures, tasks, streams and actors.
@Suite struct BuffersInTasksTests {
  private let allocator: CompoundAllocator

  init() throws { allocator = try CompoundAllocator.ofBuild(.mebibytes(8)) }

  private func make(_ byte: UInt8) throws -> CompoundBuffer {
    try allocator.allocate(copying: [byte])
  }

  private func share(_ byte: UInt8) throws -> SharedBuffer { SharedBuffer(try make(byte)) }

  private func expectAllFree() { #expect(allocator.statistics.liveBlocks == 0) }

  @Test func escapingClosures() throws {
    do {
      let buffer = try make(1)
      let read: @Sendable () -> UInt8 = { first(buffer.bytes) }
      #expect(read() == 1)
      // One that takes it away.
      var other: CompoundBuffer? = try make(2)
      let write: () -> Void = { other?.withUnsafeMutableBytes { $0[0] += 7 } }
      write()
      let take: () -> UInt8? = { first(other.take()) }
      #expect(take() == 9 && take() == nil)
      let handover = Handover(try make(3))
      let send: @Sendable () -> UInt8? = { first(handover.take()) }
      #expect(send() == 3 && send() == nil)
      let part = try share(4)[0..<1]
      let look: @Sendable () -> UInt8 = { first(part.bytes) }
      #expect(look() == 4)
    }
    expectAllFree()
  }

  @Test func closuresOfTasks() async throws {
    do {
      let buffer = try make(1)
      let read = Task { first(buffer.bytes) }
      #expect(await read.value == 1)
      // To write it or to pass it on, the task must own it.
      let handover = Handover(try make(2))
      let write = Task { () -> UInt8? in
        guard var mine = handover.take() else { return nil }
        mine.withUnsafeMutableBytes { $0[0] += 1 }
        return await firstLater(mine)
      }
      #expect(await write.value == 3)
      let part = try share(4)[0..<1]
      let look = Task { first(part.bytes) }
      #expect(await look.value == 4)
    }
    expectAllFree()
  }

  private final class Latest: Sendable {
    let buffer = Mutex<CompoundBuffer?>(nil)
  }

  @Test func tasksThatWriteInTurns() async throws {
    do {
      let latest = Latest()
      var next: CompoundBuffer? = try make(0)
      latest.buffer.withLock { $0 = next.take() }
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<50 {
          group.addTask {
            latest.buffer.withLock { _ = $0?.withUnsafeMutableBytes { $0[0] += 1 } }
          }
        }
      }
      let taken = latest.buffer.withLock { $0.take() }
      let byte = taken?.withUnsafeBytes { $0[0] }
      #expect(byte == 50)
    }
    expectAllFree()
  }

  @Test func resultsOfTasks() async throws {
    try await withThrowingTaskGroup(of: Handover<CompoundBuffer>.self) { group in
      for byte in 1...3 { group.addTask { Handover(try make(UInt8(byte))) } }
      var sum: UInt8 = 0
      for try await result in group { sum += first(result.take()) ?? 0 }
      #expect(sum == 6)
    }
    try await withThrowingTaskGroup(of: SharedBuffer.self) { group in
      for byte in 1...3 { group.addTask { try share(UInt8(byte))[0...] } }
      var sum: UInt8 = 0
      for try await var result in group {
        // The task is over, and this the only holder.
        sum += first(result.takeIfUnique()) ?? 0
      }
      #expect(sum == 6)
    }
    expectAllFree()
  }

  @Test func elementsOfStreams() async throws {
    let (handovers, sender) = AsyncStream.makeStream(of: Handover<CompoundBuffer>.self)
    for byte in 1...3 { sender.yield(Handover(try make(UInt8(byte)))) }
    sender.finish()
    var sum: UInt8 = 0
    for await handover in handovers { sum += first(handover.take()) ?? 0 }
    #expect(sum == 6)

    let (parts, partSender) = AsyncStream.makeStream(of: SharedBuffer.self)
    for byte in 1...3 { partSender.yield(try share(UInt8(byte))) }
    partSender.finish()
    sum = 0
    for await part in parts { sum += first(part.bytes) }
    #expect(sum == 6)
    expectAllFree()
  }

  private actor Mailbox {
    private var buffer: CompoundBuffer?
    private var parts: [SharedBuffer] = []

    func put(_ buffer: consuming sending CompoundBuffer) { self.buffer = consume buffer }
    func put(_ part: SharedBuffer) { parts.append(part) }
    func take() -> CompoundBuffer? { buffer.take() }
    func write(_ byte: UInt8) { _ = buffer?.withUnsafeMutableBytes { $0[0] = byte } }
    func sum() -> UInt8 {
      parts.reduce(0) { $0 + first($1.bytes) } + (buffer?.withUnsafeBytes { $0[0] } ?? 0)
    }
  }

  @Test func stateOfActors() async throws {
    do {
      let mailbox = Mailbox()
      await mailbox.put(try make(1))
      await mailbox.put(try share(2))
      await mailbox.write(5)
      #expect(await mailbox.sum() == 7)
      let taken = await mailbox.take()
      let byte = taken?.withUnsafeBytes { $0[0] }
      #expect(byte == 5)
      let isEmpty = await mailbox.take() == nil
      #expect(isEmpty)
    }
    expectAllFree()
  }

  @Test func acrossAwait() async throws {
    do {
      var buffer = try make(1)
      await Task.yield()
      buffer.withUnsafeMutableBytes { $0[0] = 2 }
      let span = buffer.bytes
      await Task.yield()
      let byte = first(span)
      #expect(byte == 2)
      let later = await firstLater(try make(2))
      #expect(later == 2)
      let part = try share(3)[0..<1]
      let other = part.bytes
      await Task.yield()
      #expect(first(other) == 3)
    }
    expectAllFree()
  }

  // MARK: Pointers

  /// Pointers go anywhere; between tasks in a type that takes the promise upon itself.
  @Test func pointersGoAnywhere() async throws {
    struct Sent: @unchecked Sendable { let bytes: UnsafeMutableRawBufferPointer }
    var all = ["a": [try allocator.allocateBytes(count: 1), try allocator.allocateBytes(count: 2)]]
    let list = all.removeValue(forKey: "a") ?? []
    let (stream, sender) = AsyncStream.makeStream(of: Sent.self)
    for bytes in list { sender.yield(Sent(bytes: bytes)) }
    sender.finish()
    let allocator = allocator
    let task = Task {
      var sum = 0
      for await sent in stream {
        sum += sent.bytes.count
        allocator.deallocate(sent.bytes)
      }
      return sum
    }
    #expect(await task.value == 3)
    expectAllFree()
  }
}

private func firstLater(_ buffer: consuming CompoundBuffer) async -> UInt8 {
  await Task.yield()
  return first(buffer.bytes)
}
