// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The holder of a page: what was said when it was taken; the place in the program in checked
/// builds only.
struct PoolHolder: BitwiseCopyable {
  private let label: SourceLabel

  /// A label alone.
  @inline(__always)
  init(_ label: StaticString) { self.label = SourceLabel(label) }

  /// A label, and in checked builds the place in the program.
  @inline(__always)
  init(_ label: StaticString, _ file: StaticString, _ line: UInt) {
    self.label = CheckedBuild.isOn ? SourceLabel(label, file, line) : SourceLabel(label)
  }

  /// The label, or "" where there is none.
  var labelText: String { label.text }

  /// The place, as `Module/File.swift:12`, or nil where it was not noted.
  var place: String? { label.place }
}
