// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension VmemArena {
  /// Which free range serves a request.
  public enum Policy: Sendable, CaseIterable {
    /// One that is large enough for certain, found in constant time; if there is none, the best
    /// fit.
    case instantFit
    /// The smallest that fits; of these the youngest.
    case bestFit
    /// The next one behind the range that was taken last by this policy, around the end: a number
    /// is not used again before all others were tried. Suits identifiers.
    case nextFit

    var core: Vmem.Policy {
      switch self {
      case .instantFit: .instantFit
      case .bestFit: .bestFit
      case .nextFit: .nextFit
      }
    }
  }

  /// Where a range may lie: the arguments of `vmem_xalloc`.
  public struct Constraints: Sendable, Hashable {
    /// A power of two, up to 2^61; where it is smaller than the quantum, the quantum counts.
    public var alignment: Int

    /// The range begins this many numbers behind a multiple of the alignment: 0 ..< alignment, and
    /// a multiple of the quantum.
    public var phase: Int

    /// A power of two, no multiple of which may lie inside the range (`nocross`); nil for none.
    public var boundary: Int?

    /// What the range must lie within (`minaddr` and `maxaddr`).
    ///
    /// With bounds as long as the size, it is that very range or none.
    public var bounds: Range<Int>

    /// Makes constraints; those left out do not constrain.
    public init(
      alignment: Int = 1, phase: Int = 0, boundary: Int? = nil,
      bounds: Range<Int> = VmemArena.allNumbers
    ) {
      self.alignment = alignment
      self.phase = phase
      self.boundary = boundary
      self.bounds = bounds
    }

    init(_ core: Vmem.Constraints) {
      self.init(
        alignment: core.alignment, phase: core.phase, boundary: core.boundary, bounds: core.bounds)
    }

    var core: Vmem.Constraints {
      Vmem.Constraints(
        alignment: alignment, phase: phase, boundary: boundary,
        bounds: bounds.clamped(to: VmemArena.allNumbers))
    }

    /// Throws unless an arena of a quantum can make sense of them.
    func check(quantum: Int) throws(VmemError) {
      guard alignment > 0, alignment & (alignment - 1) == 0, alignment <= 1 << 61 else {
        throw .invalidConstraint(.alignment, value: alignment)
      }
      guard 0..<alignment ~= phase, phase & (quantum - 1) == 0 else {
        throw .invalidConstraint(.phase, value: phase)
      }
      guard let boundary else { return }
      guard boundary > 0, boundary & (boundary - 1) == 0, boundary <= 1 << 61 else {
        throw .invalidConstraint(.boundary, value: boundary)
      }
    }
  }

  /// Where an arena has its spans from: two functions of yours, which may use another arena.
  ///
  /// They run inside a call of the arena that imports, and must not use that one. What they use is
  /// theirs to guard: another arena that several import from is in a `Mutex`.
  public struct Source: Sendable {
    let importSpan: @Sendable (_ size: Int, _ constraints: Constraints) -> Range<Int>?
    let release: @Sendable (_ span: Range<Int>) -> Void

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - importSpan: returns a span of at least a size, which keeps the constraints, or nil where
    ///     there is none. It begins and ends at multiples of the quantum of the arena that imports,
    ///     which has none of its numbers; what is no such span stops the program, overlaps only in
    ///     checked builds.
    ///   - release: takes back a span as it was imported.
    public init(
      importSpan: @escaping @Sendable (_ size: Int, _ constraints: Constraints) -> Range<Int>?,
      release: @escaping @Sendable (_ span: Range<Int>) -> Void
    ) {
      self.importSpan = importSpan
      self.release = release
    }
  }
}
