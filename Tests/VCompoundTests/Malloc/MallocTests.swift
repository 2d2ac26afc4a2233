// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MallocCount
import Testing

@testable import VCompound

/// After an allocator is open, it asks the process's malloc for nothing.
///
/// Making pools, object caches and page arrays counts as opening. Only in release: without the
/// optimizer, Swift itself calls malloc for closures and variables.
@Suite(.enabled(if: malloc_count_works() && !isDebugBuild)) struct MallocTests {
  /// The functions are met by everybody, and each is counted.
  @Test(arguments: ["malloc", "calloc", "realloc", "memalign", "aligned_alloc", "posix_memalign"])
  func callsAreCounted(name: String) throws {
    let symbol = try #require(dlsym(nil, name))
    var block: UnsafeMutableRawPointer?
    let calls = mallocs {
      switch name {
      case "malloc":
        typealias Function = @convention(c) (Int) -> UnsafeMutableRawPointer?
        block = unsafeBitCast(symbol, to: Function.self)(64)
      case "realloc":
        typealias Function =
          @convention(c) (UnsafeMutableRawPointer?, Int) -> UnsafeMutableRawPointer?
        block = unsafeBitCast(symbol, to: Function.self)(nil, 64)
      case "posix_memalign":
        typealias Function =
          @convention(c) (UnsafeMutablePointer<UnsafeMutableRawPointer?>, Int, Int) -> CInt
        _ = unsafeBitCast(symbol, to: Function.self)(&block, 64, 64)
      default:
        typealias Function = @convention(c) (Int, Int) -> UnsafeMutableRawPointer?
        block = unsafeBitCast(symbol, to: Function.self)(64, 64)
      }
    }
    #expect(block != nil)
    #expect(calls == 1)
    free(block)
  }

  @Test func callsAtTheEndOfAThreadAreCounted() throws {
    var key = pthread_key_t()
    let created = pthread_key_create(&key) { function in
      typealias Function = @convention(c) (Int) -> UnsafeMutableRawPointer?
      free(unsafeBitCast(function, to: Function.self)(64))
    }
    try #require(created == 0)
    defer { pthread_key_delete(key) }
    let malloc = try #require(dlsym(nil, "malloc"))
    #expect(mallocsAfter { pthread_setspecific(key, malloc) } == 1)
  }

  @Test(
    arguments: MallocRow.blocks + MallocRow.stitched + MallocRow.caches + MallocRow.threads
      + MallocRow.listed)
  func nothingCallsMalloc(row: MallocRow) throws {
    let allocator = try row.open()
    // The thread gets its magazines.
    for byteCount in [ByteCount(16), .page] {
      allocator.deallocate(try allocator.allocatePointer(byteCount: byteCount))
    }
    #expect(try row.run(allocator) == 0)
    allocator.heapForTests.validate()
  }
}

/// Something that an allocator does, which counts its calls of malloc.
struct MallocRow: CustomTestStringConvertible, Sendable {
  let testDescription: String
  /// The allocator's capacity.
  let capacity: ByteCount
  let configuration: AllocatorConfiguration
  /// Prepares it, does it, and returns the calls.
  let run: @Sendable (CompoundAllocator) throws -> Int

  init(
    _ name: String, _ capacity: ByteCount = .mebibytes(64),
    configure: (inout AllocatorConfiguration) -> Void = { _ in },
    run: @escaping @Sendable (CompoundAllocator) throws -> Int
  ) {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .whenNeeded
    configure(&configuration)
    testDescription = name
    self.capacity = capacity
    self.configuration = configuration
    self.run = run
  }

  func open() throws -> CompoundAllocator {
    try CompoundAllocator(capacity: capacity, configuration: configuration)
  }
}

#if DEBUG
  private let isDebugBuild = true
#else
  private let isDebugBuild = false
#endif

/// The calls of malloc that a function makes on this thread.
func mallocs(in body: () throws -> Void) rethrows -> Int {
  malloc_count_begin()
  defer { malloc_count_end() }
  try body()
  return malloc_count_end()
}

/// The calls of malloc that a thread makes when it has run a function, until it is gone.
func mallocsAfter(_ body: () -> Void) -> Int {
  withoutActuallyEscaping(body) { body in
    var body = body
    return withUnsafeMutablePointer(to: &body) { pointer in
      malloc_count_after({ $0?.assumingMemoryBound(to: (() -> Void).self).pointee() }, pointer)
    }
  }
}

/// Room for pointers, so that holding blocks calls no malloc.
func roomForPointers(_ count: Int) -> [UnsafeMutableRawPointer] {
  var pointers: [UnsafeMutableRawPointer] = []
  pointers.reserveCapacity(count)
  return pointers
}
