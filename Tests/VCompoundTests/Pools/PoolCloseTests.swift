// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// Pools that end while pages are out, and in children of fork.
@Suite struct PoolCloseTests {
  @Test func holdersAreNamed() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    let first = try pool.take(label: "parser")
    var second = try pool.take(label: "receiver")
    second.relabel("writer")
    let third = try pool.take()
    _ = try pool.take(label: "nobody")
    let closure = pool.close()
    #expect(closure.holders.map(\.label).sorted() == ["", "parser", "writer"])
    #expect(
      closure.holders.map(\.address).sorted()
        == [first.address, second.address, third.address].sorted())
    #expect(closure.failure == nil)
    let parser = closure.holders.first { $0.label == "parser" }
    #expect((parser?.place?.contains("PoolCloseTests.swift:") ?? false) == CheckedBuild.isOn)
    #expect(parser?.description.contains("parser") == true)
    #expect(allocator.statistics.live == PageCount(3).byteCount)
    _ = consume first
    _ = consume second
    #expect(allocator.statistics.live == PageCount(1).byteCount)
    _ = consume third
    #expect(allocator.statistics.live == 0)
  }

  @Test func waitingEndsWithTheLastPage() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    let box = PageBox(try pool.take())
    let crew = Crew(1) { _ in
      usleep(20_000)
      box.drop()
    }
    let closure = pool.close(.waiting(.seconds(20)))
    #expect(closure.holders.isEmpty)
    crew.join()
    #expect(allocator.statistics.live == 0)
  }

  @Test func waitingEndsWithTheTime() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    let page = try pool.take(label: "sleeper")
    let closure = pool.close(.waiting(.milliseconds(20)))
    #expect(closure.holders.map(\.label) == ["sleeper"])
    let size = page.byteCount
    #expect(size == .page)
  }

  @Test func aLateUserOfARevokedPageFaults() async {
    await #expect(processExitsWith: .signal(SIGSEGV)) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
      var page = try pool.take()
      let closure = pool.close(.revoking)
      guard closure.holders.map(\.isRevoked) == [true] else { exit(3) }
      page.withUnsafeMutableBytes { $0[0] = 1 }
    }
  }

  @Test func aRevokedPageIsUsableAgainWhenItsHolderHasLetGo() throws {
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(16).byteCount)
    var pool = try PagePool(allocator: allocator, limits: .init(out: 16, kept: 16))
    let page = try pool.take()
    let closure = pool.close(.revoking)
    #expect(closure.holders.count == 1)
    #expect(throws: CompoundError.self) { _ = try allocator.allocate(pageCount: 16) }
    _ = consume page
    var all = try allocator.allocate(pageCount: 16)
    all.withUnsafeMutableBytes { writeStamps($0, pages: 16, block: 1) }
  }

  @Test func pagesOutliveAllocatorAndPool() throws {
    var page: PooledPage?
    do {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
      page = try pool.take()
    }
    page?.withUnsafeMutableBytes { writeStamps($0, pages: 1, block: 3) }
    page?.withUnsafeBytes { #expect(stampsHold($0, pages: 1, block: 3)) }
    page = nil
  }

  @Test func aChildOfForkTakesNothing() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    _ = try pool.take()
    let end = inChild {
      do throws(CompoundPoolError) {
        _ = try pool.take()
        return 1
      } catch {
        return error == .allocation(.usedAfterFork) ? 7 : 2
      }
    }
    #expect(end == .exit(7))
    _ = try pool.take()
    #expect(pool.statistics.inFlight == 0)
  }

  @Test func aPageDroppedInAChildOfForkStaysWithItsParent() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    let page = PageBox(try pool.take())
    let before = pool.statistics
    let end = inChild {
      page.drop()
      return 0
    }
    #expect(end == .exit(0))
    #expect(pool.statistics == before)
    page.drop()
    #expect(pool.statistics.inFlight == 0)
  }
}

/// Holds a page for another thread to drop.
private final class PageBox: @unchecked Sendable {
  private var page: PooledPage?

  init(_ page: consuming PooledPage) { self.page = consume page }

  func drop() { page = nil }
}
