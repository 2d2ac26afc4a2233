// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Vmem {
  /// Makes an arena of a program's, whose numbers may be wrong.
  ///
  /// - Throws: as the initializer of `VmemArena`.
  static func checked(
    name: String, span: Range<Int>?, quantum: Int, cachedSizes: Int, segmentLimit: Int,
    smallestImport: Int, system: OperatingSystem
  ) throws(VmemError) -> Vmem {
    guard quantum > 0, quantum & (quantum - 1) == 0, quantum <= 1 << 61 else {
      throw .invalidSetting(.quantum, value: quantum)
    }
    guard 0...QuantumCaches.mostSizes ~= cachedSizes else {
      throw .invalidSetting(.cachedSizes, value: cachedSizes)
    }
    guard 2...1 << 31 ~= segmentLimit else {
      throw .invalidSetting(.segmentLimit, value: segmentLimit)
    }
    guard 1...1 << 61 ~= smallestImport else {
      throw .invalidSetting(.smallestImport, value: smallestImport)
    }
    var arena: Vmem
    do throws(CompoundError) {
      // A child of fork that ends the arena takes the lock of the process.
      try ProcessState.prepareForFork(system: system)
      arena = try Vmem(
        name: name, quantum: quantum, cachedSizes: cachedSizes, smallestImport: smallestImport,
        segmentLimit: segmentLimit + 1, system: system)
    } catch {
      throw VmemError(error)
    }
    if let span { try arena.addChecked(span) }
    return arena
  }

  /// Adds numbers, which may be wrong, and that never go to a source.
  ///
  /// - Throws: as `VmemArena.add(_:)`.
  mutating func addChecked(_ span: Range<Int>) throws(VmemError) {
    guard shape.allows(span) else { throw .invalidSpan(span, quantum: quantum) }
    if let other = self.span(overlapping: span) { throw .overlap(span, span: other) }
    guard canImport else { throw .tooManySegments(limit: tags.limit) }
    add(span)
  }
}
