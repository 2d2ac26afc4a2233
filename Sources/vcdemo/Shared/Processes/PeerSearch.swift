// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The mallocs that were found, and those that were not.
package struct PeerSearch: Equatable, Sendable {
  /// What there is to compare with, glibc's malloc first.
  package private(set) var peers: [Peer] = [.system]

  /// The well-known libraries that are in none of the folders.
  package private(set) var absent: [PeerLibrary] = []

  /// Looks for the known libraries.
  ///
  /// - Parameters:
  ///   - named: libraries that the caller names; they take the place of known ones of their name.
  ///   - folders: where to look for the others.
  /// - Throws: a failure for a named library that is not there, or that cannot be preloaded.
  package init(
    named: [Peer] = [], folders: [String] = PeerLibrary.folders
  ) throws(CommandFailure) {
    for library in PeerLibrary.known
    where !named.contains(where: { $0.name.lowercased() == library.name }) {
      if let path = library.find(in: folders) {
        peers.append(Peer(name: library.name, library: path))
      } else {
        absent.append(library)
      }
    }
    for peer in named {
      peers.append(Peer(name: peer.name, library: try PeerSearch.path(of: peer)))
    }
  }

  /// A line for each library that is missing.
  package var absences: [String] { absent.map(\.absence) }

  private static func path(of peer: Peer) throws(CommandFailure) -> String {
    // The dynamic linker would look for a name without a folder elsewhere.
    guard let library = peer.library, let path = realPath(library) else {
      throw .input("--peer \(peer.name): \(peer.library ?? ""): No such file or directory")
    }
    guard !path.contains(where: { $0 == ":" || $0.isWhitespace }) else {
      throw .input("--peer \(peer.name): a path with blanks or colons cannot be preloaded")
    }
    return path
  }
}

/// The absolute path without symbolic links; nil where there is no such file.
func realPath(_ path: String) -> String? {
  guard let resolved = unsafe realpath(path, nil) else { return nil }
  defer { unsafe free(resolved) }
  return unsafe String(cString: resolved)
}
