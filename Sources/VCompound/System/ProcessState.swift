// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization
internal import ThreadSlot

/// What all heaps of the process share, behind the one lock that is global.
///
/// - The *spans*: address space that windows are in. A child of fork must not see its parent's
///   memory under the old addresses. The linear map is marked `MADV_DONTFORK` once; a mark on each
///   window would cost a quarter of a microsecond a mapping, so a child of fork unmaps the spans
///   before `fork` returns there.
/// - The *orphans*: address space that the kernel refused to take back.
/// - The lists of each thread's magazines (`ThreadList`).
///
/// The lock is held over `fork` (`pthread_atfork`): a child finds it free, and what it guards
/// consistent. Its holder may take the locks of magazines, slabs and the ledger; none of their
/// holders may take it. Of other locks only that of teardown is held when it is taken.
package struct ProcessState: ~Copyable {
  private var spans = RangeTable(capacity: 1 << 16)
  private var orphans = RangeTable(capacity: 1 << 16)
  private var hasForkHandlers = false

  /// The descriptors of servers of reports, which children of fork must not keep open.
  private var descriptors: [Int32] = []

  private static let shared = Lock(ProcessState())

  /// The mappings of all heaps of the process; see `MappingBudget`.
  static let mappingsInUse = Atomic<Int>(0)

  private static let lastHeapNumber = Atomic<UInt64>(0)

  /// A number that no heap of the process has had.
  package static func newHeapNumber() -> UInt64 {
    lastHeapNumber.wrappingAdd(1, ordering: .relaxed).newValue
  }

  /// Runs a function with the lock of the process held: no fork happens meanwhile.
  package static func withLock<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try shared.withLock { (_) throws(Failure) in try body() }
  }

  // MARK: Fork

  /// Registers the handlers that hold the lock over each fork; once for the process.
  ///
  /// - Throws: `systemCall`.
  package static func prepareForFork(system: OperatingSystem) throws(CompoundError) {
    try shared.withLock { (state: inout ProcessState) throws(CompoundError) in
      guard !state.hasForkHandlers else { return }
      try system.registerForkHandlers(
        before: { ProcessState.shared.hold() },
        parent: { ProcessState.shared.letGo() },
        child: {
          ProcessState.shared.letGo()
          ProcessState.becomeChild()
        })
      state.hasForkHandlers = true
    }
  }

  /// Unmaps and forgets what was the parent's, in a child of fork, which has one thread.
  private static func becomeChild() {
    shared.withLock { state in
      for index in 0..<state.spans.count {
        OperatingSystem().unmapAfterFork(state.spans[index])
      }
      state.spans.removeAll()
      for descriptor in state.descriptors { OperatingSystem().closeAfterFork(descriptor) }
      state.descriptors.removeAll(keepingCapacity: true)
    }
    mappingsInUse.store(0, ordering: .relaxed)
    vcompound_slot_set(0, 0)
    unsafe vcompound_slot_first_cache().pointee = 0
    unsafe vcompound_slot_callbacks().pointee = 0
  }

  // MARK: Descriptors

  /// Opens a descriptor, which every child of fork closes before `fork` returns there.
  ///
  /// - Parameter open: opens it, and does not wait: no fork happens meanwhile.
  /// - Returns: what it has opened.
  /// - Throws: what the function throws.
  package static func openDescriptor(
    _ open: () throws(CompoundError) -> Int32
  ) throws(CompoundError) -> Int32 {
    try shared.withLock { (state: inout ProcessState) throws(CompoundError) in
      let descriptor = try open()
      state.descriptors.append(descriptor)
      return descriptor
    }
  }

  /// Closes such a descriptor.
  package static func closeDescriptor(_ descriptor: Int32, system: OperatingSystem) {
    shared.withLock { state in
      state.descriptors.removeAll { $0 == descriptor }
      system.closeFile(descriptor)
    }
  }

  // MARK: Spans

  /// Reserves address space for windows.
  ///
  /// - Throws: `systemCall`.
  package static func reserveSpan(
    byteCount: ByteCount, system: OperatingSystem
  ) throws(CompoundError) -> AddressRange {
    try shared.withLock { (state: inout ProcessState) throws(CompoundError) in
      let span = AddressRange(
        address: try system.reserve(byteCount: byteCount), byteCount: byteCount)
      guard state.spans.append(span) else {
        state.release(span, system)
        throw .systemCall(.reserve, errno: ENOMEM)
      }
      return span
    }
  }

  /// Gives a part of the spans back to the kernel, or all of a span.
  ///
  /// Under one lock with the list, so that a child of fork never keeps a window, nor unmaps an
  /// address that the parent's next mapping has got.
  package static func releaseSpans(_ range: AddressRange, system: OperatingSystem) {
    shared.withLock { state in
      state.release(range, system)
      var index = 0
      while index < state.spans.count {
        let span = state.spans[index]
        guard span.address < range.end, range.address < span.end else {
          index += 1
          continue
        }
        state.spans.remove(at: index)
        state.keep(from: span.address, to: range.address)
        state.keep(from: range.end, to: span.end)
      }
    }
  }

  private mutating func keep(from start: UInt, to end: UInt) {
    guard start < end else { return }
    let byteCount = ByteCount(Int(bitPattern: end - start))
    spans.append(AddressRange(address: start, byteCount: byteCount))
  }

  // MARK: Address space that the kernel refuses

  /// Gives a range back to the kernel now, or where the kernel refuses, at a later release.
  ///
  /// `munmap` can fail: at the limit on mappings it may not split one, and two neighbouring
  /// reservations can have become one mapping.
  package static func release(_ range: AddressRange, system: OperatingSystem) {
    shared.withLock { state in
      system.tables?.remove(range)
      state.release(range, system)
    }
  }

  private mutating func release(_ range: AddressRange, _ system: OperatingSystem) {
    let isReleased = (try? system.unmap(at: range.address, byteCount: range.byteCount)) != nil
    var index = 0
    while index < orphans.count {
      let orphan = orphans[index]
      if (try? system.unmap(at: orphan.address, byteCount: orphan.byteCount)) != nil {
        orphans.remove(at: index)
      } else {
        index += 1
      }
    }
    if !isReleased { orphans.append(range) }
  }

  /// How many ranges the kernel has refused to take back, for tests.
  package static var orphanCount: Int { shared.withLock { $0.orphans.count } }
}
