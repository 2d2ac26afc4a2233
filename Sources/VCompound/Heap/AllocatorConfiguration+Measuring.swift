// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// What the project's benchmarks reach, which are a package of their own:
// `@_spi(Measuring) import VCompound`. It is no part of the public interface, and may change.

/// A layer between a request and the frames.
@_spi(Measuring)
public enum MeasuredLayer: String, CaseIterable, Sendable {
  /// Objects in slabs; else every block has pages of its own.
  case objects
  /// Objects in magazines of threads.
  case objectMagazines
  /// Objects in the depot.
  case depot
  /// Pages in magazines of threads.
  case pageMagazines
}

/// Counts an allocator's system calls.
@_spi(Measuring)
public struct SystemCallCounts: Sendable {
  fileprivate let plan = FaultPlan()

  /// None yet.
  public init() {}

  /// How many calls of this kind were made, failed ones included.
  public func count(of call: SystemCallKind) -> Int { plan.count(of: call) }
}

@_spi(Measuring)
extension AllocatorConfiguration {
  /// Turns a layer off.
  public mutating func leaveOut(_ layer: MeasuredLayer) {
    switch layer {
    case .objects: layers.objects = false
    case .objectMagazines: layers.objectMagazines = false
    case .depot: layers.depot = false
    case .pageMagazines: layers.pageMagazines = false
    }
  }

  /// Has windows torn down as soon as their blocks are freed.
  public mutating func keepNoWindows() { keptMappings = 0 }

  /// Has system calls counted.
  public mutating func countSystemCalls(by counts: SystemCallCounts) { faultPlan = counts.plan }
}
