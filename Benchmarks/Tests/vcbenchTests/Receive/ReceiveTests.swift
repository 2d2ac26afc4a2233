// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite(.serialized) struct ReceiveTests {
  private func measure(
    _ ways: [ReceiveWay], _ change: (inout ReceiveOptions) -> Void = { _ in }
  ) throws -> ReceiveResult {
    var options = ReceiveOptions()
    options.ways = ways
    options.count = 3_000
    options.nanoseconds = 20_000_000_000
    options.rounds = 1
    change(&options)
    return try Receive.measure(options, senderIn: .thread)
  }

  @Test(arguments: ReceiveWay.allCases)
  func everyWayReceivesEveryDatagram(way: ReceiveWay) throws {
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
    #expect(accounts[1].recyclingRate == 0)
    // What is kept has to come from somewhere.
    #expect(accounts[2].fromBelow > 2_000)
  }

  @Test func aDamagedDatagramIsReported() throws {
    let result = try measure([.pool]) {
      $0.calls = [.recvmmsg]
      $0.damagedNumber = 1_000
    }
    #expect(result.complaint == "pool, router, recvmmsg: 1 datagram damaged")
    #expect(result.figures[0][0].damaged == 1)
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
