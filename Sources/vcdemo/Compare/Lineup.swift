// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Who takes part in a comparison.
package struct Lineup: Sendable {
  /// All who take part, in the order of the tables.
  package let contenders: [Contender]

  /// What to say about those who are missing, a line each.
  package let absences: [String]

  /// Looks for everyone whom the options want.
  ///
  /// - Parameters:
  ///   - options: what was asked for.
  ///   - folders: where libraries are looked for.
  /// - Throws: a failure where somebody was asked for by name and is not here.
  package init(
    _ options: CompareOptions, folders: [String] = PeerLibrary.folders
  ) throws(CommandFailure) {
    let search = try PeerSearch(named: options.peers, folders: folders)
    let absent = search.absent
    let contenders =
      options.budgets.map { Contender.compound($0) } + search.peers.map { Contender($0) }
    guard let only = options.only else {
      self.contenders = contenders
      absences = search.absences
      return
    }
    for word in only where !contenders.contains(where: { $0.isMeant(by: word) }) {
      if let peer = absent.first(where: { $0.name == word.lowercased() }) {
        throw .usage("compare: --only: \(peer.absence)")
      }
      let peers = contenders.filter { $0.budget == nil }.map(\.name)
      let names = ([BackendKind.compound.rawValue] + peers).joined(separator: ", ")
      throw .usage("compare: --only: unknown name '\(word)'; there are \(names)")
    }
    self.contenders = contenders.filter { contender in
      only.contains { contender.isMeant(by: $0) }
    }
    absences = []
  }

  /// Makes sure that the libraries that were named on the command line are mallocs.
  ///
  /// - Parameters:
  ///   - options: what was asked for.
  ///   - trace: the trace to try them on.
  ///   - limit: the nanoseconds that a replay may take.
  /// - Throws: a failure that names the first one that is none. One that takes too long is not told
  ///   here: the comparison goes on without it.
  package func checkPeers(
    _ options: CompareOptions, on trace: TraceSummary, limit: UInt64
  ) throws(CommandFailure) {
    var trial = options
    trial.repetitions = 1
    trial.linger = 0
    for contender in contenders where options.peers.contains(where: { $0.name == contender.name }) {
      do throws(ChildFailure) {
        _ = try ReplayChild.measure(contender, trace.file, trial, limit: limit)
      } catch {
        if error.isLate { continue }
        throw .input("compare: --peer \(contender.name): \(error.reason)")
      }
    }
  }
}
