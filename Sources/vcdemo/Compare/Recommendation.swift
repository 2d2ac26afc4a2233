// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Whether VCompound is worth it for the program that a trace was recorded of.
///
/// A function of the results alone. Where a program can have the same from a malloc that is
/// preloaded, without a change, the answer is no.
package struct Recommendation: Equatable, Sendable {
  /// The answer.
  package enum Answer: String, Sendable {
    /// It saves memory or time, and costs nothing of the other that counts.
    case yes
    /// It saves one and costs the other, or the program is not of the kind that gains much.
    case depends
    /// It saves neither, or a malloc does as well.
    case no
    /// Too little was measured.
    case unknown
  }

  /// Why; both memory and time are those of the regime in which VCompound does worse.
  package enum Reason: Equatable, Sendable {
    /// No budget of VCompound was measured.
    case notMeasured
    /// Each of the budgets refused requests.
    case refused
    /// There is no malloc to compare with.
    case noPeer
    /// So many bytes fewer are resident than with the program's malloc.
    case savesMemory(Int)
    /// So many bytes more are.
    case costsMemory(Int)
    /// The difference is too small to count; so many bytes fewer.
    case sameMemory(Int)
    /// So many times the time of the program's malloc, which is less.
    case savesTime(Double)
    /// So many times its time, which is more.
    case costsTime(Double)
    /// The difference is too small to count, or the program spends too little of its time there.
    case sameTime(Double)
    /// This malloc is as good in both.
    case rival(String)
    /// The program keeps little alive.
    case isSmall
    /// Most of what is alive at the peak is in blocks smaller than a page.
    case hasSmallBlocks

    var isGain: Bool {
      switch self {
      case .savesMemory, .savesTime: true
      default: false
      }
    }

    var isLoss: Bool {
      switch self {
      case .costsMemory, .costsTime: true
      default: false
      }
    }
  }

  /// What a time may be of the best, or of another's, to count as equal.
  ///
  /// The medians of one contender differ by some per cent from run to run on a quiet machine, and
  /// by almost ten on a busy one.
  static let equalTime = 1.10
  /// What a time must be of the best to be slow beyond doubt: twice the noise of a busy machine,
  /// and some more.
  static let slowTime = 1.25
  /// The share of a run's time that must be at stake: what is less, nobody notices.
  static let leastTimeShare = 0.01
  /// The share of a malloc's resident memory that a saving must be: the peaks of one malloc differ
  /// by one to three per cent from run to run, and from version to version by more.
  static let leastMemoryShare = 0.05
  /// The share of its memory by which a run differs from the next.
  static let equalMemoryShare = 0.03
  /// The bytes that a saving must be: some chunks of 2 MiB, in which arenas become resident, and
  /// several times the 1 MiB that an arena takes for itself.
  static let leastMemory = 8 << 20

  /// The answer.
  package let answer: Answer
  /// Why, what counts most first.
  package let reasons: [Reason]
  /// The least measured budget at which VCompound refuses nothing and both its memory and, as far
  /// as the program would notice, its time are near their best; nil where there is none.
  package let point: Ratio?
  /// The least measured budget at which nothing is refused.
  package let tightest: Ratio?
  /// The malloc that the program has: glibc's, or the fastest one where that was not measured.
  package let present: String?

  /// Answers for one trace.
  package init(_ result: TraceResult) {
    let ours = result.results.filter { $0.contender.budget != nil }
    let served = ours.filter { $0.failures == 0 }
    let regime = result.regimes[0]
    let near = Self.best(served, result)
    let current = result.peer(Peer.systemName) ?? result.fastestPeer(regime)
    point = near?.contender.budget
    tightest = served.first?.contender.budget
    present = current?.contender.name
    guard let near, let current else {
      answer = ours.isEmpty || near != nil ? .unknown : .no
      reasons = [ours.isEmpty ? .notMeasured : near == nil ? .refused : .noPeer]
      return
    }
    let memory = Self.memory(near, current, result.trace)
    let time = Self.time(near, current, result.trace)
    let rival = result.results.first { peer in
      peer.contender.budget == nil && peer.contender.name != current.contender.name
        && peer.failures == 0
        && !Self.memory(near, peer, result.trace).isGain
        && !Self.time(near, peer, result.trace).isGain
    }
    var reasons = time.isGain && !memory.isGain ? [time, memory] : [memory, time]
    let gains = reasons.contains(where: \.isGain)
    if gains, let rival { reasons.insert(.rival(rival.contender.name), at: 0) }
    var doubts: [Reason] = []
    if result.trace.peakLiveBytes < 2 * Self.leastMemory { doubts.append(.isSmall) }
    if result.trace.hasSmallBlocks { doubts.append(.hasSmallBlocks) }
    if !gains || rival != nil {
      answer = .no
    } else {
      answer = doubts.isEmpty && !reasons.contains(where: \.isLoss) ? .yes : .depends
    }
    reasons += doubts
    self.reasons = reasons
  }

  /// The tightest whose memory and, as far as the program would notice, time are near the best of
  /// some; or a faster one that takes hardly more memory.
  private static func best(
    _ served: [ContenderResult], _ result: TraceResult
  ) -> ContenderResult? {
    let fast = served.filter { one in
      result.regimes.allSatisfy { regime in
        guard let (time, best) = times(one, among: served, regime) else { return false }
        return time <= best * equalTime || !counts(time - best, result.trace)
      }
    }
    // Where noise lets nobody be near the best in both regimes, memory decides.
    let good = fast.isEmpty ? served : fast
    // In a tight arena blocks may take whole pages that would share slabs in a larger one.
    let least = good.map { peak($0, result.trace) }.min() ?? 0
    let near = good.filter { peak($0, result.trace) - least < counted(least) }
    guard let tight = near.first else { return nil }
    // For no more memory than a run differs from the next, nobody need take a slow one, even if
    // the program would not notice.
    let most = Double(peak(tight, result.trace)) * (1 + equalMemoryShare)
    let equal = near.filter { Double(peak($0, result.trace)) <= most }
    func slowness(_ one: ContenderResult) -> Double {
      result.regimes.map { regime in
        times(one, among: equal, regime).map { $0.time / $0.best } ?? .infinity
      }.max() ?? 1
    }
    if slowness(tight) <= slowTime { return tight }
    return equal.first { slowness($0) <= equalTime } ?? equal.min { slowness($0) < slowness($1) }
  }

  /// The time of one, and the best of some, in a regime; nil where it was not measured.
  private static func times(
    _ one: ContenderResult, among all: [ContenderResult], _ regime: Regime
  ) -> (time: Double, best: Double)? {
    guard let time = one[regime]?.nanoseconds.median,
      let best = all.compactMap({ $0[regime]?.nanoseconds.median }).min(), best > 0
    else { return nil }
    return (time, best)
  }

  /// The bytes that a contender kept resident, in the regime in which that was more.
  static func peak(_ result: ContenderResult, _ trace: TraceSummary) -> Int {
    let footprints = [result.firstPass, result.steady].compactMap { $0?.footprint.median }
    return bytes(footprints.max() ?? 0, trace)
  }

  /// The bytes that must be between two sizes for the difference to count.
  private static func counted(_ byteCount: Int) -> Int {
    max(leastMemory, Int(Double(byteCount) * leastMemoryShare))
  }

  /// The bytes that a footprint is.
  static func bytes(_ footprint: Double, _ trace: TraceSummary) -> Int {
    Int((footprint * Double(trace.peakLiveBytes)).rounded())
  }

  /// The times of a contender in the times of another; of the regimes that both have.
  static func ratios(_ one: ContenderResult, to other: ContenderResult) -> [Double] {
    [Regime.steady, .firstPass].compactMap { regime in
      guard let time = one[regime]?.nanoseconds.median,
        let divisor = other[regime]?.nanoseconds.median, divisor > 0
      else { return nil }
      return time / divisor
    }
  }

  private static func memory(
    _ ours: ContenderResult, _ current: ContenderResult, _ trace: TraceSummary
  ) -> Reason {
    let saved =
      [Regime.steady, .firstPass].compactMap { regime -> Int? in
        guard let mine = ours[regime], let theirs = current[regime] else { return nil }
        return bytes(theirs.footprint.median - mine.footprint.median, trace)
      }.min() ?? 0
    let least = counted(peak(current, trace))
    if saved >= least { return .savesMemory(saved) }
    return saved <= -least ? .costsMemory(-saved) : .sameMemory(saved)
  }

  private static func time(
    _ ours: ContenderResult, _ current: ContenderResult, _ trace: TraceSummary
  ) -> Reason {
    let ratio = ratios(ours, to: current).max() ?? 1
    let gap = ours.firstPass.nanoseconds.median - current.firstPass.nanoseconds.median
    let counts = counts(gap, trace)
    if counts, ratio > equalTime { return .costsTime(ratio) }
    return counts && ratio < 1 / equalTime ? .savesTime(ratio) : .sameTime(ratio)
  }

  /// Whether so many nanoseconds more or less for each event are of a size that counts.
  private static func counts(_ gap: Double, _ trace: TraceSummary) -> Bool {
    // A trace without times does not tell how long the program ran.
    trace.duration == 0
      || abs(gap) * Double(trace.events) >= leastTimeShare * Double(trace.duration)
  }
}
