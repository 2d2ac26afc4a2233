// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// A frame space larger than the capacity: frames lose their memory one by one, and others get it.
@Suite struct HolesTests {
  private enum State { case absent, free, used, hidden }

  /// A frame model, and a plain array of what each frame is.
  private final class Model {
    var frames: Frames
    var states: [State]
    var taken: [FrameRun] = []
    var scattered: [FrameRun] = []
    var chunks: [Range<Int>] = []
    var reserved = 0
    var random: SeededGenerator

    init(capacity: Int, space: Int, seed: UInt64) throws {
      frames = try Frames(
        pageCount: PageCount(capacity), space: PageCount(space), system: OperatingSystem())
      states = Array(repeating: .absent, count: space)
      random = SeededGenerator(seed: seed)
    }

    func pick(_ upTo: Int) -> Int { Int.random(in: 0..<max(1, upTo), using: &random) }

    func set(_ run: FrameRun, _ from: State, _ to: State) {
      for frame in run.first.rawValue..<run.end.rawValue {
        if states[frame] != from { Issue.record("\(frame) is \(states[frame]), not \(from)") }
        states[frame] = to
      }
    }

    func take() {
      guard let run = frames.takeContiguous(PageCount(1 + pick(40))) else { return }
      set(run, .free, .used)
      taken.append(run)
    }

    func give() {
      guard !taken.isEmpty else { return }
      taken.swapAt(pick(taken.count), taken.count - 1)
      let run = taken.removeLast()
      frames.give(run)
      set(run, .used, .free)
    }

    /// The chunks that have holes, free frames, and nothing else.
    func hollowChunks() -> [Int] {
      stride(from: 0, to: states.count, by: 512).filter { start in
        let chunk = states[start..<min(start + 512, states.count)]
        return chunk.allSatisfy { $0 == .free || $0 == .absent } && chunk.contains(.absent)
          && chunk.contains(.free)
      }.map { $0 / 512 }
    }

    /// The lengths of all maximal runs of free frames.
    func freeLengths() -> [Int] {
      states.split { $0 != .free }.map(\.count)
    }

    func hideFree() {
      let limit = PageCount(1 + pick(700))
      let lengths = freeLengths()
      let hollow = hollowChunks()
      let hidden: FrameRun?
      switch pick(3) {
      case 0:
        hidden = frames.hideLongest(atMost: limit)
        // Whole chunks of the longest run, or what the limit allows of it.
        let longest = lengths.max() ?? 0
        #expect((hidden?.pageCount.rawValue ?? 0) >= min(longest, limit.rawValue) - 511)
      case 1:
        hidden = frames.hideScattered(atMost: limit)
        if hollow.isEmpty, let shortest = lengths.min() {
          #expect(hidden?.pageCount.rawValue == min(shortest, limit.rawValue))
        }
      default:
        hidden = frames.hideHollow(atMost: limit)
        #expect((hidden == nil) == hollow.isEmpty)
        if let hidden { #expect(hollow.contains(hidden.first.rawValue / 512)) }
      }
      guard let hidden else { return }
      #expect(hidden.pageCount <= limit && hidden.pageCount > 0)
      set(hidden, .free, .hidden)
      scattered.append(hidden)
    }

    func hideHoles() {
      let absent = frames.freeAbsent
      guard absent > 0,
        let hidden = frames.hideHoles(
          from: pick(states.count / 512), atMost: min(absent, PageCount(1 + pick(300))))
      else { return }
      set(hidden, .absent, .hidden)
      scattered.append(hidden)
    }

    func hideFresh() {
      let count = PageCount(1 + pick(1200))
      guard
        let range = frames.hideFresh(
          for: count, alignment: PageCount(1 << pick(11)), atMost: count + PageCount(pick(600)))
      else { return }
      let hidden = frames.hiddenFrames(in: range)
      #expect(hidden.pageCount >= count)
      set(hidden, .absent, .hidden)
      chunks.append(range)
    }

    func hideSite() {
      let count = 1 + pick(2000)
      let hasRun = (freeLengths().max() ?? 0) >= count
      guard let site = frames.site(forRunOf: PageCount(count)) else { return }
      #expect(!hasRun)
      let all = frames.frames(in: site)
      // Behind free frames or not, they make a run that is long enough.
      let before = states[..<all.first.rawValue].reversed().prefix { $0 == .free }.count
      #expect(before + all.pageCount.rawValue >= count)
      #expect(states[all.first.rawValue..<all.end.rawValue].allSatisfy { $0 == .absent })
      guard frames.hideFresh(chunk: site.lowerBound) else { return }
      let range = site.lowerBound..<site.lowerBound + 1
      set(frames.hiddenFrames(in: range), .absent, .hidden)
      chunks.append(range)
    }

    func reserve() {
      let absent = frames.freeAbsent
      let count = absent > 0 ? PageCount(pick(absent.rawValue)) : 0
      frames.reserve(count)
      reserved += count.rawValue
    }

    func unreserve() {
      frames.reserve(PageCount(-reserved))
      reserved = 0
    }

    func hideAbsent() {
      let missing = frames.freeResident + PageCount(1 + pick(800))
      guard let range = frames.hideAbsent(for: missing, contiguous: pick(2) == 0) else { return }
      set(frames.hiddenFrames(in: range), .absent, .hidden)
      chunks.append(range)
    }

    func settle() {
      if !scattered.isEmpty {
        let hidden = scattered.remove(at: pick(scattered.count))
        let getsMemory = pick(2) == 0
        set(hidden, .hidden, getsMemory ? .free : .absent)
        if getsMemory { frames.publish(hidden) } else { frames.retire(hidden) }
      }
      if !chunks.isEmpty {
        let range = chunks.remove(at: pick(chunks.count))
        let getsMemory = pick(4) > 0
        set(frames.hiddenFrames(in: range), .hidden, getsMemory ? .free : .absent)
        if getsMemory { frames.publish(range) } else { frames.retire(range) }
      }
    }

    func compare(capacity: Int) {
      frames.validate()
      func count(_ state: State) -> Int { states.count { $0 == state } }
      let (used, free, hidden) = (frames.used, frames.freeResident, frames.hidden)
      #expect(used.rawValue == count(.used))
      #expect(free.rawValue == count(.free))
      #expect(hidden.rawValue == count(.hidden))
      // The ceiling holds at each moment.
      let absent = frames.freeAbsent
      let inUse = count(.used) + count(.free) + count(.hidden) + reserved
      #expect(absent.rawValue == capacity - inUse)
      #expect(absent >= 0)
      let isUsed = states.indices.filter {
        states[$0] == .used && !frames.isUsed(PageFrame($0))
      }
      #expect(isUsed.isEmpty)
      let total = frames.fragmentation().free
      let all = frames.free
      #expect(total <= all)
    }
  }

  @Test(arguments: [(20, 4096), (512, 2048), (1000, 4096), (3000, 5000), (4096, 16_384)])
  func agreesWithAPlainArray(capacity: Int, space: Int) throws {
    for seed in 0..<3 as Range<UInt64> {
      let model = try Model(capacity: capacity, space: space, seed: seed)
      for step in 0..<2000 {
        // Half of the time more is taken, half of the time more is given back.
        let isFilling = step / 400 % 2 == 0
        switch model.pick(100) {
        case 0..<(isFilling ? 50 : 20): model.take()
        case 50..<55: model.hideAbsent()
        case 55..<58: model.hideFresh()
        case 58: model.hideSite()
        case 59: if model.reserved == 0 { model.reserve() } else { model.unreserve() }
        case 60..<66: model.hideFree()
        case 66..<70: model.hideHoles()
        case 70..<82: model.settle()
        default: model.give()
        }
        if step % 61 == 0 { model.compare(capacity: capacity) }
      }
      while !model.taken.isEmpty { model.give() }
      model.unreserve()
      while !model.scattered.isEmpty || !model.chunks.isEmpty { model.settle() }
      model.compare(capacity: capacity)
    }
  }

  /// A value that there is; the argument may change what a macro could not.
  private func must<Value>(_ value: Value?) throws -> Value { try #require(value) }

  @Test func aChunkWithoutMemoryIsFresh() throws {
    var frames = try Frames(pageCount: 512, space: 2048, system: OperatingSystem())
    let first = try must(frames.hideAbsent(for: 512, contiguous: true))
    frames.publish(first)
    let block = try must(frames.takeContiguous(1))
    let hidden = try must(frames.hideLongest(atMost: 512))
    #expect(hidden.pageCount == 511)
    frames.retire(hidden)
    // The others are where there is room for a run.
    let size = frames.exchangeSize(for: 511, alignment: 1, atMost: 512)
    #expect(size == 511)
    let second = try must(frames.hideFresh(for: 511, alignment: 1, atMost: 512))
    #expect(second == 1..<2)
    frames.publish(second)
    let run = try must(frames.takeContiguous(511))
    #expect(run.first.rawValue == 512)
    frames.give(block)
    let last = try must(frames.hideHollow(atMost: 512))
    #expect(last.pageCount == 1)
    frames.retire(last)
    frames.validate()
    let again = frames.exchangeSize(for: 1, alignment: 1, atMost: 1)
    #expect(again == 1)
    let isAbsent = frames.isAbsent(0)
    #expect(isAbsent)
  }
}
