// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The frames of an arena as a plain array: what the frame model is compared with.
struct FrameReference {
  enum State: UInt8 {
    case absent, hidden, free, used
  }

  var states: ContiguousArray<State>

  init(_ count: Int) {
    states = ContiguousArray(repeating: .absent, count: count)
  }

  var chunkCount: Int { (states.count + 511) / 512 }

  mutating func set(_ range: Range<Int>, _ state: State) {
    for index in range { states[index] = state }
  }

  func all(_ range: Range<Int>, are state: State) -> Bool {
    for index in range where states[index] != state { return false }
    return true
  }

  func count(_ state: State) -> Int {
    var count = 0
    for index in states.indices where states[index] == state { count += 1 }
    return count
  }

  /// The maximal runs of free frames; those without memory count only where asked for.
  func freeRuns(absent: Bool = false) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = -1
    for index in 0..<states.count {
      let isFree = states[index] == .free || (absent && states[index] == .absent)
      if isFree {
        if start < 0 { start = index }
      } else if start >= 0 {
        runs.append(start..<index)
        start = -1
      }
    }
    if start >= 0 { runs.append(start..<states.count) }
    return runs
  }

  /// The frames of a chunk.
  func frames(_ chunk: Int) -> Range<Int> {
    chunk * 512..<min(states.count, (chunk + 1) * 512)
  }

  /// Whether frames with memory serve a request.
  func serves(_ count: Int, contiguous: Bool, alignment: Int) -> Bool {
    guard contiguous else { return self.count(.free) >= count }
    return freeRuns().contains {
      FrameReference.start(in: $0, holding: count, alignment: alignment) != nil
    }
  }

  /// The fewest absent chunks in any place where a contiguous request fits, by trying all places;
  /// nil where there is none.
  func fewestChunks(forRunOf count: Int, alignment: Int) -> Int? {
    freeRuns(absent: true).compactMap { run in
      guard let start = FrameReference.start(in: run, holding: count, alignment: alignment) else {
        return nil
      }
      return stride(from: start, through: run.upperBound - count, by: alignment).map { place in
        (place / 512...(place + count - 1) / 512).count { states[$0 * 512] == .absent }
      }.min()
    }.min()
  }

  /// Ascending numbers as ranges, neighbours merged.
  static func ranges(of numbers: [Int]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound == number {
        ranges[ranges.count - 1] = last.lowerBound..<number + 1
      } else {
        ranges.append(number..<number + 1)
      }
    }
    return ranges
  }

  /// Where a run can begin that holds frames from a multiple of an alignment on.
  static func start(in run: Range<Int>, holding count: Int, alignment: Int) -> Int? {
    let first = (run.lowerBound + alignment - 1) / alignment * alignment
    return first + count <= run.upperBound ? first : nil
  }
}
