// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// What a live view shows at one moment.
package struct LiveState: Sendable {
  /// A figure and its name.
  package struct Figure: Equatable, Sendable {
    /// What it tells people.
    package enum Meaning: Equatable, Sendable {
      /// A figure.
      case plain
      /// Something that is as it should be.
      case good
      /// Something that was refused.
      case bad
    }

    /// The name.
    package let name: String
    /// The figure, with its unit.
    package let text: String
    /// What it tells.
    package let meaning: Meaning

    /// Holds these.
    package init(_ name: String, _ text: String, _ meaning: Meaning = .plain) {
      self.name = name
      self.text = text
      self.meaning = meaning
    }
  }

  /// One allocator.
  package struct Pane: Sendable {
    /// Its name.
    package var name: String
    /// Its accounts.
    package var figures: [Figure]
    /// What its pages are used for.
    package var map: ArenaMap
    /// The free blocks of each order, from 0.
    package var freeBlocks: [Int]

    /// Holds these.
    package init(name: String, figures: [Figure], map: ArenaMap, freeBlocks: [Int]) {
      self.name = name
      self.figures = figures
      self.map = map
      self.freeBlocks = freeBlocks
    }
  }

  /// What is looked at.
  package var title: String
  /// How far it is, and how fast, in words.
  package var progress: String
  /// The share that is done; nil where there is no end.
  package var share: Double?
  /// The allocators, one or two.
  package var panes: [Pane]
  /// What is being served now.
  package var request: String
  /// What was remarkable before, the last one first.
  package var events: [Figure]
  /// What the keys do.
  package var keys: String

  /// Holds these.
  package init(
    title: String, progress: String, share: Double?, panes: [Pane], request: String,
    events: [Figure], keys: String
  ) {
    self.title = title
    self.progress = progress
    self.share = share
    self.panes = panes
    self.request = request
    self.events = events
    self.keys = keys
  }
}

/// How a live view is drawn.
package struct LiveLook: Equatable, Sendable {
  /// Whether there are colours.
  package var hasColour: Bool
  /// Whether all characters are of ASCII.
  package var isASCII: Bool

  /// A look.
  package init(hasColour: Bool, isASCII: Bool) {
    self.hasColour = hasColour
    self.isASCII = isASCII
  }

  /// When there are colours.
  package enum Choice: String, CaseIterable, Sendable {
    /// On a terminal, unless the environment has `NO_COLOR`.
    case auto
    /// Always.
    case always
    /// Never.
    case never
  }

  /// What the environment and the command line want.
  ///
  /// - Parameters:
  ///   - choice: when there are colours.
  ///   - isASCII: whether the command line wants ASCII; a locale without UTF-8 has it too.
  ///   - environment: tells variables.
  package init(
    _ choice: Choice, isASCII: Bool, environment: (String) -> String? = Environment.value
  ) {
    let refuses = !(environment("NO_COLOR") ?? "").isEmpty
    hasColour = choice == .always || choice == .auto && !refuses
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap(environment).first { !$0.isEmpty } ?? ""
    let hasUTF8 = ["utf-8", "utf8"].contains { locale.lowercased().contains($0) }
    self.isASCII = isASCII || !hasUTF8
  }
}
