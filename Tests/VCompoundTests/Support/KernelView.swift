// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import VCompound

/// What the kernel says about an allocator, as opposed to what the allocator says about itself.
///
/// Everything is filtered by the inode of the arena's file, so that tests can run side by side.
struct KernelView {
  /// One line of `/proc/self/maps`.
  struct Mapping {
    var start: UInt
    var end: UInt
    var access: Substring
    var offset: UInt
    var device: Substring
    var inode: Int
    var path: Substring
  }

  /// The inode of the arena's file, and the device, since other devices have the same numbers.
  let inode: Int
  private let device: Substring

  /// Looks at the allocator with this engine.
  init(_ allocator: CompoundAllocator) {
    let address = allocator.heapForTests.arena.linearMap.address
    let linearMap = KernelView.mappings().first { $0.start <= address && address < $0.end }
    guard let linearMap, linearMap.inode != 0 else { fatalError("the linear map is not mapped") }
    (inode, device) = (linearMap.inode, linearMap.device)
  }

  /// The mappings of the arena's file: the linear map and the pieces of windows.
  var mappings: [Mapping] {
    KernelView.mappings().filter { $0.inode == inode && $0.device == device }
  }

  /// The descriptors that are open on the arena's file.
  var descriptors: [Int32] {
    KernelView.openDescriptors().filter {
      var status = stat()
      return fstat($0, &status) == 0 && Int(status.st_ino) == inode
    }
  }

  /// How many descriptors of the process are open on any arena's file.
  static func descriptorsNamingArenas() -> Int {
    openDescriptors().count { number in
      var name = [UInt8](repeating: 0, count: 256)
      let count = readlink("/proc/self/fd/\(number)", &name, name.count)
      return String(decoding: name.prefix(max(0, count)), as: UTF8.self)
        .contains("memfd:vcompound")
    }
  }

  /// All mappings of the process.
  static func mappings() -> [Mapping] {
    readFile("/proc/self/maps").split(separator: "\n").compactMap(parse)
  }

  private static func parse(_ line: Substring) -> Mapping? {
    let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
    let bounds = fields[0].split(separator: "-")
    guard let start = UInt(bounds[0], radix: 16), let end = UInt(bounds[1], radix: 16),
      let offset = UInt(fields[2], radix: 16), let inode = Int(fields[4])
    else { return nil }
    return Mapping(
      start: start, end: end, access: fields[1], offset: offset, device: fields[3],
      inode: inode,
      path: fields.count > 5 ? fields[5] : "")
  }

  /// The kernel's flags of the mapping that an address lies in, such as `dd` (not in dumps),
  /// `dc` (not in children) and `wf` (wiped in children).
  static func flags(at address: UInt) -> Set<String> {
    field("VmFlags:", at: address).map { Set($0.split(separator: " ").map(String.init)) } ?? []
  }

  /// A number that the kernel has for the mapping that an address lies in, in bytes.
  static func byteCount(_ name: String, at address: UInt) -> Int? {
    field(name + ":", at: address).flatMap { text in
      text.split(separator: " ").first.flatMap { Int($0) }.map { $0 * 1024 }
    }
  }

  private static func field(_ name: String, at address: UInt) -> Substring? {
    var isInside = false
    for line in readFile("/proc/self/smaps").split(separator: "\n") {
      let first = line.prefix { $0 != " " }
      if first.contains("-"), !first.contains(":") {
        let bounds = first.split(separator: "-").compactMap { UInt($0, radix: 16) }
        isInside = bounds.count == 2 && bounds[0] <= address && address < bounds[1]
      } else if isInside, line.hasPrefix(name) {
        return line.dropFirst(name.count)
      }
    }
    return nil
  }

  private static func openDescriptors() -> [Int32] {
    guard let folder = opendir("/proc/self/fd") else { return [] }
    defer { closedir(folder) }
    var found: [Int32] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let number = Int32(name) { found.append(number) }
    }
    return found
  }

  /// The whole of a file whose length is not known before.
  static func readFile(_ path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
