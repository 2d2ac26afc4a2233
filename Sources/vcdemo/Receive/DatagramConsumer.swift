// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A page with a datagram in it, on its way to the consumer.
struct Delivery: ~Copyable, Sendable {
  var page: DatagramPage
  var byteCount: Int
}

/// What the consumer found.
struct ConsumerReport: Sendable {
  var datagrams = 0
  var damaged = 0
  /// The highest number that came, plus one.
  var expected = 0
  /// The time in which pages were let go of, and how many.
  var releaseNanoseconds: UInt64 = 0
  var released = 0
}

/// Checks datagrams and lets go of their pages; of some, only after a while.
struct DatagramConsumer: Sendable {
  let options: ReceiveOptions

  /// The most pages that are kept for a while.
  static let mostKept = 2048

  /// The pages that are let go of between two looks at the clock.
  private static let batch = 32

  /// Consumes until the ring is closed and empty.
  func run(
    _ ring: PageRing<Delivery>, _ sink: consuming PageSink, keeping: Bool
  ) -> ConsumerReport {
    var report = ConsumerReport()
    var random = SplitMix64(seed: options.seed)
    // Kept pages go in another order than they came in: a page chosen at random makes room.
    let kept = PageShelf<DatagramPage>(capacity: Self.mostKept)
    let done = PageShelf<DatagramPage>(capacity: Self.batch)
    while true {
      let isClosed = ring.isClosed
      guard let delivery = ring.receive() else {
        if isClosed { break }
        release(done, &sink, &report)
        sched_yield()
        continue
      }
      check(delivery, &report)
      let isKept = keeping && random.below(1_000_000) < options.keptMillionths
      let page = delivery.page
      if !isKept {
        done.add(page)
      } else if kept.isFull {
        done.add(kept.exchange(random.below(kept.count), for: page))
      } else {
        kept.add(page)
      }
      if done.isFull { release(done, &sink, &report) }
    }
    release(done, &sink, &report)
    release(kept, &sink, &report)
    return report
  }

  private func check(
    _ delivery: borrowing Delivery, _ report: inout ConsumerReport
  ) {
    report.datagrams += 1
    let number = unsafe Datagram.number(delivery.page.place, byteCount: delivery.byteCount)
    if let number {
      report.expected = max(report.expected, Int(number) + 1)
    } else {
      report.damaged += 1
    }
  }

  private func release(
    _ pages: PageShelf<DatagramPage>, _ sink: inout PageSink, _ report: inout ConsumerReport
  ) {
    guard pages.count > 0 else { return }
    report.released += pages.count
    let start = Clock.now()
    while let page = pages.takeLast() { sink.release(page) }
    report.releaseNanoseconds += Clock.now() - start
  }
}
