// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct TraceParserTests {
  @Test func readsEveryKindOfEvent() throws {
    let trace = try Samples.parse("a 7 4096 16 0 1\na 9 100 4096 1 2\nr 7 12 8192 0 3\nf 9 0 4\n")
    #expect(
      Samples.elements(trace.events) == [
        Trace.Event(kind: .allocate, alignmentShift: 4, block: 0, byteCount: 4096),
        Trace.Event(kind: .allocate, alignmentShift: 12, block: 1, byteCount: 100),
        Trace.Event(kind: .reallocate, block: 2, previous: 0, byteCount: 8192),
        Trace.Event(kind: .free, block: 1),
      ])
    #expect(Samples.elements(trace.names) == [7, 9, 12])
    #expect(Samples.elements(trace.times) == [1, 2, 3, 4])
    #expect(trace.requestCount == 3)
  }

  @Test(arguments: ["a 0 1 1 0 0", "a 0 1 1 0 0\n", "a 0 1 1 0 0\n\n"])
  func acceptsTheseEnds(text: String) throws {
    #expect(try Samples.parse(text).events.count == 1)
  }

  @Test func acceptsTheLargestNumbers() throws {
    let trace = try Samples.parse("a 18446744073709551615 1099511627776 1099511627776 0 0\n")
    #expect(trace.events[0].byteCount == 1 << 40)
    #expect(trace.events[0].alignment == 1 << 40)
    #expect(Samples.elements(trace.names) == [UInt64.max])
  }

  struct Malformed: Sendable, CustomTestStringConvertible {
    let text: String
    let line: Int
    let problem: TraceProblem
    var testDescription: String { "\(problem)" }

    init(_ text: String, _ line: Int, _ problem: TraceProblem) {
      self.text = text
      self.line = line
      self.problem = problem
    }
  }

  private static let good = "a 0 4096 16 0 0\n"

  static let malformed = [
    Malformed("", 1, .empty),
    Malformed("\n", 1, .empty),
    Malformed("\n\n", 1, .blankLine),
    Malformed(good + "\n" + "f 0 0 1\n", 2, .blankLine),
    Malformed(good + "\n\n", 2, .blankLine),
    Malformed("a 0 4096 16 0 0\r\n", 1, .carriageReturn),
    Malformed(good + "f 0 0 1\r\n", 2, .carriageReturn),
    Malformed(good + "x 0 0 1\n", 2, .unknownEvent("x")),
    Malformed(good + "free 0 0 1\n", 2, .unknownEvent("free")),
    Malformed(good + " f 0 0 1\n", 2, .unknownEvent("")),
    Malformed(good + "\t\n", 2, .unknownEvent("\\t")),
    Malformed("a 0 4096 16 0\n", 1, .fieldCount(event: "a", expected: 6, found: 5)),
    Malformed("a 0 4096 16 0 0 0\n", 1, .fieldCount(event: "a", expected: 6, found: 7)),
    Malformed("a 0 4096 16 0 0 \n", 1, .fieldCount(event: "a", expected: 6, found: 7)),
    Malformed("a\n", 1, .fieldCount(event: "a", expected: 6, found: 1)),
    Malformed(good + "f 0 0\n", 2, .fieldCount(event: "f", expected: 4, found: 3)),
    Malformed(good + "f 0 0 0 0 0 0 0 0\n", 2, .fieldCount(event: "f", expected: 4, found: 9)),
    Malformed(good + "r 0 1 5 0\n", 2, .fieldCount(event: "r", expected: 6, found: 5)),
    Malformed("a  4096 16 0 0\n", 1, .notANumber(field: "ID", text: "")),
    Malformed("a 0 4k 16 0 0\n", 1, .notANumber(field: "BYTES", text: "4k")),
    Malformed("a 0 -1 16 0 0\n", 1, .notANumber(field: "BYTES", text: "-1")),
    Malformed("a 0 +1 16 0 0\n", 1, .notANumber(field: "BYTES", text: "+1")),
    Malformed("a 0 1 16 main 0\n", 1, .notANumber(field: "THREAD", text: "main")),
    Malformed("a 0 1 16 0 1.5\n", 1, .notANumber(field: "NS", text: "1.5")),
    Malformed(good + "r 0 x 5 0 0\n", 2, .notANumber(field: "NEW", text: "x")),
    Malformed(
      "a 18446744073709551616 1 16 0 0\n", 1,
      .notANumber(field: "ID", text: "18446744073709551616")),
    Malformed(
      "a 99999999999999999999999 1 16 0 0\n", 1,
      .notANumber(field: "ID", text: "99999999999999999999999")),
    Malformed("a 0 0 16 0 0\n", 1, .sizeNotPositive),
    Malformed(good + "r 0 1 0 0 0\n", 2, .sizeNotPositive),
    Malformed("a 0 1099511627777 16 0 0\n", 1, .tooLarge(field: "BYTES", 1_099_511_627_777)),
    Malformed("a 0 1 2199023255552 0 0\n", 1, .tooLarge(field: "ALIGN", 2_199_023_255_552)),
    Malformed("a 0 1 0 0 0\n", 1, .alignmentNotPowerOfTwo(0)),
    Malformed("a 0 1 24 0 0\n", 1, .alignmentNotPowerOfTwo(24)),
    Malformed(good + good, 2, .idUsedTwice(0)),
    Malformed(good + "f 0 0 1\n" + good, 3, .idUsedTwice(0)),
    Malformed(good + "r 0 0 5 0 1\n", 2, .idUsedTwice(0)),
    Malformed("f 3 0 0\n", 1, .unknownID(3)),
    Malformed(good + "r 3 4 10 0 0\n", 2, .unknownID(3)),
    Malformed(good + "f 0 0 1\nf 0 0 2\n", 3, .idGone(0)),
    Malformed(good + "r 0 1 5 0 1\nf 0 0 2\n", 3, .idGone(0)),
    Malformed(good + "f 0 0 1\nr 0 1 5 0 2\n", 3, .idGone(0)),
  ]

  @Test(arguments: malformed)
  func namesTheLineAndTheProblem(_ sample: Malformed) {
    #expect(throws: TraceError(line: sample.line, problem: sample.problem)) {
      try Samples.parse(sample.text)
    }
  }

  @Test func saysThatTheLastLineIsCutOff() {
    let problem = TraceProblem.fieldCount(event: "f", expected: 4, found: 2)
    #expect(throws: TraceError(line: 2, problem: problem, isCutOff: true)) {
      try Samples.parse("a 0 4096 16 0 0\nf 0")
    }
  }

  @Test func theMessageNamesFileAndLine() {
    let error = TraceError(line: 3, problem: .unknownID(9))
    #expect(error.message(path: "some.trace") == "some.trace:3: id 9 is unknown")
    let cut = TraceError(line: 3, problem: .unknownID(9), isCutOff: true)
    #expect(cut.message(path: "s").hasPrefix("s:3: id 9 is unknown; the line has no line feed"))
  }

  @Test func messagesShowNoControlCharacters() {
    let error = #expect(throws: TraceError.self) { try Samples.parse("\u{1B}[2J\u{7} 1\n") }
    let message = error.map { "\($0.problem)" } ?? ""
    #expect(message.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    #expect(message.contains("\\u{1B}[2J"))
  }

  @Test func theSizesTogetherCanBeCounted() throws {
    let all = Array("a 0 4096 16 0 0\nr 0 1 4096 0 0\nf 1 0 0\na 2 1 1 0 0\n".utf8)
    #expect(try TraceParser.parse(all, largestSum: 8193).events.count == 4)
    #expect(throws: TraceError(line: 4, problem: .sumTooLarge)) {
      _ = try TraceParser.parse(all, largestSum: 8192)
    }
  }
}
