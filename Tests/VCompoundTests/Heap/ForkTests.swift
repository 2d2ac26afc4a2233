// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import VCompound

/// The contract for children of fork: they fault, they never alias, and the parent does not notice.
///
/// All of it in processes of their own, since the test runner has threads.
@Suite struct ForkTests {
  @Test func aChildFaultsOnBlocksOfEveryKind() async {
    await #expect(processExitsWith: .success) {
      for policy in [FallbackPolicy.whenNeeded, .always] {
        var configuration = AllocatorConfiguration()
        configuration.fallback = policy
        let allocator = try CompoundAllocator(
          capacity: .mebibytes(8), configuration: configuration)
        let pointer = try allocator.allocatePointer(byteCount: .mebibytes(1))
        writeStamps(pointer, pages: 256, block: 1)
        let linear = allocator.heapForTests.arena.linearMap.address
        #expect(inChild { pointer.load(as: Int32.self) } == .signal(SIGSEGV))
        #expect(
          inChild {
            pointer.storeBytes(of: 0, as: UInt8.self)
            return 0
          } == .signal(SIGSEGV))
        let window = UInt(bitPattern: pointer)
        #expect(inChild { isReadable(linear) || isReadable(window) ? 1 : 0 } == .exit(0))
        #expect(stampsHold(pointer, pages: 256, block: 1))
        allocator.deallocate(pointer)
      }
    }
  }

  @Test func aChildCannotAllocateAndItsFreesDoNothing() async {
    await #expect(processExitsWith: .success) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
      let pointer = try allocator.allocatePointer(byteCount: .mebibytes(1))
      let end = inChild {
        do throws(CompoundError) {
          _ = try allocator.allocatePointer(byteCount: 1)
          return 1
        } catch {
          guard error == .usedAfterFork else { return 2 }
          allocator.deallocate(pointer)
          return (try? allocator.trim()) == nil ? 0 : 3
        }
      }
      #expect(end == .exit(0))
      #expect(allocator.statistics.liveBlocks == 1)
      allocator.deallocate(pointer)
    }
  }

  @Test func aChildHasNoObjects() async {
    await #expect(processExitsWith: .success) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
      let other = try allocator.allocatePointer(byteCount: 100)
      let pointer = try allocator.allocatePointer(byteCount: 100)
      pointer.storeBytes(of: 5, as: UInt8.self)
      // So that the thread's magazine has some.
      allocator.deallocate(other)
      let end = inChild {
        do throws(CompoundError) {
          _ = try allocator.allocatePointer(byteCount: 100)
          return 1
        } catch {
          guard error == .usedAfterFork else { return 2 }
          allocator.deallocate(pointer)
          allocator.deallocate(pointer, byteCount: 100)
          return 0
        }
      }
      #expect(end == .exit(0))
      #expect(inChild { Int32(pointer.load(as: UInt8.self)) } == .signal(SIGSEGV))
      #expect(allocator.statistics.liveBlocks == 1)
      #expect(pointer.load(as: UInt8.self) == 5)
      allocator.deallocate(pointer)
    }
  }

  @Test func aChildMayOpenAnAllocatorOfItsOwn() async {
    await #expect(processExitsWith: .success) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
      let buffer = try allocator.allocate(byteCount: .mebibytes(1))
      let end = inChild {
        guard let own = try? CompoundAllocator(capacity: .mebibytes(8)),
          let pointer = try? own.allocatePointer(byteCount: .mebibytes(2))
        else { return 1 }
        writeStamps(pointer, pages: 512, block: 2)
        guard stampsHold(pointer, pages: 512, block: 2) else { return 2 }
        own.deallocate(pointer)
        return 0
      }
      #expect(end == .exit(0))
      _ = consume buffer
    }
  }

  @Test func buffersAndAllocatorsMayEndTheirLivesInAChild() async {
    await #expect(processExitsWith: .success) {
      var allocator: CompoundAllocator? = try CompoundAllocator.ofBuild(.mebibytes(8))
      var buffer: CompoundBuffer? = try allocator?.allocate(byteCount: .mebibytes(1))
      let end = inChild {
        buffer = nil
        allocator = nil
        return buffer == nil && allocator == nil ? 0 : 1
      }
      #expect(end == .exit(0))
      #expect(allocator?.statistics.liveBlocks == 1)
      buffer = nil
      #expect(allocator?.statistics.liveBlocks == 0)
    }
  }

  /// Two threads allocate, stitch and free all the time, while the process forks again and again.
  @Test(.timeLimit(.minutes(5)))
  func forkingWhileThreadsAllocateHarmsNobody() async {
    await #expect(processExitsWith: .success) {
      let churn = try Churn()
      let crew = Crew(2) { churn.work($0) }
      let arena = churn.allocator.heapForTests.arena.linearMap.address
      let held = try churn.allocator.allocatePointer(byteCount: .kibibytes(40))
      writeStamps(held, pages: 10, block: 77)
      // What the child does, the parent does first: the child must not have to take the locks
      // under which the Swift runtime builds its tables, which its lost threads may hold.
      #expect(!isReadable(arena) || mapsNameArena())
      var failures: [ChildEnd] = []
      for _ in 0..<1000 {
        let end = inChild {
          if isReadable(arena) || isReadable(UInt(bitPattern: held)) { return 1 }
          // No mapping of the arena's file anywhere: nothing can alias.
          return mapsNameArena() ? 2 : 0
        }
        if end != .exit(0) { failures.append(end) }
      }
      churn.stop()
      crew.join()
      #expect(failures.isEmpty, "\(failures.count): \(failures.first.map { "\($0)" } ?? "")")
      #expect(stampsHold(held, pages: 10, block: 77))
      #expect(churn.isIntact)
      churn.allocator.deallocate(held)
      churn.allocator.heapForTests.validate()
    }
  }
}

/// Whether `/proc/self/maps` names an arena's file.
///
/// Without allocating: malloc's locks may be held by threads that this child does not have.
private func mapsNameArena() -> Bool {
  let file = open("/proc/self/maps", O_RDONLY)
  guard file >= 0 else { return true }
  defer { close(file) }
  let name: StaticString = "memfd:vcompound"
  return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 16) { bytes in
    var matched = 0
    while true {
      let count = read(file, bytes.baseAddress, 4096)
      guard count > 0 else { return false }
      for index in 0..<count {
        matched = bytes[index] == name.utf8Start[matched] ? matched + 1 : 0
        if matched == name.utf8CodeUnitCount { return true }
      }
    }
  }
}

/// What threads do that keep an allocator busy.
private final class Churn: Sendable {
  let allocator: CompoundAllocator
  private let isStopping = Atomic(false)
  private let damage = Atomic(0)

  init() throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .probability(0.5)
    allocator = try CompoundAllocator(capacity: .mebibytes(16), configuration: configuration)
  }

  var isIntact: Bool { damage.load(ordering: .relaxed) == 0 }

  func stop() {
    isStopping.store(true, ordering: .relaxed)
  }

  func work(_ index: Int) {
    var random = SeededGenerator(seed: UInt64(index))
    while !isStopping.load(ordering: .relaxed) {
      let pages = Int.random(in: 1...40, using: &random)
      guard let pointer = try? allocator.allocatePointer(byteCount: PageCount(pages).byteCount)
      else { continue }
      writeStamps(pointer, pages: pages, block: index)
      if !stampsHold(pointer, pages: pages, block: index) {
        damage.wrappingAdd(1, ordering: .relaxed)
      }
      allocator.deallocate(pointer)
    }
  }
}
