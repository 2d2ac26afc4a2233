// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import VCompound

/// Blobs that come and go in a file, which is opened again at the end: each is as it was stored.
@main
struct BlobStore {
  /// What blobs take together, and what one takes at most.
  static let (most, largest) = (2 << 20, 30_000)

  static func main() throws {
    let path = CommandLine.arguments.dropFirst().first ?? "blobs-\(getpid()).store"
    defer { unlink(path) }
    try fill(path)

    let store = try Store(path: path)
    for name in store.extents.keys {
      precondition(store.get(name) == contents(name), "\(name) is not what was stored")
    }
    print("opened again: \(store.extents.count) blobs, all as they were stored")
  }

  /// Stores and removes blobs at random, reads each before it goes, and lists them at the end.
  static func fill(_ path: String) throws {
    var store = try Store(path: path)
    var names: [String] = []
    var live = 0
    for number in 0..<1000 {
      let name = "blob \(number)"
      let blob = contents(name)
      while live + blob.count > most {
        let victim = names.remove(at: Int.random(in: 0..<names.count))
        guard let old = store.get(victim), old == contents(victim) else {
          fatalError("\(victim) is not what was stored")
        }
        store.remove(victim)
        live -= old.count
      }
      try store.put(name, blob)
      names.append(name)
      live += blob.count
    }
    store.save()
    let statistics = store.statistics
    let perCent = { (share: Double) in "\(Int((share * 100).rounded())) %" }
    print("\(names.count) blobs of \(live >> 10) KiB in a file of \(store.fileSize >> 10) KiB")
    print(
      "\(perCent(Double(statistics.free) / Double(statistics.size))) of it is free, of which "
        + "\(perCent(statistics.fragmentation)) is not in the longest gap")
  }

  /// The bytes of the blob of a name: so many, and such, as the name says.
  static func contents(_ name: String) -> [UInt8] {
    var state = name.utf8.reduce(14_695_981_039_346_656_037 as UInt64) {
      ($0 ^ UInt64($1)) &* 1_099_511_628_211
    }
    let count = 1 + Int(state >> 32) % largest
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }
}
