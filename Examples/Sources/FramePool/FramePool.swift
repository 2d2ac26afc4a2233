// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// A media program: frames of 1080p to 4K, decoded by one task, read by two others, under a hard
/// ceiling.
///
/// The decoder waits where the ceiling is reached: frames that its readers have not let go of yet
/// hold it back, and nothing else is needed to keep the three in step.
@main
struct FramePool {
  /// Width and height, of which a frame has 3 bytes for every 2 pixels (4:2:0).
  static let sizes = [(1920, 1080), (2560, 1440), (3840, 2160)]

  static func main() async throws {
    let allocator = try CompoundAllocator(capacity: .mebibytes(64))
    let (encoded, toEncode) = AsyncStream.makeStream(of: SharedBuffer.self)
    let (shown, toShow) = AsyncStream.makeStream(of: SharedBuffer.self)

    async let encodedSum = readAll(encoded)
    async let shownSum = readAll(shown)
    var decodedSum = 0
    for number in 0..<300 {
      let (width, height) = sizes[number % sizes.count]
      var frame = try await allocator.allocate(
        byteCount: ByteCount(width * height * 3 / 2), waiting: .seconds(60))
      decode(number, into: &frame)
      decodedSum += number & 0xFF
      let shared = SharedBuffer(frame)
      toEncode.yield(shared)
      toShow.yield(shared)
    }
    toEncode.finish()
    toShow.finish()

    let sums = await (encodedSum, shownSum)
    precondition(sums == (decodedSum, decodedSum), "a frame was not what was decoded")
    let statistics = allocator.statistics
    precondition(statistics.live == 0, "frames are left")
    print("300 frames, read twice, within \(statistics.peakResident) of memory")
    print("\(statistics.stitchedAllocations) of them stitched, \(statistics.failures) refused")
  }

  static func decode(_ number: Int, into frame: inout CompoundBuffer) {
    frame.withUnsafeMutableBytes { bytes in
      _ = bytes.initializeMemory(as: UInt8.self, repeating: UInt8(truncatingIfNeeded: number))
    }
  }

  /// Reads each frame, and adds up what was in them.
  static func readAll(_ frames: AsyncStream<SharedBuffer>) async -> Int {
    var sum = 0
    for await frame in frames {
      let isWhole = frame.withUnsafeBytes { bytes in bytes.first == bytes.last }
      precondition(isWhole, "a frame was written while it was read")
      sum += frame.withUnsafeBytes { Int($0[0]) }
    }
    return sum
  }
}
