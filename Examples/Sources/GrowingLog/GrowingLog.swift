// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import VCompound

/// A log that is kept in memory, as long as there is some, and read back from a pipe.
///
/// Lines go through a ring into a pipe; what comes out of it is appended to an array that fills
/// almost the whole arena: no copy of it is ever made, and it never takes twice its size.
@main
struct GrowingLog {
  static func main() throws {
    let allocator = try CompoundAllocator(capacity: .mebibytes(64))
    var ring = try CompoundRing(capacity: .kibibytes(64), allocator: allocator)
    var log = CompoundArray<UInt8>(allocator: allocator)
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { fatalError("no pipe: errno \(errno)") }
    defer { for end in ends { close(end) } }

    var lineCount = 0
    var expected = 0
    while log.count < 60 << 20 {
      while ring.writableByteCount > 4096 {
        lineCount += 1
        let line = "\(lineCount): " + String(repeating: "x", count: lineCount % 1000) + "\n"
        expected += line.utf8.count
        append(line, to: &ring)
      }
      // All that is in the ring, in one piece, wherever it begins.
      let written = ring.withUnsafeReadableBytes { bytes in
        write(ends[1], bytes.baseAddress, bytes.count)
      }
      guard written > 0 else { fatalError("write: errno \(errno)") }
      ring.consume(ByteCount(written))
      try log.append(addingCapacity: written) { output in
        output.withUnsafeMutableBufferPointer { free, initialized in
          initialized = max(0, read(ends[0], free.baseAddress, free.count))
        }
      }
    }
    let kept = log.count + ring.readableByteCount.rawValue
    precondition(kept == expected, "\(expected - kept) bytes are lost")
    let text = log.span
    precondition(text[0] == UInt8(ascii: "1") && text[1] == UInt8(ascii: ":"), "not the first line")
    let peak = allocator.statistics.peakResident
    print("\(lineCount) lines, a log of \(log.count >> 20) MiB, within \(peak)")
  }

  static func append(_ line: String, to ring: inout CompoundRing) {
    let count = ring.withUnsafeWritableBytes { free in
      free.copyBytes(from: line.utf8)
      return line.utf8.count
    }
    ring.commit(ByteCount(count))
  }
}
