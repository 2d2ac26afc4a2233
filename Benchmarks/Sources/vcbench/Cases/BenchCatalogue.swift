// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// All the cases, and how they are chosen.
package enum BenchCatalogue {
  /// The cases, in the order in which they are run.
  ///
  /// - Parameters:
  ///   - profiles: the files with sizes that were given, which make cases too.
  ///   - traces: the traces that were given, which do so too.
  /// - Returns: all of them.
  package static func cases(_ profiles: [String], traces: [String] = []) -> [BenchCase] {
    WarmCases.all + AllocfreeCases.all + StitchCase.all + ExchangeCase.all + UseCase.all
      + MixedCases.all(profiles, traces) + SyntheticCases.all + ChurnCase.all
      + VmallocTest.allCases.map(\.benchCase)
      + FleetbenchCase.all(profiles) + [FragCase.benchCase] + ArenaCase.all
      + PageBulkCases.all + [ObjectCacheCase.benchCase] + PagePoolCases.all + [CacheSoak.benchCase]
  }

  /// The word that means all cases.
  package static let all = "all"

  /// The cases of these names; all where there is none.
  ///
  /// A name means the case that is called so, or else all cases whose names begin with it.
  ///
  /// - Parameters:
  ///   - names: words of the command line.
  ///   - cases: what there is to choose from.
  /// - Returns: the cases, each once, in the order of the catalogue.
  /// - Throws: a failure for a name that means no case.
  package static func select(
    _ names: [String], from cases: [BenchCase]
  ) throws(CommandFailure) -> [BenchCase] {
    guard !names.isEmpty, !names.contains(all) else { return cases }
    var chosen: Set<String> = []
    for name in names {
      let found = cases.filter { $0.name == name }
      let matches = found.isEmpty ? cases.filter { $0.name.hasPrefix(name) } : found
      guard !matches.isEmpty else { throw unknown(name, cases) }
      chosen.formUnion(matches.map(\.name))
    }
    return cases.filter { chosen.contains($0.name) }
  }

  /// The cases and what they do, a line each.
  package static func list(_ cases: [BenchCase]) -> String {
    TextTable(
      alignments: [.left, .left], rows: cases.map { [$0.name, $0.summary] }
    ).text()
  }

  private static func unknown(_ name: String, _ cases: [BenchCase]) -> CommandFailure {
    if FleetbenchCase.prefix.hasPrefix(name) || name.hasPrefix(FleetbenchCase.prefix) {
      return .usage("'\(name)' needs --fleetbench FILE.csv; see 'vcbench cases --help'")
    }
    for (prefix, option) in MixedCases.prefixes
    where prefix.hasPrefix(name) || name.hasPrefix(prefix) {
      return .usage("'\(name)' needs \(option); see 'vcbench cases --help'")
    }
    if let near = Spelling.nearest(to: name, among: cases.map(\.name) + Verb.all.map(\.name)) {
      return .usage("unknown case '\(name)': did you mean '\(near)'?")
    }
    return .usage("unknown case '\(name)'; 'vcbench' lists them")
  }
}
