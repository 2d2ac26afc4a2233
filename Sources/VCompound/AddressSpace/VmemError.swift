// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Why an arena of numbers refused a request.
///
/// Nothing has changed in the ``VmemArena`` then.
public enum VmemError: Error, Hashable, Sendable {
  /// What an arena is made with.
  public enum Setting: String, Hashable, Sendable {
    case quantum, cachedSizes, segmentLimit, smallestImport
  }

  /// What a request can be constrained by.
  public enum Constraint: String, Hashable, Sendable {
    case alignment, phase, boundary
  }

  /// No free range serves, and the source has none.
  ///
  /// - Parameters:
  ///   - asked: the size, rounded up to the quantum.
  ///   - free: all free numbers.
  ///   - largestFree: the count of the longest free range.
  case noRoom(asked: Int, free: Int, largestFree: Int)

  /// The arena has as many spans and ranges as it may; a request needs up to two more.
  case tooManySegments(limit: Int)

  /// A size below 1.
  case invalidSize(Int)

  /// An alignment or boundary that is no power of two up to 2^61, or a phase that is not below the
  /// alignment, or no multiple of the quantum.
  case invalidConstraint(Constraint, value: Int)

  /// A span that is empty, not within 0 ..< 2^62, or not at multiples of the quantum.
  case invalidSpan(Range<Int>, quantum: Int)

  /// A span that cannot be added, because another one has some of its numbers.
  case overlap(Range<Int>, span: Range<Int>)

  /// An arena cannot be made with this.
  case invalidSetting(Setting, value: Int)

  /// The operating system refused a call, which the tables need.
  case systemCall(SystemCallKind, errno: Int32)

  /// What the tables' mapping met.
  init(_ error: CompoundError) {
    guard case .systemCall(let call, let code) = error else {
      stop("the tables of an arena met \(error)")
    }
    self = .systemCall(call, errno: code)
  }
}

extension VmemError: CustomStringConvertible {
  /// One line that says what went wrong and, where something helps, what to do.
  public var description: String {
    switch self {
    case .noRoom(let asked, let free, let largestFree):
      "no room: asked for \(asked), free \(free), longest free range \(largestFree); "
        + "free some, add a span, or constrain less"
    case .tooManySegments(let limit):
      "too many segments: all \(limit) are in use; free some, or raise segmentLimit"
    case .invalidSize(let size):
      "invalid size: \(size); a size is 1 or more"
    case .invalidConstraint(.phase, let value):
      "invalid phase: \(value); a phase is a multiple of the quantum, and below the alignment"
    case .invalidConstraint(let constraint, let value):
      "invalid \(constraint.rawValue): \(value); it is a power of two up to 2^61"
    case .invalidSpan(let span, let quantum):
      "invalid span: \(span); a span has numbers, of 0 ..< 2^62, and begins and ends at "
        + "multiples of \(quantum)"
    case .overlap(let range, let span):
      "overlap: \(range) has numbers of the span \(span); add each number once"
    case .invalidSetting(.quantum, let value):
      "invalid quantum: \(value); it is a power of two up to 2^61"
    case .invalidSetting(.cachedSizes, let value):
      "invalid cachedSizes: \(value); it is 0 ... \(QuantumCaches.mostSizes)"
    case .invalidSetting(.segmentLimit, let value):
      "invalid segmentLimit: \(value); it is 2 ... 2^31"
    case .invalidSetting(.smallestImport, let value):
      "invalid smallestImport: \(value); it is 1 ... 2^61"
    case .systemCall(let call, let code):
      "\(call.rawValue) failed: \(describe(errno: code))"
    }
  }
}
