// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// A frame model and its reference side by side: every operation is done on both and compared.
final class CheckedFrames {
  var frames: Frames
  var reference: FrameReference
  let table: RunTable

  /// What was taken and not given back.
  var taken: [FrameRun] = []

  /// Chunks that are neither absent nor published.
  var hidden: [Range<Int>] = []

  init(_ pageCount: Int, resident: Bool = false, nodes: Int = 5000) throws {
    table = try RunTable(capacity: nodes, system: OperatingSystem())
    frames = try Frames(pageCount: PageCount(pageCount), system: OperatingSystem())
    reference = FrameReference(pageCount)
    if resident { publishAll() }
  }

  /// A model with memory everywhere, in which exactly some ranges are free.
  convenience init(_ pageCount: Int, free: [Range<Int>]) throws {
    try self.init(pageCount, resident: true)
    takeContiguous(pageCount)
    taken = []
    for range in free {
      give(FrameRun(first: PageFrame(range.lowerBound), pageCount: PageCount(range.count)))
    }
  }

  /// A model in which some chunks have memory and the others are absent.
  convenience init(_ pageCount: Int, residentChunks: [Int]) throws {
    try self.init(pageCount)
    hide(for: frames.free, contiguous: false)
    hidden = (0..<reference.chunkCount).map { $0..<$0 + 1 }
    while let last = hidden.last {
      if residentChunks.contains(last.lowerBound) {
        publish(hidden.count - 1)
      } else {
        retire(hidden.count - 1)
      }
    }
  }

  func publishAll() {
    hide(for: frames.free, contiguous: false)
    while !hidden.isEmpty { publish(0) }
  }

  @discardableResult
  func takeContiguous(_ count: Int, alignment: Int = 1) -> FrameRun? {
    let runs = reference.freeRuns()
    let run = frames.takeContiguous(PageCount(count), alignment: PageCount(alignment))
    guard let run else {
      let missed = runs.first {
        FrameReference.start(in: $0, holding: count, alignment: alignment) != nil
      }
      #expect(missed == nil, "\(count) frames aligned to \(alignment) fit")
      return nil
    }
    #expect(run.pageCount.rawValue == count)
    #expect(run.first.rawValue % alignment == 0, "\(run) is not aligned to \(alignment)")
    if count == 1, alignment == 1 {
      #expect(run.first.rawValue == runs.first?.lowerBound, "\(run) is not the lowest frame")
    } else if alignment == 1 {
      let fitting = runs.filter { $0.count >= count }
      let shortest = fitting.map(\.count).min()
      let isShortest = fitting.contains {
        $0.lowerBound == run.first.rawValue && $0.count == shortest
      }
      #expect(isShortest, "\(run) is not the start of the shortest run that fits")
    }
    enter(run)
    return run
  }

  @discardableResult
  func takeNext(_ end: Int, _ count: Int) -> Bool {
    let range = end..<end + count
    let fits = range.upperBound <= reference.states.count && reference.all(range, are: .free)
    let isTaken = frames.takeNext(PageFrame(end), PageCount(count))
    #expect(isTaken == fits, "\(count) frames at \(end)")
    if isTaken { enter(FrameRun(first: PageFrame(end), pageCount: PageCount(count))) }
    return isTaken
  }

  /// Takes exactly these frames, wherever in a free run they are.
  func mark(_ first: Int, _ count: Int) {
    let part = first..<first + count
    let run = reference.freeRuns().first { $0.clamped(to: part) == part }
    guard let run else {
      Issue.record("\(part) is not free")
      return
    }
    frames.take(part, of: run)
    enter(FrameRun(first: PageFrame(first), pageCount: PageCount(count)))
  }

  @discardableResult
  func gather(_ count: Int) -> [FrameRun] {
    let lengths = reference.freeRuns().map(\.count).sorted(by: >)
    guard let list = frames.gather(PageCount(count), into: table) else {
      Issue.record("no nodes for \(count) frames")
      return []
    }
    #expect(list.pageCount.rawValue == count)
    let runs = table.array(freeing: list)
    let (unused, capacity) = (table.unusedCount, table.nodes.count)
    #expect(unused == capacity)
    #expect(runs.reduce(0) { $0 + $1.pageCount.rawValue } == count)
    // Brute force: the longest runs first are as few as there can be.
    var (fewest, missing) = (0, count)
    while missing > 0 {
      missing -= lengths[fewest]
      fewest += 1
    }
    #expect(runs.count == fewest, "\(count) frames of \(lengths.prefix(fewest + 1))...")
    for run in runs { enter(run) }
    return runs
  }

  func give(_ run: FrameRun) {
    frames.give(run)
    reference.set(run.first.rawValue..<run.end.rawValue, .free)
  }

  /// Gives back some of what was taken: a run, or a part from its middle.
  func giveSome<Generator: RandomNumberGenerator>(using generator: inout Generator) {
    guard !taken.isEmpty else { return }
    taken.swapAt(Int.random(in: taken.indices, using: &generator), taken.count - 1)
    let run = taken.removeLast()
    let count = run.pageCount.rawValue
    let low = Bool.random(using: &generator) ? 0 : Int.random(in: 0..<count, using: &generator)
    let high =
      Bool.random(using: &generator)
      ? count : Int.random(in: low + 1...count, using: &generator)
    let rest = run.dropping(PageCount(low))
    if low > 0 { taken.append(run.prefix(PageCount(low))) }
    if high < count { taken.append(run.dropping(PageCount(high))) }
    give(rest.prefix(PageCount(high - low)))
  }

  /// Hides one range of absent chunks.
  @discardableResult
  func hide(
    for count: PageCount, contiguous: Bool, alignment: Int = 1, atMost limit: Int = .max
  ) -> Range<Int>? {
    let range = frames.hideAbsent(
      for: count, contiguous: contiguous, alignment: PageCount(alignment), atMost: PageCount(limit))
    if let range { hide(range, were: .absent) }
    return range
  }

  /// Makes chunks resident until a request can be served.
  ///
  /// - Returns: the ranges, ascending, neighbours one; empty where nothing helps.
  @discardableResult
  func grow(for count: Int, contiguous: Bool, alignment: Int = 1) -> [Range<Int>] {
    var chunks: [Int] = []
    while !reference.serves(count, contiguous: contiguous, alignment: alignment),
      let range = hide(for: PageCount(count), contiguous: contiguous, alignment: alignment)
    {
      chunks += range
      publish(hidden.count - 1)
    }
    return FrameReference.ranges(of: chunks.sorted())
  }

  /// Makes wholly free chunks absent.
  ///
  /// The reference knows no holes: what is free of other chunks is shown again.
  func shrink() {
    var others: [FrameRun] = []
    while let run = frames.hideLongest(atMost: 512) {
      let chunk = run.first.rawValue / 512
      guard reference.frames(chunk) == run.first.rawValue..<run.end.rawValue else {
        others.append(run)
        continue
      }
      #expect(reference.all(reference.frames(chunk), are: .free))
      frames.retire(run)
      reference.set(reference.frames(chunk), .absent)
    }
    for run in others { frames.publish(run) }
  }

  private func hide(_ range: Range<Int>, were state: FrameReference.State) {
    for chunk in range {
      #expect(reference.all(reference.frames(chunk), are: state))
      reference.set(reference.frames(chunk), .hidden)
    }
    hidden.append(range)
  }

  func publish(_ index: Int) {
    let range = hidden.remove(at: index)
    frames.publish(range)
    for chunk in range { reference.set(reference.frames(chunk), .free) }
  }

  func retire(_ index: Int) {
    let range = hidden.remove(at: index)
    frames.retire(range)
    for chunk in range { reference.set(reference.frames(chunk), .absent) }
  }

  private func enter(_ run: FrameRun) {
    let range = run.first.rawValue..<run.end.rawValue
    #expect(reference.all(range, are: .free), "\(run) was not free")
    reference.set(range, .used)
    taken.append(run)
  }
}
