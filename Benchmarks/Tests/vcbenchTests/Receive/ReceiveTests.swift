// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite(.serialized) struct ReceiveTests {
  private func measure(
    _ ways: [PageWay], _ change: (inout ReceiveOptions) -> Void = { _ in }
  ) throws -> ReceiveResult {
    var options = ReceiveOptions()
    options.ways = ways
    options.count = 3_000
    options.nanoseconds = 20_000_000_000
    options.rounds = 1
    change(&options)
    let sender = DatagramSender(byteCount: options.byteCount, seed: options.seed)
    return try measure(options) { try sender.run($0) }
  }

  /// Measures with a sender that is a thread: the tests' program is not the one that is measured.
  private func measure(
    _ options: ReceiveOptions,
    sender: @escaping @Sendable (borrowing SenderChannel) throws -> Void
  ) throws -> ReceiveResult {
    let ends = try SenderChannel.pair()
    let channel = SenderChannel(descriptor: ends.receiver)
    let thread = try BenchThreads(1) { _ in
      // What fails here shows at the other end, where nothing more comes.
      try? sender(SenderChannel(descriptor: ends.sender))
    }
    defer { thread.keep() }
    defer { channel.end() }
    return try Receive.measure(options, channel)
  }

  @Test(arguments: PageWay.allCases)
  func everyWayReceivesEveryDatagram(way: PageWay) throws {
    let result = try measure([way])
    #expect(result.complaint == nil)
    #expect(result.entries.count == 4)
    for rounds in result.figures {
      let figures = try #require(rounds.first)
      #expect(figures.datagrams + figures.lost >= 3_000)
      #expect(figures.consumed >= figures.datagrams)
      #expect(figures.released == figures.consumed)
      #expect(figures.damaged == 0)
      #expect(figures.out.isNone)
      #expect(figures.socketShare > 0 && figures.socketShare <= 1)
      #expect(figures.sampledSocketNanoseconds <= figures.sampledNanoseconds)
    }
  }

  @Test func aPoolTakesFewPagesFromBelow() throws {
    let result = try measure([.pool, .frames]) { $0.calls = [.recvmmsg] }
    let accounts = result.figures.map { $0[0].account }
    let ways = result.entries.map { "\($0.way) \($0.workload)" }
    #expect(ways == ["pool router", "frames router", "pool host", "frames host"])
    #expect(accounts[0].fromBelow < 3_000)
    #expect((accounts[0].recyclingRate ?? 0) > 0.3)
    #expect(accounts[1].fromBelow >= 3_000)
    #expect(accounts[1].recyclingRate == nil)
    // What is kept has to come from somewhere.
    #expect(accounts[2].fromBelow > 2_000)
  }

  @Test func aDamagedDatagramIsReported() throws {
    var options = ReceiveOptions()
    options.ways = [.pool]
    options.calls = [.recvmmsg]
    options.count = 3_000
    options.rounds = 1
    let byteCount = options.byteCount
    let result = try measure(options) { channel in
      try Self.send(channel, byteCount: byteCount, damaging: 1_000)
    }
    #expect(result.complaint == "pool, router, recvmmsg: 1 datagram damaged")
    #expect(result.figures[0][0].damaged == 1)
    #expect(Receive.report(result) == .violated)
  }

  /// Serves a channel, one datagram after the other, one of them with a wrong check.
  private static func send(
    _ channel: borrowing SenderChannel, byteCount: Int, damaging damaged: UInt64
  ) throws {
    let socket = try UDPSocket()
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    defer { memory.deallocate() }
    let digest = Datagram.fill(memory, byteCount: byteCount, seed: 1)
    while let request = channel.nextRequest() {
      try socket.connect(toPort: UInt16(request.port))
      for number in request.first..<request.first + request.count {
        Datagram.write(
          memory, number: number, byteCount: byteCount,
          digest: number == damaged ? ~digest : digest)
        try socket.send(memory, byteCount: byteCount)
      }
      channel.answer(request.count)
    }
  }

  @Test(arguments: [(24, 1, 0.1), (4096, 128, 0.1), (96, 7, 1.0), (1472, 1024, 0.0)])
  func sizesBatchesAndSharesOfAllKindsWork(size: Int, batch: Int, kept: Double) throws {
    let result = try measure([.pool, .bulk]) {
      $0.byteCount = size
      $0.batch = batch
      $0.burst = 300
      $0.count = 500
      $0.keptMillionths = Int(kept * 1_000_000)
    }
    #expect(result.complaint == nil)
  }

  @Test func pagesStillOutAreReported() {
    var options = ReceiveOptions()
    options.ways = [.bulk]
    options.calls = [.train]
    var result = ReceiveResult(options: options)
    var figures = ReceiveFigures()
    figures.datagrams = 1
    result.add(figures, to: 0)
    #expect(result.complaint == nil)
    figures.out.pages = 2
    figures.out.liveBytes = 8192
    result.add(figures, to: 1)
    #expect(result.complaint == "bulk, host, train: 2 pages still out at the end, 8 KiB in use")
  }

  @Test func nothingReceivedIsReported() {
    var result = ReceiveResult(options: ReceiveOptions())
    result.add(ReceiveFigures(), to: 0)
    #expect(result.complaint == "pool, router, recvmmsg: nothing came")
  }

  @Test func ratiosAreToPageByPageWithTheSameWorkloadAndCall() {
    var options = ReceiveOptions()
    options.ways = [.pool, .frames]
    var result = ReceiveResult(options: options)
    for index in result.entries.indices {
      var figures = ReceiveFigures()
      figures.datagrams = 100 * (index + 1)
      figures.nanoseconds = 1_000_000
      figures.takeNanoseconds = 200_000
      result.add(figures, to: index)
    }
    #expect(result.ratio(0) == 0.5)
    #expect(result.ratio(1) == 1)
    #expect(result.ratio(6) == 7.0 / 8.0)
    #expect(result.mostRatio(like: 0) == 1.25)
  }
}
