// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What one process has written while it was recorded (`vcrecord/Spool.h` has the layout).
struct SpoolFile: ~Copyable {
  /// What a thread noted.
  struct Event {
    enum Kind: UInt64 {
      case allocate = 1
      case free
      case moveBegin
      case moveEnd
    }
    var kind: Kind
    /// Nanoseconds of the monotonic clock.
    var time: UInt64
    var address: UInt64
    /// Of what is allocated or moved; else 0.
    var byteCount: UInt64
    var alignmentShift: Int
  }

  private static let magic: UInt64 = 0x3147_474f_4c50_4356
  private static let chunkMagic: UInt64 = 0x314b_4e55_4843_4356
  private static let headerSize = 4096
  private static let chunkHeaderSize = 32

  private let file: MappedFile
  /// Where the chunks of each thread begin, in the order in which it filled them.
  let chunks: [[Int]]

  /// Opens a file.
  ///
  /// - Throws: a failure that names the file, where it is none of a recorded process.
  init(path: String) throws(CommandFailure) {
    let file = try MappedFile(path: path)
    guard file.word(at: 0) == Self.magic else {
      throw .input("\(path): not written by the recording library")
    }
    var chunks: [[Int]] = []
    var offset = Self.headerSize
    // Behind the last chunk may be one that its thread had no memory for.
    while offset + Self.chunkHeaderSize <= file.byteCount {
      let size = Int(truncatingIfNeeded: file.word(at: offset + 8))
      guard file.word(at: offset) == Self.chunkMagic, size >= Self.headerSize else {
        offset += Self.headerSize
        continue
      }
      let thread = Int(truncatingIfNeeded: file.word(at: offset + 16))
      guard thread >= 0, thread < file.byteCount / Self.headerSize else { break }
      while chunks.count <= thread { chunks.append([]) }
      chunks[thread].append(offset)
      offset += size
    }
    self.chunks = chunks
    self.file = file
  }

  /// The number of the process.
  var process: Int { Int(truncatingIfNeeded: file.word(at: 8)) }
  /// When the file was begun.
  var start: UInt64 { file.word(at: 32) }
  /// What noting an event takes, in nanoseconds; 0 where that was not measured.
  var eventCost: Double { Double(file.word(at: 40)) / 1000 }
  /// What ended the recording before the process ended.
  var error: Int32 { Int32(truncatingIfNeeded: file.word(at: 48)) }
  /// The path of the program.
  var program: String {
    var bytes: [UInt8] = []
    unsafe file.bytes.withUnsafeBytes { all in
      bytes = unsafe Array(all[72..<Self.headerSize].prefix { $0 != 0 })
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The event at a place, and where the next one is.
  ///
  /// - Parameters:
  ///   - offset: where it begins.
  ///   - chunk: where its chunk begins.
  /// - Returns: nil behind the last one of the chunk.
  func event(at offset: Int, in chunk: Int) -> (event: Event, next: Int)? {
    let end = min(file.byteCount, chunk + Int(truncatingIfNeeded: file.word(at: chunk + 8)))
    guard offset + 16 <= end else { return nil }
    let head = file.word(at: offset)
    guard let kind = Event.Kind(rawValue: head & 7) else { return nil }
    let isBirth = kind == .allocate || kind == .moveEnd
    let size = isBirth ? 24 : 16
    guard offset + size <= end else { return nil }
    let event = Event(
      kind: kind, time: file.word(at: chunk + 24) &+ head >> 9,
      address: file.word(at: offset + 8), byteCount: isBirth ? file.word(at: offset + 16) : 0,
      alignmentShift: Int(head >> 3 & 63))
    return (event, offset + size)
  }

  /// Where the events of a chunk begin.
  static func firstEvent(of chunk: Int) -> Int { chunk + chunkHeaderSize }
}
