// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Reads traces.
///
/// One event a line, fields split by one space, every line ended by a line feed (the last one may
/// go without):
///
///     a ID BYTES ALIGN THREAD NS     allocate
///     f ID THREAD NS                 free
///     r OLD NEW BYTES THREAD NS      realloc: OLD is gone, NEW holds its bytes
///
/// Everything is checked here, also that ids are born once and gone once, so that whoever works
/// with a ``Trace`` need not look again. THREAD must be a number and is not kept. A recording of
/// heaptrack is read by ``HeaptrackParser``.
package struct TraceParser: ~Copyable {
  /// The largest size and alignment: 1 TiB.
  package static let largestSize: UInt64 = 1 << 40

  /// The most bytes that all events of a trace may ask for together: 4 EiB.
  package static let largestSum = 1 << 62

  private static let space = UInt8(ascii: " ")
  static let lineFeed = UInt8(ascii: "\n")

  private var bytesLeft: Int
  private var events: MappedTable<Trace.Event>
  private var times: MappedTable<UInt64>
  private var names: MappedTable<UInt64>
  private var isAlive: MappedTable<Bool>
  private var blocks: BlockNames

  /// Begins a trace of so many lines at most.
  private init(lines: Int, bytesLeft: Int) {
    self.bytesLeft = bytesLeft
    events = MappedTable(capacity: lines)
    times = MappedTable(capacity: lines)
    names = MappedTable(capacity: lines)
    isAlive = MappedTable(capacity: lines)
    blocks = BlockNames(limit: lines)
  }

  /// Reads a whole trace.
  ///
  /// - Parameters:
  ///   - bytes: the text of the file.
  ///   - largestSum: the most bytes that its events may ask for together.
  /// - Returns: its events.
  /// - Throws: the first thing that is wrong.
  package static func parse(
    _ bytes: [UInt8], largestSum: Int = largestSum
  ) throws(TraceError) -> Trace {
    try parse(bytes.span, largestSum: largestSum)
  }

  /// Reads a whole trace from memory that lives elsewhere.
  package static func parse(
    _ bytes: Span<UInt8>, largestSum: Int = largestSum
  ) throws(TraceError) -> Trace {
    if HeaptrackParser.knows(bytes) {
      return try HeaptrackParser.parse(bytes, largestSum: largestSum)
    }
    if isCompressed(bytes) { throw TraceError(line: 1, problem: .compressed) }
    var parser = TraceParser(lines: count(lineFeed, in: bytes) + 1, bytesLeft: largestSum)
    var start = 0
    var line = 1
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != lineFeed { end += 1 }
      // A last line without text is the only blank line that does no harm.
      if end == start, end + 1 == bytes.count { break }
      do throws(TraceProblem) {
        try parser.add(bytes.extracting(start..<end))
      } catch {
        throw TraceError(line: line, problem: error, isCutOff: end == bytes.count)
      }
      start = end + 1
      line += 1
    }
    guard parser.events.count > 0 else { throw TraceError(line: 1, problem: .empty) }
    return Trace(events: parser.events, times: parser.times, names: parser.names)
  }

  /// Whether these are the first bytes of a file of zstd or gzip, as heaptrack writes them.
  private static func isCompressed(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count > 1 else { return false }
    return bytes[0] == 0x28 && bytes[1] == 0xB5 || bytes[0] == 0x1F && bytes[1] == 0x8B
  }

  static func count(_ byte: UInt8, in bytes: Span<UInt8>) -> Int {
    var count = 0
    for index in bytes.indices where bytes[index] == byte { count += 1 }
    return count
  }

  private mutating func add(_ line: Span<UInt8>) throws(TraceProblem) {
    if line.isEmpty { throw .blankLine }
    if line[line.count - 1] == UInt8(ascii: "\r") { throw .carriageReturn }
    let fields = LineFields(line)
    switch fields.event {
    case UInt8(ascii: "a"):
      try fields.expect(6, event: "a")
      let id = try fields.number(1, "ID")
      let byteCount = try fields.size(2)
      let shift = try fields.alignmentShift(3)
      times.append(try fields.time(4, 5))
      events.append(
        Trace.Event(
          kind: .allocate, alignmentShift: shift, block: try bear(id, byteCount),
          byteCount: byteCount))
    case UInt8(ascii: "f"):
      try fields.expect(4, event: "f")
      let id = try fields.number(1, "ID")
      times.append(try fields.time(2, 3))
      events.append(Trace.Event(kind: .free, block: try end(id)))
    case UInt8(ascii: "r"):
      try fields.expect(6, event: "r")
      let old = try fields.number(1, "OLD")
      let new = try fields.number(2, "NEW")
      let byteCount = try fields.size(3)
      times.append(try fields.time(4, 5))
      let previous = try end(old)
      events.append(
        Trace.Event(
          kind: .reallocate, block: try bear(new, byteCount), previous: previous,
          byteCount: byteCount))
    default:
      throw .unknownEvent(fields.text(0))
    }
  }

  private mutating func bear(_ id: UInt64, _ size: Int) throws(TraceProblem) -> Int32 {
    // Neither this sum nor any of live bytes or of their pages can overflow.
    bytesLeft -= size
    guard bytesLeft >= 0 else { throw .sumTooLarge }
    let block = Int32(names.count)
    guard blocks.note(block, named: id) else { throw .idUsedTwice(id) }
    names.append(id)
    isAlive.append(true)
    return block
  }

  private mutating func end(_ id: UInt64) throws(TraceProblem) -> Int32 {
    guard let block = blocks.block(named: id) else { throw .unknownID(id) }
    guard isAlive[Int(block)] else { throw .idGone(id) }
    isAlive[Int(block)] = false
    return block
  }
}

extension TraceProblem: Error {}
