// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The events of all threads of a process, by time.
///
/// A heap of the threads, the one with the earliest next event on top. Of two at one time a free
/// comes first: it had its time before the memory was free.
struct SpoolMerge: ~Copyable {
  private struct Cursor {
    var thread: Int
    var chunk = 0
    var next: Int
    var event: SpoolFile.Event

    func precedes(_ other: Cursor) -> Bool {
      if event.time != other.event.time { return event.time < other.event.time }
      return event.kind == .free && other.event.kind != .free
    }
  }

  private let file: SpoolFile
  private var heap: [Cursor] = []

  /// Begins with the first events.
  init(_ file: consuming SpoolFile) {
    for (thread, chunks) in file.chunks.enumerated() where !chunks.isEmpty {
      let next = SpoolFile.firstEvent(of: chunks[0])
      guard let first = file.event(at: next, in: chunks[0]) else { continue }
      heap.append(Cursor(thread: thread, next: first.next, event: first.event))
    }
    self.file = file
    for index in heap.indices.reversed() { sink(index) }
  }

  /// The next event, and the thread that noted it.
  mutating func next() -> (event: SpoolFile.Event, thread: Int)? {
    guard var first = heap.first else { return nil }
    let result = (first.event, first.thread)
    if advance(&first) {
      heap[0] = first
    } else {
      heap[0] = heap[heap.count - 1]
      heap.removeLast()
    }
    if !heap.isEmpty { sink(0) }
    return result
  }

  /// Moves to the thread's next event, if it has one.
  private func advance(_ cursor: inout Cursor) -> Bool {
    let chunks = file.chunks[cursor.thread]
    while true {
      if let (event, next) = file.event(at: cursor.next, in: chunks[cursor.chunk]) {
        cursor.event = event
        cursor.next = next
        return true
      }
      cursor.chunk += 1
      guard cursor.chunk < chunks.count else { return false }
      cursor.next = SpoolFile.firstEvent(of: chunks[cursor.chunk])
    }
  }

  private mutating func sink(_ start: Int) {
    var index = start
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2] where child < heap.count {
        if heap[child].precedes(heap[least]) { least = child }
      }
      if least == index { return }
      heap.swapAt(index, least)
      index = least
    }
  }
}
