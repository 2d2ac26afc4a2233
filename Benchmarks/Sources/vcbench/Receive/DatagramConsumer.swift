// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// What the consumer found.
struct ConsumerReport: Sendable {
  /// Datagrams that came.
  var datagrams = 0
  /// Those that were damaged, or came twice or out of order.
  var damaged = 0
  /// The time in which pages were let go of, in nanoseconds.
  var releaseNanoseconds: UInt64 = 0
  /// The time in which there was nothing to do during a burst, in nanoseconds.
  var idleNanoseconds: UInt64 = 0
  /// The pages that were let go of.
  var released = 0
}

/// Checks datagrams and lets go of their pages; of some, only after a while.
struct DatagramConsumer<Page: SourcePage & ~Copyable>: ~Copyable {
  private let relay: Relay<Page>
  private let source: Page.Source
  private var outlet: Ring<Delivery<Page>>.Outlet
  private var random: SplitMix64
  private let keptMillionths: Int
  /// The pages that are kept for a while.
  private var kept: PageRack<Page>
  /// The pages to let go of together, as seldom as the clock is to be read.
  private var done: PageRack<Page>
  private var next: UInt64 = 0
  private var report = ConsumerReport()

  /// Makes the consumer of a relay.
  init(
    _ relay: Relay<Page>, _ source: Page.Source, _ options: ReceiveOptions, keeping: Bool
  ) {
    self.relay = relay
    self.source = source
    outlet = relay.ring.makeOutlet()
    random = SplitMix64(seed: options.seed)
    keptMillionths = keeping ? options.keptMillionths : 0
    kept = PageRack(capacity: ReceiveOptions.mostKept)
    done = PageRack(capacity: ReceiveOptions.releaseBatch)
  }

  /// Consumes until all is over.
  consuming func run() {
    while relay.waitForBurst() { consumeBurst() }
    done.release(to: source)
    report.released += kept.count
    kept.release(to: source)
    let report = report
    relay.report.withLock { $0 = report }
    relay.setDone()
  }

  private mutating func consumeBurst() {
    while true {
      if let delivery = outlet.next() {
        consume(delivery)
        if done.isFull { release() }
        continue
      }
      let start = Clock.now()
      let before = report.releaseNanoseconds
      release()
      if relay.isOver(after: report.datagrams) { return }
      sched_yield()
      report.idleNanoseconds += Clock.now() - start - (report.releaseNanoseconds - before)
    }
  }

  @inline(__always)
  private mutating func consume(_ delivery: consuming Delivery<Page>) {
    report.datagrams += 1
    let number = unsafe Datagram.number(
      delivery.page.baseAddress, byteCount: delivery.byteCount)
    if let number, number >= next {
      next = number + 1
    } else {
      report.damaged += 1
    }
    if keptMillionths > 0, random.below(Ratio.one) < keptMillionths {
      keep(delivery.page)
    } else {
      done.append(delivery.page)
    }
  }

  /// Keeps a page; where there are enough, one chosen at random makes room.
  ///
  /// So kept pages go in another order than they came in.
  private mutating func keep(_ page: consuming Page) {
    if kept.isFull {
      done.append(kept.exchange(random.below(kept.capacity), for: page))
    } else {
      kept.append(page)
    }
  }

  private mutating func release() {
    outlet.publish()
    guard done.count > 0 else { return }
    report.released += done.count
    let start = Clock.now()
    done.release(to: source)
    report.releaseNanoseconds += Clock.now() - start
  }
}
