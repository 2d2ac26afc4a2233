// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A malloc that VCompound is compared with.
package struct Peer: Equatable, Sendable {
  /// What tables call it.
  package let name: String
  /// The file of the library to preload; nil for the C library's malloc.
  package let library: String?

  /// Names the library at a path.
  package init(name: String, library: String?) {
    self.name = name
    self.library = library
  }

  /// What tables call VCompound beside its peers.
  package static let compoundName = "VCompound"
  /// The name of the C library's malloc.
  package static let systemName = "glibc"

  /// The C library's malloc.
  package static let system = Peer(name: systemName, library: nil)
}

extension Arguments {
  /// Takes all of `--peer NAME=PATH`.
  package mutating func peers() throws(CommandFailure) -> [Peer] {
    let peers = try values("--peer", Peer.kind)
    for peer in peers where peers.count(where: { $0.name == peer.name }) > 1 {
      throw failure("--peer names '\(peer.name)' twice")
    }
    return peers
  }
}

extension Peer {
  fileprivate static let kind = ValueKind<Peer>(
    expects: "NAME=PATH, where NAME is none of ours and of letters, digits, '.', '_' and '-'"
  ) { text in
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    let isPlain = parts[0].utf8.allSatisfy { byte in
      let scalar = Character(Unicode.Scalar(byte))
      return scalar.isASCII && (scalar.isLetter || scalar.isNumber) || "._-".contains(scalar)
    }
    let reserved = [compoundName, "compound", systemName].map { $0.lowercased() }
    guard isPlain, !reserved.contains(parts[0].lowercased()) else { return nil }
    return Peer(name: String(parts[0]), library: String(parts[1]))
  }
}
