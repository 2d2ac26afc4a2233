// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// Every system call of every kind fails once, in every operation, and nothing is lost.
///
/// In a process of its own, where there is no other arena: whatever carries an arena's name
/// afterwards was lost.
@Suite struct FaultInjectionTests {
  @Test func everySystemCallIsMadeByTheScenario() {
    let faults = FaultPlan()
    #expect(Scenario(faults).run() == 0)
    // One is made once a process, the other where the quick barrier fails.
    let others = [SystemCallKind.registerForkHandler, .globalBarrier]
    for call in SystemCallKind.allCases where !others.contains(call) {
      #expect(faults.count(of: call) > 0, "\(call) is not reached")
    }
  }

  @Test(arguments: SystemCallKind.allCases)
  func aSingleFailureLosesNothing(call: SystemCallKind) async {
    await #expect(processExitsWith: .success) { [call] in
      try await Scenario.failEach(call, times: 1)
    }
  }

  @Test(arguments: SystemCallKind.allCases)
  func lastingFailureLosesNothing(call: SystemCallKind) async {
    await #expect(processExitsWith: .success) { [call] in
      try await Scenario.failEach(call, times: .max)
    }
  }
}

extension SystemCallKind: Codable {}

/// Operations of every kind on one allocator, each of which may fail.
private struct Scenario {
  let faults: FaultPlan
  private let errors: Errors

  private final class Errors {
    var count = 0
  }

  init(_ faults: FaultPlan) {
    self.faults = faults
    errors = Errors()
  }

  /// Fails the first call of a kind, then the second, and so on to the last that is made.
  static func failEach(_ call: SystemCallKind, times: Int) async throws {
    let counting = FaultPlan()
    _ = Scenario(counting).run()
    let calls = max(1, counting.count(of: call))
    for nth in 1...calls {
      let faults = FaultPlan()
      faults.fail(call, nth: nth, times: times, errno: ENOMEM)
      let errors = Scenario(faults).run()
      try requireNothingIsLeft("\(call), call \(nth) of \(calls), \(errors) errors")
    }
  }

  /// Nothing in the process carries an arena's name, and nothing waits for release.
  private static func requireNothingIsLeft(_ what: String) throws {
    // Orphans go when something else is released.
    _ = try Mapping(reserving: .page, system: OperatingSystem())
    try #require(ProcessState.orphanCount == 0, "address space lost: \(what)")
    let names = KernelView.mappings().filter { $0.path.contains("memfd:vcompound") }
    try #require(names.isEmpty, "\(names.count) mappings lost: \(what)")
    try #require(KernelView.descriptorsNamingArenas() == 0, "descriptor lost: \(what)")
  }

  /// Runs everything.
  ///
  /// - Returns: how many operations failed.
  func run() -> Int {
    attempt {
      var configuration = AllocatorConfiguration()
      configuration.fallback = .whenNeeded
      configuration.excludesMemoryFromDumps = true
      // A helper thread that makes no calls of its own.
      configuration.upkeep = ArenaUpkeep()
      configuration.upkeep?.decay = .seconds(86_400)
      configuration.upkeep?.healingPerSecond = 0
      configuration.faultPlan = faults
      // Three chunks and a short one.
      let pages = 3 * 512 + 100
      let allocator = try CompoundAllocator(
        capacity: PageCount(pages).byteCount, configuration: configuration)
      use(allocator)
      try recover(allocator, pages)
    }
    return errors.count
  }

  private func use(_ allocator: CompoundAllocator) {
    // Two chunks in blocks of 16 pages, every other one free.
    var kept: [UnsafeMutableRawPointer] = []
    for index in 0..<64 {
      attempt {
        let block = try allocator.allocatePointer(byteCount: .kibibytes(64))
        if index % 2 == 0 { kept.append(block) } else { kept.insert(block, at: 0) }
      }
    }
    let freed = kept.prefix(kept.count / 2)
    for block in freed { allocator.deallocate(block) }
    kept.removeFirst(freed.count)

    attempt { try growAndShrink(allocator) }
    attempt { try writeAndRead(allocator) }
    attempt { try closePool(allocator) }
    attempt { try growArray(allocator) }
    attempt { try goAround(allocator) }
    attempt { try splitAndJoin(allocator) }
    attempt { try remap(allocator) }
    attempt { try tell(allocator) }
    attempt {
      let buffer = try allocator.allocate(pageCount: 300, alignment: .mebibytes(4), zeroed: true)
      _ = buffer.byteCount
    }
    attempt { _ = try allocator.footprint() }
    attempt { try allocator.trim() }
    attempt { try allocator.residentByteCountOfKernel() }
    for block in kept { allocator.deallocate(block) }
    attempt { try allocator.trim() }
  }

  /// A stitched block that shrinks, and grows again in its window.
  ///
  /// Revokes a page of a pool, and lets go of it.
  private func closePool(_ allocator: CompoundAllocator) throws {
    var pool = try PagePool(allocator: allocator, limits: .init(out: 8, kept: 8))
    let page = try pool.take()
    let closure = pool.close(.revoking)
    _ = consume page
    if let failure = closure.failure { throw failure }
  }

  /// A block that goes through a file of the test's.
  private func writeAndRead(_ allocator: CompoundAllocator) throws {
    let file = memfd_create("transfer", 0)
    defer { close(file) }
    var buffer = try allocator.allocate(pageCount: 3)
    try buffer.write(to: file)
    try buffer.read(from: file, atOffset: 0)
  }

  private func growAndShrink(_ allocator: CompoundAllocator) throws {
    var buffer = try allocator.allocate(pageCount: 200)
    buffer.withUnsafeMutableBytes { writeStamps($0, pages: 200, block: 1) }
    for pages in [100, 190, 260, 30] {
      attempt { try buffer.resize(toByteCount: PageCount(pages).byteCount) }
      let pages = min(buffer.pageCount.rawValue, 100)
      let holds = buffer.withUnsafeBytes { stampsHold($0, pages: pages, block: 1) }
      #expect(holds)
    }
  }

  private func fill(_ array: inout CompoundArray<Int>) throws {
    for page in 0..<300 {
      let added = [Int](repeating: page, count: 512)
      try array.append(contentsOf: added.span)
    }
  }

  /// Rings of scattered pages and of one run, written to across their ends.
  private func goAround(_ allocator: CompoundAllocator) throws {
    for pages in [2, 200] {
      var ring = try CompoundRing(capacity: PageCount(pages).byteCount, allocator: allocator)
      ring.commit(ring.capacity - 8)
      ring.consume(ring.capacity - 8)
      // The first page is the last one, but for 8 bytes, and goes on into the next.
      ring.withUnsafeWritableBytes { writeStamps($0, pages: pages, block: 4) }
      ring.commit(ring.capacity)
      let holds = ring.withUnsafeReadableBytes { stampsHold($0, pages: pages, block: 4) }
      #expect(holds)
    }
  }

  /// An array that grows over all that is free.
  private func growArray(_ allocator: CompoundAllocator) throws {
    var array = CompoundArray<Int>(allocator: allocator)
    attempt { try fill(&array) }
    let isWhole = (0..<array.count / 512).allSatisfy {
      array[$0 * 512] == $0 && array[$0 * 512 + 511] == $0
    }
    #expect(isWhole)
  }

  /// A server of reports at a path where a process has left its socket, and somebody who asks.
  private func tell(_ allocator: CompoundAllocator) throws {
    let path = socketPath()
    defer { unlink(path) }
    let left = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    try OperatingSystem().bindSocket(left, path)
    close(left)
    let server = try ReportServer(of: allocator, at: path)
    // No answer is a failure of the server's calls, which the client sees by its patience.
    _ = LocalClient(server.path, seconds: 0)?.ask("statistics")
  }

  /// A contiguous block that grows until it must be stitched.
  private func remap(_ allocator: CompoundAllocator) throws {
    var buffer = try allocator.allocate(pageCount: 500)
    buffer.withUnsafeMutableBytes { writeStamps($0, pages: 500, block: 2) }
    for pages in [612, 700, 740, 900] {
      attempt { try buffer.resize(toByteCount: PageCount(pages).byteCount) }
      let holds = buffer.withUnsafeBytes { stampsHold($0, pages: 500, block: 2) }
      #expect(holds)
    }
  }

  /// Buffers and pages that are joined and split; what fails leaves both as they were.
  private func splitAndJoin(_ allocator: CompoundAllocator) throws {
    var whole = try stamped(60, block: 5, allocator)
    // Into a window, into the room behind it, and from one into another.
    for block in 6..<9 {
      let pages = whole.pageCount.rawValue
      var other: CompoundBuffer? = try stamped(40, block: block, allocator)
      attempt { try whole.join(&other) }
      if let kept = other.take() {
        #expect(holds(kept, 0, 40, block: block) == true)
      } else {
        #expect(holds(whole, pages, 40, block: block) == true)
      }
      #expect(holds(whole, 0, 60, block: 5) == true)
      if whole.pageCount.rawValue > 100 {
        attempt { other = try whole.splitOff(at: .kibibytes(400)) }
      }
    }
    // Pages of two, of which some are stitched.
    let count = whole.pageCount.rawValue / 2
    var slots = PageSlots(count: count, order: 1, allocator: allocator)
    var given: CompoundBuffer? = consume whole
    attempt { try slots.put(pagesOf: &given) }
    if let whole = given.take() {
      #expect(slots.filledCount == 0)
      #expect(holds(whole, 0, 60, block: 5) == true)
      return
    }
    let last = slots.take(at: count - 1)
    var joined: CompoundBuffer?
    attempt { joined = try CompoundBuffer(joining: &slots) }
    if let whole = joined.take() {
      #expect(slots.filledCount == 0)
      #expect(holds(whole, 0, 60, block: 5) == true)
    } else {
      #expect(slots.filledCount == count - 1)
      let first = slots.baseAddress(at: 0).load(as: UInt64.self)
      #expect(first == stamp(5, page: 0))
    }
    #expect(last?.pageCount == 2)
  }

  private func stamped(
    _ pages: Int, block: Int, _ allocator: CompoundAllocator
  ) throws -> CompoundBuffer {
    var buffer = try allocator.allocate(pageCount: PageCount(pages))
    buffer.withUnsafeMutableBytes { writeStamps($0, pages: pages, block: block) }
    return buffer
  }

  private func holds(
    _ buffer: borrowing CompoundBuffer, _ first: Int, _ pages: Int, block: Int
  ) -> Bool {
    buffer.withUnsafeBytes { bytes in
      let part = UnsafeRawBufferPointer(rebasing: bytes[(first * 4096)...])
      return stampsHold(part, pages: pages, block: block)
    }
  }

  /// When the failures are over, everything is there and works.
  private func recover(_ allocator: CompoundAllocator, _ pages: Int) throws {
    faults.clear()
    let heap = allocator.heapForTests
    heap.windows.tearDownRetired()
    heap.inNeed {}
    heap.validate()
    #expect(allocator.statistics.free == PageCount(pages).byteCount)
    #expect(allocator.statistics.liveBlocks == 0)
    #expect(allocator.statistics.mappings == 0)
    let mappings = KernelView(allocator).mappings
    #expect(mappings.count == 1, "\(mappings)")

    let kept = try allocator.fragment { $0 / 64 % 2 == 0 }
    var buffer = try allocator.allocate(byteCount: allocator.statistics.free)
    let half = buffer.pageCount.rawValue
    buffer.withUnsafeMutableBytes { writeStamps($0, pages: half, block: 3) }
    let holds = buffer.withUnsafeBytes { stampsHold($0, pages: half, block: 3) }
    #expect(holds)
    _ = consume buffer
    allocator.deallocate(all: kept)
    try allocator.trim()
    #expect(try allocator.residentByteCountOfKernel() == 0)
    heap.validate()
  }

  private func attempt<Result>(_ body: () throws -> Result) {
    do {
      _ = try body()
    } catch
      where error is CompoundError || error is CompoundPoolError || error is TransferError
      || error is ReportServerError
    {
      errors.count += 1
    } catch {
      Issue.record("\(error)")
    }
  }
}
