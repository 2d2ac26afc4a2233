// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// Named blobs in one regular file.
///
/// The first 64 KiB list the blobs, a line each: offset, size, name. A vmem of file offsets knows
/// where there is room behind that; the file itself says nothing of free extents.
struct Store: ~Copyable {
  static let block = 4096
  static let directory = 16 * block
  /// What the file grows by at least.
  static let growth = 1 << 20

  private let file: File
  private var offsets: VmemArena
  private(set) var extents: [String: Range<Int>] = [:]
  private var sizes: [String: Int] = [:]

  /// Opens a file, or makes it, and claims the extents that its list tells of.
  init(path: String) throws {
    let file = File(path: path)
    if file.size < Store.directory { file.grow(to: Store.directory) }
    var offsets = try VmemArena(name: path, quantum: Store.block)
    if file.size > Store.directory { try offsets.add(Store.directory..<file.size) }
    let list = String(decoding: file.read(0..<Store.directory).prefix { $0 != 0 }, as: UTF8.self)
    for line in list.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 2)
      guard words.count == 3, let offset = Int(words[0]), let count = Int(words[1]) else {
        fatalError("\(path): cannot read the line '\(line)'")
      }
      let end = offset + (count + Store.block - 1) / Store.block * Store.block
      // This very extent, or an error: no two blobs have the same bytes.
      let extent = try offsets.allocate(count, constraints: .init(bounds: offset..<end))
      (extents[String(words[2])], sizes[String(words[2])]) = (extent, count)
    }
    self.file = file
    self.offsets = offsets
  }

  var fileSize: Int { file.size }

  var statistics: VmemArena.Statistics { offsets.statistics }

  /// Stores a blob under a name that has none; the smallest gap that fits is used.
  mutating func put(_ name: String, _ bytes: [UInt8]) throws {
    let extent: Range<Int>
    do throws(VmemError) {
      extent = try offsets.allocate(bytes.count, policy: .bestFit)
    } catch .noRoom(let asked, _, _) {
      let old = file.size
      file.grow(to: old + max(asked, Store.growth))
      try offsets.add(old..<file.size)
      extent = try offsets.allocate(bytes.count, policy: .bestFit)
    }
    file.write(bytes, at: extent.lowerBound)
    (extents[name], sizes[name]) = (extent, bytes.count)
  }

  /// The bytes of a blob, or nil.
  func get(_ name: String) -> [UInt8]? {
    guard let extent = extents[name], let count = sizes[name] else { return nil }
    return file.read(extent.lowerBound..<extent.lowerBound + count)
  }

  /// Forgets a blob; its extent is free at once.
  mutating func remove(_ name: String) {
    guard let extent = extents.removeValue(forKey: name) else { return }
    sizes[name] = nil
    offsets.free(extent)
  }

  /// Writes the list of blobs.
  func save() {
    let lines = extents.map { "\($1.lowerBound) \(sizes[$0] ?? 0) \($0)\n" }
    var list = Array(lines.joined().utf8)
    precondition(list.count < Store.directory, "too many blobs for the list")
    list += [UInt8](repeating: 0, count: Store.directory - list.count)
    file.write(list, at: 0)
  }
}
