// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The holder of a page: what was said when it was taken.
///
/// Text of the program itself, so that noting it takes a store or some, and no memory.
struct PoolHolder: BitwiseCopyable {
  let label: PackedText
  /// Where in the program; noted in checked builds.
  let origin: PoolOrigin

  /// A label alone.
  @inline(__always)
  init(_ label: StaticString) {
    self.label = PackedText(label)
    origin = PoolOrigin(file: PackedText(word: 0), line: 0)
  }

  /// A label, and in checked builds the place in the program.
  @inline(__always)
  init(_ label: StaticString, _ file: StaticString, _ line: UInt) {
    self.label = PackedText(label)
    origin =
      CheckedBuild.isOn
      ? PoolOrigin(file: PackedText(file), line: line)
      : PoolOrigin(file: PackedText(word: 0), line: 0)
  }
}

/// Where in the program a page was taken.
struct PoolOrigin: BitwiseCopyable {
  let file: PackedText
  let line: UInt

  /// As `Module/File.swift:12`, or nil where it was not noted.
  var text: String? { file.word == 0 ? nil : "\(file.text):\(line)" }
}
