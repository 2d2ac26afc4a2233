// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// One allocator of a comparison.
package struct Contender: Equatable, Sendable {
  /// What it is.
  package enum Kind: Equatable, Sendable {
    /// VCompound in an arena of so many times the peak live pages.
    case compound(budget: Ratio)
    /// The C library's malloc.
    case systemMalloc
    /// A malloc that is preloaded.
    case preloaded(library: String)
  }

  /// What tables call it.
  package let name: String
  /// What it is.
  package let kind: Kind

  /// VCompound with this budget.
  package static func compound(_ budget: Ratio) -> Contender {
    Contender(name: "\(Peer.compoundName) \(budget)", kind: .compound(budget: budget))
  }

  /// The C library's malloc.
  package static let system = Contender(name: Peer.systemName, kind: .systemMalloc)

  /// The malloc in the file at `library`.
  package static func preloaded(_ name: String, library: String) -> Contender {
    Contender(name: name, kind: .preloaded(library: library))
  }

  /// VCompound's budget; nil for a peer.
  package var budget: Ratio? {
    if case .compound(let budget) = kind { budget } else { nil }
  }

  /// The library to preload.
  package var library: String? {
    if case .preloaded(let library) = kind { library } else { nil }
  }

  /// The command line that replays the trace at `path` on it.
  ///
  /// The clock is read once a replay, unless there is only one: the latencies of the steady state
  /// come from a replay more.
  package func words(replaying path: String, _ options: CompareOptions) -> [String] {
    var words = ["replay", "--json", "--repeat", "\(options.repetitions)"]
    if options.repetitions > 1 { words.append("--clock-once") }
    if options.linger > 0 {
      words += ["--linger", Ratio(millionths: Int(options.linger / 1000)).description]
    }
    if let budget {
      if options.hasUpkeep { words.append("--upkeep") }
      words += ["--backend", BackendKind.compound.rawValue, "--budget", budget.description]
    } else {
      words += ["--backend", BackendKind.malloc.rawValue]
    }
    return words + ["--", path]
  }

  /// Whether a word of `--only` means this contender.
  func isMeant(by word: String) -> Bool {
    let word = word.lowercased()
    if budget == nil { return word == name.lowercased() }
    return word == Peer.compoundName.lowercased() || word == BackendKind.compound.rawValue
  }
}

extension Contender {
  /// A malloc that was found.
  init(_ peer: Peer) {
    self.init(
      name: peer.name, kind: peer.library.map { .preloaded(library: $0) } ?? .systemMalloc)
  }
}
