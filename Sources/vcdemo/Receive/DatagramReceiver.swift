// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// What one run of one way came to.
package struct ReceiveFigures: Equatable, Sendable {
  /// Datagrams that were received and checked.
  package var datagrams = 0
  /// From a full socket to the last datagram in it dealt with, all fillings together.
  package var nanoseconds: UInt64 = 0
  /// Spent by the receiver in recvmmsg.
  package var socketNanoseconds: UInt64 = 0
  /// Spent by the receiver in waiting for room in the ring: for the consumer.
  package var idleNanoseconds: UInt64 = 0
  /// Spent by the receiver in taking pages, and by the consumer in letting go of them.
  package var takeNanoseconds: UInt64 = 0
  package var releaseNanoseconds: UInt64 = 0
  package var released = 0
  /// Datagrams that never came, and those that came damaged.
  package var lost = 0
  package var damaged = 0
  /// The pages that were still out at the end.
  package var pagesOut = 0
  package var account = PageAccount()

  /// Datagrams in a second.
  package var rate: Double { Double(datagrams) * 1e9 / Double(max(1, nanoseconds)) }

  /// The share of recvmmsg in the receiver's time, but for waiting.
  package var socketShare: Double {
    let busy = nanoseconds > idleNanoseconds ? nanoseconds - idleNanoseconds : 1
    return min(1, Double(socketNanoseconds) / Double(busy))
  }

  /// The time for a page, on both threads together.
  package var pageNanoseconds: Double {
    guard datagrams > 0, released > 0 else { return 0 }
    return Double(takeNanoseconds) / Double(datagrams)
      + Double(releaseNanoseconds) / Double(released)
  }
}

/// The receiver: fills pages from the socket and hands them on.
struct DatagramReceiver: Sendable {
  let options: ReceiveOptions

  /// The pages on their way to the consumer.
  private static let ringCapacity = 1024

  /// The most pages that are out at once: kept, on their way, and in the receiver's hands.
  static func mostPages(_ options: ReceiveOptions) -> Int {
    DatagramConsumer.mostKept + ringCapacity + 4 * options.batch + 64
  }

  /// Receives with one way.
  func run<Way: PageWay & ~Copyable>(
    _ way: consuming Way, keeping: Bool
  ) throws(CommandFailure) -> ReceiveFigures {
    let board = ReceiveBoard()
    let ring = PageRing<Delivery>(capacity: Self.ringCapacity)
    let receiving = try UDPSocket()
    let sending = Held(try UDPSocket())
    try sending.value.connect(to: receiving)
    let window = receiving.window(byteCount: options.byteCount)
    let found = Mutex(ConsumerReport())
    let box = Held(found)
    let sink = Handed(way.makeSink())
    let sender = DatagramSender(options: options, board: board)
    let consumer = DatagramConsumer(options: options)
    var figures = ReceiveFigures()
    do {
      let threads = try BenchThreads(2) { index in
        if index == 0 {
          sender.run(sending.value, window: window)
        } else if let sink = sink.take() {
          let report = consumer.run(ring, sink, keeping: keeping)
          box.value.withLock { $0 = report }
        }
      }
      do throws(CommandFailure) {
        try receive(&way, receiving, ring, board, &figures)
      } catch {
        board.fail(error)
      }
      board.isOver.store(true, ordering: .releasing)
      ring.close()
      threads.keep()
    }
    if let failure = board.failure.withLock({ $0 }) { throw failure }
    let report = box.value.withLock { $0 }
    figures.damaged = report.damaged
    figures.lost = max(figures.lost, report.expected - report.datagrams)
    figures.releaseNanoseconds = report.releaseNanoseconds
    figures.released = report.released
    figures.account = way.account
    figures.pagesOut = way.end()
    return figures
  }

  private func receive<Way: PageWay & ~Copyable>(
    _ way: inout Way, _ socket: borrowing UDPSocket, _ ring: PageRing<Delivery>,
    _ board: ReceiveBoard, _ figures: inout ReceiveFigures
  ) throws(CommandFailure) {
    let messages = MessageBatch(count: options.batch)
    // The pages that the next call fills, the last one first.
    let pages = PageShelf<DatagramPage>(capacity: options.batch)
    let start = Clock.now()
    let end = start + options.nanoseconds
    while figures.datagrams < options.count, Clock.now() < end {
      let sent = waitForDatagrams(board, figures.datagrams)
      guard sent > figures.datagrams else { return }
      let begin = Clock.now()
      try drain(&way, socket, ring, messages, pages, until: sent, &figures)
      // The consumer's work is a part of it.
      while !ring.isEmpty { sched_yield() }
      figures.nanoseconds += Clock.now() - begin
      board.received.store(figures.datagrams, ordering: .releasing)
    }
  }

  /// Waits until the sender has filled the socket, and sleeps.
  ///
  /// - Returns: the datagrams sent so far; no more than `known` where there was a failure.
  private func waitForDatagrams(_ board: ReceiveBoard, _ known: Int) -> Int {
    while true {
      let sent = board.sent.load(ordering: .acquiring)
      if sent > known || board.isOver.load(ordering: .acquiring) { return sent }
      sched_yield()
    }
  }

  /// Receives all that was sent.
  private func drain<Way: PageWay & ~Copyable>(
    _ way: inout Way, _ socket: borrowing UDPSocket, _ ring: PageRing<Delivery>,
    _ messages: borrowing MessageBatch, _ pages: PageShelf<DatagramPage>, until sent: Int,
    _ figures: inout ReceiveFigures
  ) throws(CommandFailure) {
    var now = Clock.now()
    var misses = 0
    while figures.datagrams + figures.lost < sent {
      while !pages.isFull { pages.add(try way.take()) }
      let count = pages.count
      for index in 0..<count {
        pages.withPage(count - 1 - index) { page in
          unsafe messages.set(index, page.place, LivePeak.pageSize)
        }
      }
      let filled = Clock.now()
      figures.takeNanoseconds += filled - now
      let received = try messages.receive(socket.descriptor)
      now = Clock.now()
      figures.socketNanoseconds += now - filled
      if received == 0 {
        // All were in the socket before: what is not there by now was dropped on the way.
        misses += 1
        if misses > 1000 { figures.lost = sent - figures.datagrams }
        sched_yield()
        continue
      }
      for index in 0..<received {
        guard let page = pages.takeLast() else { break }
        if ring.isFull { waitForRoom(ring, &figures) }
        ring.send(Delivery(page: page, byteCount: messages.byteCount(index)))
      }
      figures.datagrams += received
      now = Clock.now()
    }
  }

  private func waitForRoom(
    _ ring: PageRing<Delivery>, _ figures: inout ReceiveFigures
  ) {
    let start = Clock.now()
    while ring.isFull { sched_yield() }
    figures.idleNanoseconds += Clock.now() - start
  }
}

/// Something that threads share without owning it alone.
private final class Held<Value: ~Copyable & Sendable>: Sendable {
  let value: Value

  init(_ value: consuming Value) { self.value = value }
}
