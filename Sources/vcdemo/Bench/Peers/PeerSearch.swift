// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The mallocs that were found, and those that were not.
package struct PeerSearch: Equatable, Sendable {
  /// What there is to compare with, glibc's malloc first.
  package private(set) var peers: [Contender] = [.system]

  /// A line for each well-known library that is in none of the folders.
  package private(set) var absences: [String] = []

  /// Looks for the known libraries.
  ///
  /// - Parameters:
  ///   - named: libraries that the caller names; they take the place of known ones of their name.
  ///   - folders: where to look for the others.
  /// - Throws: a failure for a named library that is not there.
  package init(
    named: [CompareOptions.NamedPeer] = [], folders: [String] = PeerLibrary.folders
  ) throws(CommandFailure) {
    for library in PeerLibrary.known where !named.contains(where: { $0.name == library.name }) {
      if let path = library.find(in: folders) {
        peers.append(.preloaded(library.name, library: path))
      } else {
        absences.append(library.absence)
      }
    }
    for peer in named {
      // The dynamic linker would look for a name without a folder elsewhere.
      guard let path = realPath(peer.path) else {
        throw .input("bench: --peer \(peer.name): \(peer.path): No such file or directory")
      }
      peers.append(.preloaded(peer.name, library: path))
    }
  }

  /// Refuses libraries that do not take the place of malloc when they are preloaded.
  package func check() throws(CommandFailure) {
    for peer in peers { _ = try WorkerCrew.run(WorkerTask(.probe, .malloc), peer.library) }
  }

  /// How a peer is given on the command line.
  package static let kind = ValueKind<CompareOptions.NamedPeer>(
    expects: "NAME=PATH such as snmalloc=/usr/lib/libsnmallocshim.so"
  ) { text in
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty,
      ![Contender.systemName, Contender.compoundName].contains(String(parts[0]))
    else { return nil }
    return CompareOptions.NamedPeer(name: String(parts[0]), path: String(parts[1]))
  }
}
