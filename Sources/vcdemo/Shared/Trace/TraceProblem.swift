// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a trace, and on which line.
package struct TraceError: Error, Equatable, Sendable {
  /// The line, counted from 1.
  package let line: Int

  /// What is wrong there.
  package let problem: TraceProblem

  /// Whether the line is the last one and ends without a line feed.
  package let isCutOff: Bool

  /// Says that `problem` is on this line.
  package init(line: Int, problem: TraceProblem, isCutOff: Bool = false) {
    self.line = line
    self.problem = problem
    self.isCutOff = isCutOff
  }

  /// The message for the file at `path`, in the form `PATH:LINE: message`.
  package func message(path: String) -> String {
    "\(path):\(line): \(problem)"
      + (isCutOff ? "; the line has no line feed: is the file cut off?" : "")
  }
}

/// What can be wrong with a line of a trace.
package enum TraceProblem: Equatable, Sendable {
  /// The file has no event at all.
  case empty
  /// The bytes are those of a compressed file.
  case compressed
  /// A line without text that is not the last one.
  case blankLine
  /// The line ends in CR LF.
  case carriageReturn
  /// The line begins with something else than a, f or r.
  case unknownEvent(String)
  /// The event has other fields than it should have.
  case fieldCount(event: String, expected: Int, found: Int)
  /// A field that is no whole number from 0 on, or too large a one.
  case notANumber(field: String, text: String)
  /// A size of zero.
  case sizeNotPositive
  /// A size or an alignment above what any arena could hold.
  case tooLarge(field: String, UInt64)
  /// The sizes up to here are more together than can be counted.
  case sumTooLarge
  /// An alignment that is not a power of two.
  case alignmentNotPowerOfTwo(UInt64)
  /// A block is born with the id of an earlier one.
  case idUsedTwice(UInt64)
  /// The block was never born.
  case unknownID(UInt64)
  /// The block has gone already.
  case idGone(UInt64)
}

extension TraceProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "the trace has no events"
    case .compressed:
      "the file is compressed; give its text, such as by 'zstd -dc FILE | vcdemo compare -'"
    case .blankLine: "blank line"
    case .carriageReturn: "the line ends in CR LF; lines of a trace end in LF only"
    case .unknownEvent(let text):
      "unknown event '\(text)'; an event is a (allocate), f (free) or r (realloc)"
    case .fieldCount(let event, let expected, let found):
      "an event '\(event)' has \(expected) fields split by one space each, this line has \(found)"
    case .notANumber(let field, let text): "\(field) is no number: '\(text)'"
    case .sizeNotPositive: "BYTES is not positive"
    case .tooLarge(let field, let value):
      "\(field) is too large: \(value), at most \(TraceParser.largestSize) is possible"
    case .sumTooLarge: "the events ask for more bytes together than can be counted"
    case .alignmentNotPowerOfTwo(let value): "ALIGN is not a power of two: \(value)"
    case .idUsedTwice(let id): "id \(id) is used twice"
    case .unknownID(let id): "id \(id) is unknown"
    case .idGone(let id): "id \(id) was freed or reallocated before"
    }
  }
}
