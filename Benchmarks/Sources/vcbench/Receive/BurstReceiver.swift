// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The receiver: fills pages from the socket and hands them on, a burst at a time.
struct BurstReceiver<Page: SourcePage & ~Copyable>: ~Copyable {
  private let relay: Relay<Page>
  private let source: Page.Source
  private var inlet: Ring<Delivery<Page>>.Inlet
  /// The pages that the next call fills.
  private var pages: PageRack<Page>
  private let messages: MessageBatch
  private let socket: UDPSocket
  private var batches = 0
  /// Datagrams that were handed on, in all bursts.
  private(set) var delivered = 0
  /// Pages that were taken.
  private(set) var taken = 0

  /// How long a datagram that was sent may take.
  private static var patience: Int32 { 100 }

  /// The batches of which one is looked at closely: the clock of processor time is a system call.
  private static var sampling: Int { 16 }

  /// Makes a receiver.
  init(
    _ relay: Relay<Page>, _ source: Page.Source, _ call: ReceiveCall,
    _ options: ReceiveOptions
  ) throws(CommandFailure) {
    self.relay = relay
    self.source = source
    inlet = relay.ring.makeInlet()
    pages = PageRack(capacity: call.capacity(options))
    messages = MessageBatch(call, options)
    socket = try BurstReceiver.socket(call)
  }

  private static func socket(_ call: ReceiveCall) throws(CommandFailure) -> UDPSocket {
    let socket = try UDPSocket()
    if call == .train { try socket.receiveTrains() }
    return socket
  }

  /// The port that it listens on.
  var port: UInt16 { socket.port }

  /// How many datagrams of a length may be sent in a burst.
  func window(of byteCount: Int) -> Int { socket.window(of: byteCount) }

  /// Receives a burst that has been sent, and waits for the consumer.
  ///
  /// - Parameter count: how many datagrams were sent.
  /// - Returns: how many came, and the times.
  /// - Throws: a failure where a page is refused, or the socket fails.
  mutating func receive(_ count: Int) throws(CommandFailure) -> BurstFigures {
    var burst = BurstFigures()
    let start = Clock.now()
    do throws(CommandFailure) {
      while burst.datagrams < count, try receiveBatch(&burst) {}
    } catch {
      // The consumer would wait for the rest of the burst for ever.
      relay.end(after: delivered)
      throw error
    }
    let waiting = Clock.now()
    relay.end(after: delivered)
    let end = Clock.now()
    burst.idleNanoseconds += end - waiting
    burst.nanoseconds = end - start
    return burst
  }

  /// Receives a batch.
  ///
  /// - Returns: whether anything came.
  private mutating func receiveBatch(_ burst: inout BurstFigures) throws(CommandFailure) -> Bool {
    let isSampled = batches % Self.sampling == 0
    batches += 1
    let begun = isSampled ? ThreadClock.now() : 0
    let start = Clock.now()
    let empty = pages.emptyCount
    try pages.fill(from: source)
    taken += empty
    for index in 0..<empty {
      pages.withPage(index) { page in unsafe messages.set(index, page.baseAddress) }
    }
    let filled = Clock.now()
    let calling = isSampled ? ThreadClock.now() : 0
    let received = try messages.receive(socket)
    let called = isSampled ? ThreadClock.now() : 0
    let arrived = Clock.now()
    burst.takeNanoseconds += filled - start
    burst.socketNanoseconds += arrived - filled
    guard received > 0 else {
      let came = socket.wait(milliseconds: Self.patience)
      burst.idleNanoseconds += Clock.now() - arrived
      return came
    }
    deliver(received, &burst)
    if isSampled {
      burst.sampledSocketNanoseconds += called - calling
      burst.sampledNanoseconds += ThreadClock.now() - begun
    }
    return true
  }

  @inline(__always)
  private mutating func deliver(_ count: Int, _ burst: inout BurstFigures) {
    for index in 0..<count {
      guard let page = pages.takeFirst() else { break }
      if !inlet.hasRoom() { waitForRoom(&burst) }
      inlet.add(Delivery(page: page, byteCount: messages.byteCount(index)))
    }
    inlet.publish()
    burst.datagrams += count
    delivered += count
  }

  @inline(never)
  private mutating func waitForRoom(_ burst: inout BurstFigures) {
    let start = Clock.now()
    inlet.publish()
    while !inlet.hasRoom() { sched_yield() }
    burst.idleNanoseconds += Clock.now() - start
  }

  /// Ends the consumer, and lets go of the pages that nothing was received into.
  ///
  /// - Returns: how many these were.
  consuming func finish() -> Int {
    relay.finish()
    let left = pages.count
    pages.release(to: source)
    return left
  }
}
