// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What a thread of the allocator's own does off the path of requests.
///
/// The thread begins with the allocator, gets no signals, calls no function of the program's, and
/// has ended when the allocator has. A child of `fork` has none.
public struct ArenaUpkeep: Hashable, Sendable {
  /// How long memory stays free before it goes back to the system, gradually; nil keeps it until
  /// ``CompoundAllocator/trim()`` or a request needs it elsewhere.
  ///
  /// What was free all that time goes: half of it with each eighth of the time, whole chunks first,
  /// then pages that lie scattered. Magazines of threads are emptied once in that time. From a
  /// millisecond to a day; other values count as the nearest.
  public var decay: Duration? = .seconds(5)

  /// The most memory a second that is exchanged so that scattered free pages become runs; 0 for
  /// none.
  ///
  /// A block that has to be stitched tells what is missing: a free run of its size. The thread
  /// makes one, if enough pages are free, and another one when that is taken, until none was needed
  /// for a second. It works while the program pauses, not while many blocks are stitched
  /// (<doc:MeasuredDecisions>).
  public var healingPerSecond: ByteCount = .gibibytes(4)

  /// Decay after five seconds, and healing.
  public init() {}
}

extension ArenaUpkeep {
  /// The nanoseconds of a step of decay, or nil where nothing decays.
  var decayStep: Int? {
    guard let decay else { return nil }
    let limited = min(max(decay, .milliseconds(1)), .seconds(86_400)) / Decay.stepCount
    return limited.nanoseconds
  }
}
