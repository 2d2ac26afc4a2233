// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// What the helper thread does. It holds no lock across the system calls that move memory. Frames on
// their way are hidden: a request that could use them waits for them, as for all that is in
// transit, and then the thread lets them go. Emptying caches takes the locks that requests take for
// it.
extension Heap {
  /// Begins the helper thread, if the configuration asks for one.
  ///
  /// - Throws: `systemCall`.
  package func startHelper() throws(CompoundError) {
    guard let upkeep = policy.upkeep, upkeep.decayStep != nil || policy.heals else { return }
    let door = Door(self)
    try helper.start(system: system) { door.pass { $0.keepUp(upkeep) } }
  }

  /// The helper thread's life.
  private func keepUp(_ upkeep: ArenaUpkeep) {
    var decay = Schedule(of: upkeep.decayStep)
    var healing = Schedule(of: policy.heals ? Self.healingPause : nil)
    var unneeded = Decay()
    var bustle = Bustle()
    while !helper.isEnding {
      var now = readClock()
      if decay.isDue(now) {
        if decay.count % Decay.stepCount == 0 { emptyCaches() }
        giveBackUnneeded(unneeded.step(least: pages.withLock { $0.frames.takeLeastFree() }))
        now = readClock()
      }
      let wanted = helper.wanted(now)
      if wanted > 0, healing.isDue(now) {
        let stitched = pages.read { $0.counts.stitchedAllocations }
        let healed = bustle.isQuiet(stitched) ? heal(wanted) : 0
        if healed > 0 {
          helper.prolong(now)
          healing.delay(by: upkeep.nanosecondsOfHealing(healed))
        }
      }
      let next = min(decay.time, wanted > 0 ? healing.time : .max)
      helper.sleep(nanoseconds: next == .max ? nil : max(0, next - readClock()), wanted: wanted)
    }
  }

  /// The nanoseconds between two looks at whether there is a run of the size that is wanted.
  private static var healingPause: Int { 500_000 }

  // MARK: Decay

  /// Gives free frames back, unless a request waits for memory.
  ///
  /// Of the longest runs first, which takes the fewest calls; what is less than a chunk, of the
  /// shortest.
  private func giveBackUnneeded(_ count: PageCount) {
    let chunk = PageCount(PageCount.pagesPerChunk)
    var left = count
    while left > 0, !helper.isEnding, pages.read({ $0.waiting == 0 }) {
      let given = try? giveBack(min(left, chunk)) { ledger, most in
        left < chunk
          ? ledger.frames.hideScattered(atMost: most) : ledger.frames.hideLongest(atMost: most)
      }
      guard let given, given > 0 else { return }
      left -= given
    }
  }

  /// Empties the magazines and depots, which fill again where they are in use, and takes windows
  /// down that no block uses.
  private func emptyCaches() {
    withThreadCachesPaused(emptying: .allObjects) {}
    windows.tearDownRetired()
  }

  // MARK: Healing

  /// Where so many times as much is free, runs come by themselves as neighbours are freed, and
  /// holes keep others from merging: in simulations of a cache 80 % full, healing has three times
  /// as many blocks stitched as none.
  private static var plenty: Int { 10 }

  /// Makes a free run of so many frames by exchange, chunk by chunk: what `kcompactd` does for an
  /// order that was not to be had.
  ///
  /// The memory for a chunk is reserved while it is given back, so that no request grows with it in
  /// place of the thread. More than a chunk is never on its way.
  ///
  /// - Parameter count: the frames of the run.
  /// - Returns: the frames that lost their memory; 0 where there is such a run, or no way to one,
  ///   or plenty is free.
  @discardableResult
  package func heal(_ count: PageCount) -> PageCount {
    let site = pages.read { ledger in
      let free = ledger.frames.freeResident
      let isWorthIt =
        max(count, PageCount(PageCount.pagesPerChunk)) <= free
        && free.rawValue < Self.plenty * count.rawValue
      return isWorthIt ? ledger.frames.site(forRunOf: count) : nil
    }
    var moved: PageCount = 0
    for chunk in site ?? 0..<0 {
      guard makeByExchange(chunk, &moved) else { break }
    }
    return moved
  }

  /// Makes an absent chunk of the memory of scattered frames.
  ///
  /// - Parameters:
  ///   - chunk: which.
  ///   - moved: grows by the frames that lost their memory.
  /// - Returns: whether it is there now; else what was given back is absent.
  private func makeByExchange(_ chunk: Int, _ moved: inout PageCount) -> Bool {
    let size = pages.read { $0.frames.frames(in: chunk..<chunk + 1).pageCount }
    var reserved: PageCount = 0
    while reserved < size, !helper.isEnding, pages.read({ $0.waiting == 0 }) {
      let given = try? giveBackRun(isReserved: true) {
        $0.frames.hideScattered(atMost: size - reserved)
      }
      guard let given, given > 0 else { break }
      reserved += given
    }
    moved += reserved
    let isHidden = pages.withLock { ledger in
      ledger.unreserve(reserved)
      return reserved == size && ledger.frames.hideFresh(chunk: chunk)
    }
    return isHidden && (try? makeResident(chunk..<chunk + 1)) != nil
  }
}

extension ArenaUpkeep {
  /// The time in which so much may be exchanged.
  fileprivate func nanosecondsOfHealing(_ pages: PageCount) -> Int {
    let bytes = Double(pages.byteCount.rawValue)
    return Int(min(bytes / Double(max(1, healingPerSecond.rawValue)), 86_400) * 1e9)
  }
}

/// Whether the program has many blocks stitched at a time.
///
/// Then the thread cannot keep up, and holes made now and then have more blocks stitched than none:
/// in simulations two to three times as many.
private struct Bustle {
  private var last = 0
  /// The blocks stitched in the last sixteen looks or so: eight milliseconds.
  private var recent = 0.0

  /// Looks, with the number of all blocks ever stitched.
  mutating func isQuiet(_ stitched: Int) -> Bool {
    recent = recent * 15 / 16 + Double(stitched - last)
    last = stitched
    return recent <= 3
  }
}

/// When something is done again and again.
private struct Schedule {
  private let period: Int?
  /// The next time; the end of all time where there is none.
  private(set) var time: Int
  /// How often it was due.
  private(set) var count = 0

  init(of period: Int?) {
    self.period = period
    time = period.map { readClock() + $0 } ?? .max
  }

  /// Whether the time has come; then the next one is a period later.
  mutating func isDue(_ now: Int) -> Bool {
    guard let period, now >= time else { return false }
    count += 1
    time = now + period
    return true
  }

  /// Puts the next time off.
  mutating func delay(by nanoseconds: Int) {
    if nanoseconds > 0 { time += nanoseconds }
  }
}
