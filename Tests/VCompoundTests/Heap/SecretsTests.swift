// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// What keeps contents from other processes, from core dumps, and from later owners.
@Suite struct SecretsTests {
  @Test func theFileIsSealedAndClosesOnExec() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let descriptors = KernelView(allocator).descriptors
    #expect(descriptors.count == 1)
    let file = try #require(descriptors.first)
    let seals = fcntl(file, F_GET_SEALS)
    let wanted = F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL
    #expect(seals & wanted == wanted)
    #expect(fcntl(file, F_GETFD) & FD_CLOEXEC != 0)
    #expect(ftruncate(file, 0) == -1)
    #expect(errno == EPERM)
    // F_SEAL_EXEC, where the kernel knows it (Linux 6.3): nobody can make the file executable.
    if seals & 0x20 != 0 { #expect(fchmod(file, 0o700) == -1) }
  }

  @Test func childrenDoNotInheritTheLinearMap() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let address = allocator.heapForTests.arena.linearMap.address
    #expect(KernelView.flags(at: address).contains("dc"))
  }

  @Test func theSentinelIsWipedInChildren() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let sentinel = allocator.heapForTests.sentinel.address
    #expect(KernelView.flags(at: sentinel).contains("wf"))
  }

  @Test(arguments: [true, false])
  func contentsAreKeptOutOfCoreDumpsOnRequest(isExcluded: Bool) throws {
    var configuration = AllocatorConfiguration()
    configuration.excludesMemoryFromDumps = isExcluded
    configuration.fallback = .whenNeeded
    configuration.mayExchange = false
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(4), configuration: configuration)
    let kept = try allocator.fragment { $0 % 2 == 0 }
    let linear = allocator.heapForTests.arena.linearMap.address
    #expect(KernelView.flags(at: linear).contains("dd") == isExcluded)
    let buffer = try allocator.allocate(pageCount: 4)
    #expect(buffer.isStitched == true)
    for page in 0..<4 {
      let address = buffer.block.address + UInt(page * 4096)
      #expect(KernelView.flags(at: address).contains("dd") == isExcluded)
    }
    allocator.deallocate(all: kept)
  }

  @Test(arguments: [FallbackPolicy.whenNeeded, .always])
  func freedMemoryIsWipedOnRequest(policy: FallbackPolicy) throws {
    var configuration = AllocatorConfiguration()
    configuration.wipesFreedMemory = true
    configuration.fallback = policy
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(4), configuration: configuration)
    let pointer = try allocator.allocatePointer(byteCount: 100_000)
    pointer.initializeMemory(as: UInt8.self, repeating: 0x5E, count: 100_000)
    let aliases = (0..<25).map { page in
      allocator.address(of: allocator.frame(ofPage: page, inBlockContaining: pointer)!)
    }
    // First the tail that a smaller size gives up, then the rest.
    let smaller = try allocator.reallocatePointer(pointer, byteCount: 50_000)
    #expect(aliases[13...].allSatisfy { isZero($0) })
    #expect(!isZero(aliases[0]))
    allocator.deallocate(smaller)
    #expect(aliases.allSatisfy { isZero($0) })
  }

  private func isZero(_ page: UnsafeMutableRawPointer) -> Bool {
    UnsafeRawBufferPointer(start: page, count: 4096).allSatisfy { $0 == 0 }
  }
}
