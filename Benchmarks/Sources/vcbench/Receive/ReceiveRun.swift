// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// One run of one way with one workload.
struct ReceiveRun {
  let options: ReceiveOptions

  /// How datagrams are fetched.
  let call: ReceiveCall

  /// Whether the consumer keeps some pages for a while.
  let keeping: Bool

  /// The most bursts before those that count.
  private static let mostWarmUps = 64

  /// Has the sender send burst by burst, and receives each.
  ///
  /// While datagrams are received the sender sleeps, and the receiver and the consumer have a
  /// processor each: where there are only two, else the time that is left to them by the sender
  /// would be measured, which does more for a datagram than both of them.
  func callAsFunction<Page: SourcePage & ~Copyable>(
    _ page: Page.Type, _ channel: borrowing SenderChannel
  ) throws(CommandFailure) -> ReceiveFigures {
    let processors = Processors.allowed()
    let places = processors.count > 1 ? [processors[0], processors[1]] : nil
    if let places { Processors.allow([places[0]]) }
    defer { if places != nil { Processors.allow(processors) } }

    let source = try Page.Source(pages: options.mostPages(call))
    let relay = Relay<Page>()
    var receiver = try BurstReceiver(relay, source, call, options)
    let options = options
    let keeping = keeping
    let consumer = try BenchThreads(1) { _ in
      if let places { Processors.allow([places[1]]) }
      DatagramConsumer(relay, source, options, keeping: keeping).run()
    }
    var figures = ReceiveFigures()
    var failure: CommandFailure?
    do throws(CommandFailure) {
      try receive(&receiver, relay, channel, &figures)
    } catch {
      failure = error
    }
    let taken = receiver.taken
    figures.consumed = receiver.delivered
    let left = receiver.finish()
    consumer.keep()
    _ = consume consumer
    if let failure { throw failure }
    let report = relay.report.withLock { $0 }
    figures.consumed = report.datagrams
    figures.damaged = report.damaged
    figures.releaseNanoseconds = report.releaseNanoseconds
    figures.consumerIdleNanoseconds = report.idleNanoseconds
    figures.released = report.released
    figures.out = source.settle()
    // Malloc does not tell.
    figures.out.pages = max(figures.out.pages, taken - report.released - left)
    figures.account = source.account(taken: taken)
    return figures
  }

  private func receive<Page: SourcePage & ~Copyable>(
    _ receiver: inout BurstReceiver<Page>, _ relay: Relay<Page>,
    _ channel: borrowing SenderChannel, _ figures: inout ReceiveFigures
  ) throws(CommandFailure) {
    let window = min(options.burst, receiver.window(of: options.byteCount))
    var warmUps = warmUpBursts(window)
    var bursts = 0
    var start = Clock.now()
    repeat {
      let isWarm = warmUps <= 0
      let count = isWarm ? min(window, options.count - figures.datagrams) : window
      let request = SenderRequest(port: receiver.port, first: figures.sent, count: count)
      try channel.burst(request)
      figures.sent += count
      bursts += 1
      relay.begin(bursts)
      let burst = try receiver.receive(count)
      figures.allNanoseconds += burst.nanoseconds
      if isWarm { figures.add(burst) }
      warmUps -= 1
      if warmUps == 0 { start = Clock.now() }
      // A socket that nothing comes out of would be asked for ever.
      if burst.datagrams == 0 { return }
    } while warmUps > -1
      || figures.datagrams < options.count
        && Clock.now() - start < options.nanoseconds
  }

  /// The bursts after which the consumer keeps as many pages as it ever will.
  private func warmUpBursts(_ window: Int) -> Int {
    let kept = keeping ? options.keptMillionths : 0
    guard kept > 0 else { return 2 }
    let each = max(1, window * kept / Ratio.one)
    return min(Self.mostWarmUps, 2 + ReceiveOptions.mostKept / each)
  }
}
