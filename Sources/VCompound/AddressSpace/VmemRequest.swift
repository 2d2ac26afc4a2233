// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Vmem {
  /// Where a range may lie.
  package struct Constraints: Sendable, Equatable {
    /// A power of two.
    package var alignment: Int

    /// The range begins this many numbers behind a multiple of the alignment.
    package var phase: Int

    /// A power of two, no multiple of which may lie inside the range; nil for none.
    package var boundary: Int?

    /// What the range must lie within.
    package var bounds: Range<Int>

    /// Makes constraints; those left out do not constrain.
    package init(
      alignment: Int = 1, phase: Int = 0, boundary: Int? = nil,
      bounds: Range<Int> = Vmem.allNumbers
    ) {
      self.alignment = alignment
      self.phase = phase
      self.boundary = boundary
      self.bounds = bounds
    }

    /// No constraints.
    package static let none = Constraints()
  }

  /// A size, and constraints that make sense for an arena.
  package struct Request: Sendable {
    /// How many numbers, a multiple of the quantum.
    package let size: Int

    /// Where they may lie; the alignment is the quantum at least.
    package private(set) var constraints: Constraints

    /// What segments begin at multiples of.
    private let quantum: Int

    init(_ size: Int, _ constraints: Constraints, quantum: Int) {
      self.size = size
      self.constraints = constraints
      self.quantum = quantum
      self.constraints.alignment = max(constraints.alignment, quantum)
    }

    /// Whether any segment of this size serves from its start.
    @inline(__always)
    var isPlain: Bool {
      constraints.alignment == quantum && constraints.boundary == nil && !isBounded
    }

    /// Whether it depends on more than its size and start whether a segment serves.
    @inline(__always)
    var isBounded: Bool { constraints.bounds != Vmem.allNumbers }

    /// The lowest number in a segment at which the range can begin, or nil.
    @inline(__always)
    func place(in segment: Range<Int>) -> Int? {
      let low = max(segment.lowerBound, constraints.bounds.lowerBound)
      let high = min(segment.upperBound, constraints.bounds.upperBound)
      // No sum overflows: numbers, alignment and phase are at most 2^62.
      guard size <= high - low else { return nil }
      let mask = constraints.alignment - 1
      var first = low + (constraints.phase - low) & mask
      guard first <= high - size else { return nil }
      guard let boundary = constraints.boundary, crosses(boundary, from: first) else {
        return first
      }
      // The next place is the first one behind the boundary. If it crosses another one, all do;
      // so do they if the alignment is the larger of the two.
      first = (first + size - 1) & -boundary
      first += (constraints.phase - first) & mask
      return first <= high - size && !crosses(boundary, from: first) ? first : nil
    }

    /// Whether a multiple of a boundary lies inside the range that begins at a number.
    private func crosses(_ boundary: Int, from first: Int) -> Bool {
      (first ^ (first + size - 1)) & -boundary != 0
    }

    /// The size from which on a segment serves wherever it begins, bounds aside; nil where none
    /// does.
    ///
    /// Between one place where the range may begin and the next there is a largest gap; a segment
    /// that begins right behind a place must reach over the gap.
    var certainSize: Int? {
      var gap = constraints.alignment
      if let boundary = constraints.boundary {
        let offset = constraints.phase & (boundary - 1)
        guard size <= boundary - offset else { return nil }
        if gap < boundary {
          // The last place before a boundary, and the first one behind it.
          gap = boundary - (boundary - size - offset) & -gap
        }
      }
      let certain = size + (gap - quantum)
      return certain <= Vmem.allNumbers.upperBound ? certain : nil
    }
  }

  /// What is known of an arena without looking into it.
  struct Shape: Sendable {
    /// What the arena is called in messages.
    let name: String

    /// What all sizes are multiples of, a power of two.
    let quantum: Int

    /// What a source is asked for at least, if there is as much to be had.
    let smallestImport: Int

    /// Checks what a caller asks for, and rounds the size up to the quantum.
    ///
    /// - Returns: the request, or nil where no arena could ever have room.
    @inline(__always)
    func request(_ size: Int, _ constraints: Constraints) -> Request? {
      guard size > 0 else { stop("\(name): cannot allocate \(size) numbers") }
      let (alignment, phase) = (constraints.alignment, constraints.phase)
      guard alignment > 0, alignment & (alignment - 1) == 0 else {
        stop("\(name): the alignment \(alignment) is no power of two")
      }
      guard 0 <= phase, phase < alignment, phase & (quantum - 1) == 0 else {
        stop("\(name): no phase \(phase) with alignment \(alignment) and quantum \(quantum)")
      }
      if let boundary = constraints.boundary {
        guard boundary > 0, boundary & (boundary - 1) == 0 else {
          stop("\(name): the boundary \(boundary) is no power of two")
        }
      }
      guard size <= Vmem.allNumbers.upperBound else { return nil }
      return Request((size + quantum - 1) & -quantum, constraints, quantum: quantum)
    }

    /// What to ask a source for first: a span in which a request has room wherever the span
    /// begins, for a source that knows nothing of constraints, and at least the smallest import.
    ///
    /// Where the source has no such span, it is asked for the request itself, constraints and all.
    ///
    /// - Returns: the first question, or nil where the second one is the only one.
    func plenty(for request: Request) -> Request? {
      guard let certain = request.certainSize else { return nil }
      let size = max(certain, smallestImport)
      if request.isPlain, size == request.size { return nil }
      return Request(size, Constraints(bounds: request.constraints.bounds), quantum: quantum)
    }

    /// Whether an arena may have these numbers.
    func allows(_ span: Range<Int>) -> Bool {
      !span.isEmpty && span.clamped(to: Vmem.allNumbers) == span
        && (span.lowerBound | span.upperBound) & (quantum - 1) == 0
    }

    /// Stops the program unless an arena may have these numbers.
    func check(_ span: Range<Int>) {
      guard allows(span) else { stop("\(name): cannot add \(span), with quantum \(quantum)") }
    }
  }
}
