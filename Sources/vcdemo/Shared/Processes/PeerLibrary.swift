// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A malloc that people install beside the C library's.
package struct PeerLibrary: Equatable, Sendable {
  /// What tables call it.
  package let name: String
  /// The names of its file, the preferred one first; a `*` at the end of a stem stands for
  /// anything.
  package let files: [String]
  /// Debian's package, where there is one.
  package let package: String?

  /// The ones that are looked for.
  package static let known = [
    PeerLibrary(name: "jemalloc", files: ["libjemalloc.so.2"], package: "libjemalloc2"),
    PeerLibrary(
      name: "mimalloc", files: ["libmimalloc.so.2", "libmimalloc.so.3", "libmimalloc.so"],
      package: "libmimalloc2.0"),
    PeerLibrary(
      name: "tcmalloc", files: ["libtcmalloc_minimal.so.4", "libtcmalloc.so.4"],
      package: "libtcmalloc-minimal4"),
    PeerLibrary(name: "snmalloc", files: ["libsnmallocshim.so"], package: nil),
    PeerLibrary(name: "rpmalloc", files: ["librpmalloc*.so"], package: nil),
  ]

  /// The usual folders, searched in this order.
  package static var folders: [String] {
    #if arch(arm64)
      let multiarch = "/usr/lib/aarch64-linux-gnu"
    #else
      let multiarch = "/usr/lib/x86_64-linux-gnu"
    #endif
    return [multiarch, "/usr/lib64", "/usr/lib", "/usr/local/lib64", "/usr/local/lib"]
  }

  /// The path of the library in the first of the folders that has it.
  ///
  /// A file name of higher preference wins over an earlier folder.
  package func find(in folders: [String] = PeerLibrary.folders) -> String? {
    for file in files {
      for folder in folders {
        if let name = match(file, in: folder) { return "\(folder)/\(name)" }
      }
    }
    return nil
  }

  /// The line that says that it is missing.
  package var absence: String {
    guard let package else {
      return "\(name) is left out: not found, no Debian package; --peer \(name)=PATH adds it"
    }
    return "\(name) is left out: not found, Debian package \(package)"
  }

  private func match(_ file: String, in folder: String) -> String? {
    guard let star = file.firstIndex(of: "*") else {
      return unsafe access("\(folder)/\(file)", R_OK) == 0 ? file : nil
    }
    let stem = file[..<star]
    let ending = file[file.index(after: star)...]
    return Folder.names(in: folder).filter { name in
      name.count >= stem.count + ending.count && name.hasPrefix(stem) && name.hasSuffix(ending)
    }.min()
  }
}
