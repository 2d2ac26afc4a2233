// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Reads the text of a heaptrack recording, raw (`heaptrack --raw`) or interpreted.
///
/// Lines begin with a letter; numbers are hexadecimal. Of all kinds only these tell of blocks:
///
///     + BYTES TRACE ADDRESS     raw: a block is born
///     - ADDRESS                 raw: it goes
///     a BYTES TRACE             interpreted: the next kind of block
///     + KIND, - KIND            interpreted: a block of this kind is born, one goes
///     c MILLISECONDS            the time
///
/// What is alive is exact in both. The interpreted form does not tell which of several blocks of a
/// kind goes: the youngest is taken. Neither tells threads or alignments, and a realloc is a free
/// and an allocation. A free of a block that was born before the recording is left out, and a block
/// that is born where another is ends that one.
struct HeaptrackParser: ~Copyable {
  private static let alignmentShift: UInt8 = 4

  private var bytesLeft: Int
  private var time: UInt64 = 0
  private var events: MappedTable<Trace.Event>
  private var times: MappedTable<UInt64>
  private var names: MappedTable<UInt64>
  private var isAlive: MappedTable<Bool>
  /// Raw: the last block at each address.
  private var addresses: BlockNames
  /// Interpreted: the size of each kind, its youngest block, and for each block the one before.
  private var sizes = MappedTable<UInt64>()
  private var youngest = MappedTable<Int32>()
  private var older: MappedTable<Int32>

  /// Whether the text begins as heaptrack's do: `v`, its version, that of the format.
  static func knows(_ bytes: Span<UInt8>) -> Bool {
    bytes.count > 1 && bytes[0] == UInt8(ascii: "v") && bytes[1] == UInt8(ascii: " ")
  }

  private init(lines: Int, bytesLeft: Int) {
    self.bytesLeft = bytesLeft
    // A line may end one block and begin another.
    events = MappedTable(capacity: 2 * lines)
    times = MappedTable(capacity: 2 * lines)
    names = MappedTable(capacity: lines)
    isAlive = MappedTable(capacity: lines)
    older = MappedTable(capacity: lines)
    addresses = BlockNames(limit: lines)
  }

  /// Reads a whole recording.
  static func parse(_ bytes: Span<UInt8>, largestSum: Int) throws(TraceError) -> Trace {
    var parser = HeaptrackParser(
      lines: TraceParser.count(UInt8(ascii: "+"), in: bytes), bytesLeft: largestSum)
    var start = 0
    var line = 1
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != TraceParser.lineFeed { end += 1 }
      do throws(TraceProblem) {
        if end - start > 2, bytes[start + 1] == UInt8(ascii: " ") {
          try parser.add(LineFields(bytes.extracting(start..<end)))
        }
      } catch {
        throw TraceError(line: line, problem: error, isCutOff: end == bytes.count)
      }
      start = end + 1
      line += 1
    }
    guard parser.events.count > 0 else { throw TraceError(line: 1, problem: .empty) }
    return Trace(events: parser.events, times: parser.times, names: parser.names)
  }

  private mutating func add(_ fields: borrowing LineFields) throws(TraceProblem) {
    switch fields.event {
    case UInt8(ascii: "c"):
      time = try fields.hexadecimal(1, "MILLISECONDS") &* 1_000_000
    case UInt8(ascii: "a"):
      sizes.append(try fields.hexadecimal(1, "BYTES"))
      youngest.append(-1)
    case UInt8(ascii: "+") where fields.count == 4:
      let byteCount = try fields.hexadecimal(1, "BYTES")
      let address = try fields.hexadecimal(3, "ADDRESS")
      if let block = addresses.block(named: address) { end(block) }
      if let block = try bear(byteCount) { addresses.replace(block, named: address) }
    case UInt8(ascii: "+"):
      let kind = try kind(fields)
      guard let block = try bear(sizes[kind]) else { return }
      older[Int(block)] = youngest[kind]
      youngest[kind] = block
    case UInt8(ascii: "-") where sizes.count > 0:
      let kind = try kind(fields)
      let block = youngest[kind]
      guard block >= 0 else { return }
      youngest[kind] = older[Int(block)]
      end(block)
    case UInt8(ascii: "-"):
      let address = try fields.hexadecimal(1, "ADDRESS")
      if let block = addresses.block(named: address) { end(block) }
    default: break
    }
  }

  private func kind(_ fields: borrowing LineFields) throws(TraceProblem) -> Int {
    let kind = try fields.hexadecimal(1, "KIND")
    guard kind < UInt64(sizes.count) else { throw .unknownID(kind) }
    return Int(kind)
  }

  /// A block is born; nil where it has no bytes.
  private mutating func bear(_ byteCount: UInt64) throws(TraceProblem) -> Int32? {
    guard byteCount > 0 else { return nil }
    guard byteCount <= TraceParser.largestSize else {
      throw .tooLarge(field: "BYTES", byteCount)
    }
    bytesLeft -= Int(byteCount)
    guard bytesLeft >= 0 else { throw .sumTooLarge }
    let block = Int32(names.count)
    names.append(UInt64(block))
    isAlive.append(true)
    older.append(-1)
    times.append(time)
    events.append(
      Trace.Event(
        kind: .allocate, alignmentShift: Self.alignmentShift, block: block,
        byteCount: Int(byteCount)))
    return block
  }

  private mutating func end(_ block: Int32) {
    guard isAlive[Int(block)] else { return }
    isAlive[Int(block)] = false
    times.append(time)
    events.append(Trace.Event(kind: .free, block: block))
  }
}
