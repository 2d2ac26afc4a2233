// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

@Suite struct TransferTests {
  /// A temporary file without a name.
  private func file() -> Int32 { memfd_create("transfer", 0) }

  private func fill(_ buffer: inout CompoundBuffer) {
    buffer.withUnsafeMutableBytes { bytes in
      for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index &* 31 >> 3) }
    }
  }

  /// Whether bytes are those that `fill` wrote at these places.
  private func isRight(_ bytes: RawSpan, from first: Int) -> Bool {
    (0..<bytes.byteCount).allSatisfy {
      bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self)
        == UInt8(truncatingIfNeeded: (first + $0) &* 31 >> 3)
    }
  }

  /// A stitched block of more pieces than a call takes, an object, and a block of some pages.
  @Test(arguments: [1500 * 4096 - 77, 100, 50_000], [0, 1, 5000])
  func whatIsWrittenIsRead(byteCount: Int, skipped: Int) throws {
    guard skipped < byteCount else { return }
    let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(32))
    let kept = try allocator.fragment { $0 % 2 == 0 }
    defer { allocator.deallocate(all: kept) }
    let file = file()
    defer { close(file) }
    var buffer = try allocator.allocate(byteCount: ByteCount(byteCount))
    fill(&buffer)
    try buffer.write(skipped..<byteCount, to: file)
    #expect(lseek(file, 0, SEEK_CUR) == byteCount - skipped)
    try buffer.write(0..<skipped, to: file, atOffset: Int64(byteCount))
    #expect(lseek(file, 0, SEEK_CUR) == byteCount - skipped)

    var other = try allocator.allocate(byteCount: ByteCount(byteCount), zeroed: true)
    let count = try other.read(skipped..<byteCount, from: file, atOffset: 0)
    #expect(count == byteCount - skipped)
    let holds = isRight(other.bytes.extracting(skipped..<byteCount), from: skipped)
    #expect(holds)
    #expect(try other.read(0..<skipped, from: file, atOffset: Int64(byteCount)) == skipped)
    let isWhole = isRight(other.bytes, from: 0)
    #expect(isWhole)
    // The file ends.
    lseek(file, -40, SEEK_END)
    #expect(try other.read(from: file) == 40)
    #expect(try other.read(0..<0, from: file) == 0)
  }

  /// A pipe takes 64 KiB at a time, and another thread empties it slowly.
  @Test func shortWritesGoOn() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    let (out, input) = (ends[0], ends[1])
    var buffer = try allocator.allocate(byteCount: .mebibytes(1))
    fill(&buffer)
    let crew = Crew(1) { _ in
      // Odd pieces: what is read ends in the middle of a page.
      var piece = [UInt8](repeating: 0, count: 7001)
      var sum = 0
      while case let count = Glibc.read(out, &piece, piece.count), count > 0 {
        precondition(
          (0..<count).allSatisfy {
            piece[$0] == UInt8(truncatingIfNeeded: (sum + $0) &* 31 >> 3)
          })
        sum += count
      }
      precondition(sum == 1 << 20)
    }
    try buffer.write(to: input)
    close(input)
    crew.join()
    close(out)
  }

  @Test func whatDoesNotWaitSaysHowFarItCame() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var ends: [Int32] = [0, 0]
    #expect(pipe2(&ends, O_NONBLOCK) == 0)
    var buffer = try allocator.allocate(byteCount: .mebibytes(1))
    fill(&buffer)
    var written = 0
    do {
      try buffer.write(to: ends[1])
      Issue.record("a pipe took a mebibyte")
    } catch {
      #expect(error.errno == EAGAIN)
      #expect(error.description.contains("\(error.transferredByteCount) bytes"))
      written = error.transferredByteCount
    }
    #expect(written > 0 && written < 1 << 20)
    var read = 0
    do {
      try buffer.read(from: ends[0])
    } catch {
      #expect(error.errno == EAGAIN)
      read = error.transferredByteCount
    }
    #expect(read == written)
    // From where it came to.
    try buffer.write(written..<written + 100, to: ends[1])
    close(ends[1])
    #expect(try buffer.read(from: ends[0]) == 100)
    close(ends[0])
    #expect(throws: TransferError(errno: EBADF, transferredByteCount: 0)) {
      try buffer.write(to: -1)
    }
  }

  @Test func interruptedCallsAreRepeated() throws {
    let faults = FaultPlan()
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4), faults: faults)
    var buffer = try allocator.allocate(byteCount: 100_000, zeroed: true)
    let file = file()
    defer { close(file) }
    faults.fail(.write, times: 3, errno: EINTR)
    try buffer.write(to: file)
    faults.fail(.read, times: 3, errno: EINTR)
    #expect(try buffer.read(from: file, atOffset: 0) == 100_000)
    #expect(faults.count(of: .write) == 4 && faults.count(of: .read) == 4)
    faults.fail(.write, errno: ENOSPC)
    #expect(throws: TransferError(errno: ENOSPC, transferredByteCount: 0)) {
      try buffer.write(to: file)
    }
  }

  @Test(arguments: [3, 3000])
  func pagesAreReadAndWrittenInTheirOrder(count: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(32))
    let file = file()
    defer { close(file) }
    var slots = PageSlots(count: count, allocator: allocator)
    try allocator.allocate(into: &slots)
    _ = slots.take(at: 1)
    for index in 0..<count where slots.isFilled(at: index) {
      slots.baseAddress(at: index).initializeMemory(as: Int.self, repeating: index, count: 512)
    }
    try slots.write(to: file)
    #expect(lseek(file, 0, SEEK_CUR) == (count - 1) * 4096)
    var others = PageSlots(count: count - 1, allocator: allocator)
    try allocator.allocate(into: &others)
    #expect(try others.read(from: file, atOffset: 0) == (count - 1) * 4096)
    for index in 0..<count - 1 {
      #expect(others.bytes(at: index).unsafeLoad(as: Int.self) == (index == 0 ? 0 : index + 1))
    }
    #expect(try others.read(from: file, atOffset: Int64(4096 * (count - 2) + 1)) == 4095)
    #expect(slots.ioVectors().count == count - 1)
  }

  @Test func vectorsAreThePiecesOfARange() throws {
    let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(2))
    let kept = try allocator.fragment { $0 % 5 == 0 }
    defer { allocator.deallocate(all: kept) }
    var buffer = try allocator.allocate(byteCount: ByteCount(10 * 4096 - 100))
    fill(&buffer)
    for range in [0..<buffer.byteCount.rawValue, 5000..<5001, 4096..<8192, 100..<40_000, 7..<7] {
      let vectors = buffer.ioVectors(range)
      #expect(vectors.reduce(0) { $0 + $1.iov_len } == range.count)
      var place = range.lowerBound
      for vector in vectors {
        let bytes = UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len)
        let holds = isRight(bytes.bytes, from: place)
        #expect(holds)
        place += vector.iov_len
      }
    }
    #expect(buffer.ioVectors().count == 10)
  }

  @Test func aRangeOfAnotherBufferStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
      let buffer = try allocator.allocate(byteCount: 1000)
      try buffer.write(900..<1001, to: 1)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("bytes 900..<1001 of 0x"))
  }
}
