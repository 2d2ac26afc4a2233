// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The fields of one line of a trace, found without copying a byte.
struct LineFields: ~Copyable, ~Escapable {
  private let line: Span<UInt8>

  /// Where each field begins; one more than the line may have, to tell seven fields from six.
  private var starts: InlineArray<7, Int> = .init(repeating: 0)

  /// How many fields there are.
  private(set) var count = 1

  /// Splits a line that is not empty at every single space.
  @_lifetime(copy line)
  init(_ line: Span<UInt8>) {
    self.line = line
    for index in line.indices where line[index] == UInt8(ascii: " ") {
      if count < 7 { starts[count] = index + 1 }
      count += 1
    }
  }

  /// The letter of the event, or 0 where the first field is no single letter.
  var event: UInt8 { range(0).count == 1 ? line[0] : 0 }

  /// Checks the number of fields.
  func expect(_ expected: Int, event: String) throws(TraceProblem) {
    guard count == expected else {
      throw .fieldCount(event: event, expected: expected, found: count)
    }
  }

  /// The field at `index` as text, at most 40 bytes of it, for messages.
  func text(_ index: Int) -> String {
    var text = ""
    for position in range(index).prefix(40) {
      let scalar = Unicode.Scalar(line[position])
      text += scalar.escaped(asASCII: true)
    }
    return text
  }

  /// The field at `index` as a number.
  func number(_ index: Int, _ name: String) throws(TraceProblem) -> UInt64 {
    let range = range(index)
    var value: UInt64 = 0
    var isNumber = !range.isEmpty
    for position in range {
      let digit = line[position] &- UInt8(ascii: "0")
      let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
      isNumber = isNumber && digit < 10 && !tooLarge && !carries
      value = sum
    }
    guard isNumber else { throw .notANumber(field: name, text: text(index)) }
    return value
  }

  /// The field at `index` as a number in hexadecimal digits, as heaptrack writes them.
  func hexadecimal(_ index: Int, _ name: String) throws(TraceProblem) -> UInt64 {
    let range = range(index)
    var value: UInt64 = 0
    var isNumber = (1...16).contains(range.count)
    for position in range {
      let digit = Character(Unicode.Scalar(line[position])).hexDigitValue
      isNumber = isNumber && digit != nil
      value = value << 4 | UInt64(digit ?? 0)
    }
    guard isNumber else { throw .notANumber(field: name, text: text(index)) }
    return value
  }

  /// The field at `index` as a size.
  func size(_ index: Int) throws(TraceProblem) -> Int {
    let value = try number(index, "BYTES")
    guard value > 0 else { throw .sizeNotPositive }
    guard value <= TraceParser.largestSize else { throw .tooLarge(field: "BYTES", value) }
    return Int(value)
  }

  /// The field at `index` as an alignment.
  func alignmentShift(_ index: Int) throws(TraceProblem) -> UInt8 {
    let value = try number(index, "ALIGN")
    guard value > 0, value & (value - 1) == 0 else { throw .alignmentNotPowerOfTwo(value) }
    guard value <= TraceParser.largestSize else { throw .tooLarge(field: "ALIGN", value) }
    return UInt8(value.trailingZeroBitCount)
  }

  /// The time of an event; the thread before it is checked, and not kept.
  func time(_ thread: Int, _ time: Int) throws(TraceProblem) -> UInt64 {
    _ = try number(thread, "THREAD")
    return try number(time, "NS")
  }

  private func range(_ index: Int) -> Range<Int> {
    let start = starts[index]
    let end = index + 1 < count ? starts[index + 1] - 1 : line.count
    return start..<end
  }
}
