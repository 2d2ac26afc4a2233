// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Consumers that wait for fragments.
@Suite struct FragmentWaitingTests {
  private static let patience = Duration.seconds(600)

  /// A thread that lets go of a fragment when the consumer of a pool waits.
  private func dropping(
    _ fragment: DropBox<PageFragment>, whenAwaited pool: borrowing PagePool
  ) -> Crew {
    let core = pool.core
    return Crew(1) { _ in
      #expect(waits { core.ledger.withLock { $0.isAwaited } })
      fragment.drop()
    }
  }

  /// No page is waited for while the one that is being cut has room.
  @Test func whatHasRoomIsNotWaitedFor() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 1, kept: 1))
    let first = try await pool.takeFragment(byteCount: 2000, waiting: .zero, label: "first")
    let second = try await pool.takeFragment(byteCount: 2000 as Int, waiting: .zero)
    #expect(pool.monitor.holders.map(\.label) == ["first"])
    await #expect(throws: CompoundPoolError.exhausted(limit: 1)) {
      _ = try await pool.takeFragment(byteCount: 2000, waiting: .milliseconds(10)).byteCount
    }
    let sizes = [first.byteCount, second.byteCount]
    #expect(sizes == [2000, 2000])
    await #expect(throws: CompoundPoolError.fragmentTooLarge(4097, page: .page)) {
      _ = try await pool.takeFragment(byteCount: 4097, waiting: .zero).byteCount
    }
  }

  /// The page that fragments are cut from is theirs alone while the consumer waits.
  @Test func theLastFragmentOfTheOnlyPageEndsTheWait() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 1, kept: 1))
    let fragment = DropBox(try pool.takeFragment(byteCount: 100))
    let thread = dropping(fragment, whenAwaited: pool)
    let page = try pool.take(blocking: Self.patience)
    thread.join()
    let size = page.byteCount
    #expect(size == .page)
    _ = consume page
    do { _ = try pool.takeFragment(byteCount: 100) }
    // All its fragments are back already.
    let next = try pool.take(blocking: Self.patience)
    let nextSize = next.byteCount
    #expect(nextSize == .page)
  }

  /// The last fragment of the only page ends the wait, of a thread and of a task.
  @Test func theLastFragmentEndsTheWaitOfAThread() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 1, kept: 1))
    let fragment = DropBox(try pool.takeFragment(byteCount: 3000))
    let thread = dropping(fragment, whenAwaited: pool)
    let next = try pool.takeFragment(byteCount: 3000, blocking: Self.patience, label: "next")
    thread.join()
    #expect(pool.monitor.holders.map(\.label) == ["next"])
    #expect(pool.statistics.handedOver == 1 && next.byteCount == 3000)
    withExtendedLifetime(fragment) {}
  }

  @Test func theLastFragmentEndsTheWaitOfATask() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 1, kept: 1))
    let fragment = DropBox(try pool.takeFragment(byteCount: 3000))
    let thread = dropping(fragment, whenAwaited: pool)
    let next = try await pool.takeFragment(byteCount: 3000, waiting: Self.patience, label: "next")
    thread.join()
    #expect(pool.monitor.holders.map(\.label) == ["next"])
    #expect(pool.statistics.handedOver == 1 && next.byteCount == 3000)
    withExtendedLifetime(fragment) {}
  }

  /// The page that is being cut serves who waits for memory, when its last fragment is let go of.
  @Test(arguments: [true, false])
  func thePageThatIsCutIsMemoryToWaitFor(isFragment: Bool) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 600, kept: 4))
    let fragment = DropBox(try pool.takeFragment(byteCount: 3000))
    var held: [DropBox<CompoundBuffer>] = []
    while let page = try? allocator.allocate(pageCount: 1) { held.append(DropBox(page)) }
    let thread = Crew(1) { _ in
      #expect(waits { allocator.heapForTests.line.count == 1 })
      fragment.drop()
    }
    if isFragment {
      let next = try pool.takeFragment(byteCount: 3000, blocking: .seconds(60))
      #expect(next.byteCount == 3000)
    } else {
      let next = try pool.take(blocking: .seconds(60))
      #expect(next.byteCount == .page)
    }
    thread.join()
    withExtendedLifetime((held, fragment)) {}
  }
}
