// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Takes that wait where there is no memory for a new object, in the heap's line.
extension ObjectCacheCore {
  /// Takes an object that is kept, makes one, or has the request wait for memory.
  private func takeOrWait(
    _ heap: Heap, isTask: Bool, nanoseconds: Int
  ) throws(CompoundError) -> (place: PackedPlace?, waiter: Waiter?) {
    if let place = takeShared(heap) { return (place, nil) }
    let patient = try heap.allocateOrWait(
      byteCount: life.size, alignment: life.alignment, isZeroed: false, isTask: isTask,
      nanoseconds: nanoseconds, label)
    switch patient {
    case .served(let block): return (begin(block), nil)
    case .waiting(let waiter): return (nil, waiter)
    }
  }

  /// As `take`; the thread waits where there is no memory.
  func take(blocking nanoseconds: Int) throws(CompoundError) -> PackedPlace {
    if let place = door.pass({ shelf.take($0) }) { return place }
    return try door.enter { (heap) throws(CompoundError) in
      let (place, waiter) = try takeOrWait(heap, isTask: false, nanoseconds: nanoseconds)
      if let place { return place }
      guard let waiter else { preconditionFailure("neither an object nor a wait") }
      // The line is left before `create` runs, which may allocate.
      let block: Block
      do {
        defer { heap.leaveLine(waiter) }
        block = try heap.wait(waiter)
      }
      return begin(block)
    }
  }

  /// As `take`; the task waits where there is no memory.
  nonisolated(nonsending)
    func take(waiting nanoseconds: Int) async throws -> PackedPlace
  {
    if let place = door.pass({ shelf.take($0) }) { return place }
    let (place, waiter) = try door.enter { (heap) throws(CompoundError) in
      try takeOrWait(heap, isTask: true, nanoseconds: nanoseconds)
    }
    if let place { return place }
    guard let waiter else { preconditionFailure("neither an object nor a wait") }
    return begin(try await door.wait(for: waiter))
  }
}
