// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct ReceiveTests {
  private func few(_ change: (inout ReceiveOptions) -> Void = { _ in }) -> ReceiveOptions {
    var options = ReceiveOptions()
    options.count = 3_000
    options.nanoseconds = 20_000_000_000
    options.rounds = 1
    change(&options)
    return options
  }

  @Test func everyWayReceivesEveryDatagram() throws {
    let result = try Receive.measure(few())
    #expect(result.complaint == nil)
    #expect(result.entries.count == 8)
    for rounds in result.figures {
      #expect(rounds[0].datagrams >= 3_000)
      #expect(rounds[0].lost == 0)
      #expect(rounds[0].damaged == 0)
      #expect(rounds[0].pagesOut == 0)
      #expect(rounds[0].released == rounds[0].datagrams)
      #expect(rounds[0].socketShare > 0 && rounds[0].socketShare <= 1)
    }
  }

  @Test func aPoolTakesFewPagesFromBelow() throws {
    let result = try Receive.measure(few { $0.ways = [.pool, .frames] })
    let router = result.entries.firstIndex { $0.workload == .router && $0.way == .pool }
    let pool = result.figures[try #require(router)][0].account
    #expect(pool.fromBelow < 3_000)
    #expect((pool.recyclingRate ?? 0) > 0.3)
    let frames = result.entries.firstIndex { $0.workload == .router && $0.way == .frames }
    #expect(result.figures[try #require(frames)][0].account.fromBelow >= 3_000)
  }

  @Test func aDamagedDatagramIsReported() throws {
    let result = try Receive.measure(
      few {
        $0.ways = [.pool]
        $0.damagedNumber = 1_000
      })
    #expect(result.complaint == "pool, router: 1 datagram damaged")
  }

  @Test func smallAndLargeDatagramsAndBatchesWork() throws {
    for (size, batch) in [(24, 1), (4096, 128)] {
      let result = try Receive.measure(
        few {
          $0.ways = [.pool]
          $0.byteCount = size
          $0.batch = batch
          $0.count = 500
        })
      #expect(result.complaint == nil)
    }
  }

  @Test func theDocumentHasItsKeys() throws {
    let text = try Receive.measure(few { $0.ways = [.malloc] }).json.text
    for key in [
      "workload", "way", "datagramsPerSecond", "ratioToPageByPage", "socketShare", "fromBelow",
      "recyclingRate", "lost", "damaged", "pagesOut",
    ] { #expect(text.contains("\"\(key)\""), "\(key)") }
  }

  @Test func optionsAreRead() throws {
    var arguments = Arguments(
      [
        "--way", "pool", "--way=frames", "--count", "10", "--size", "64", "--keep", "0.5",
        "--batch", "8", "--rounds", "2", "--seconds", "0.5", "--seed", "3", "--json",
      ], verb: "receive")
    let options = try ReceiveOptions(&arguments)
    #expect(options.ways == [.pool, .frames])
    #expect(options.count == 10)
    #expect(options.byteCount == 64)
    #expect(options.keptMillionths == 500_000)
    #expect(options.batch == 8)
    #expect(options.nanoseconds == 500_000_000)
    #expect(options.json)
  }

  @Test(arguments: [
    (["--size", "65"], "a multiple of 8"), (["--size", "8192"], "a multiple of 8"),
    (["--batch", "0"], "a number from 1 to 1024"), (["--way", "carrier-pigeon"], "one of pool"),
    (["--seconds", "61"], "at most 60"), (["--counts", "1"], "did you mean '--count'"),
  ])
  func badOptionsAreExplained(words: [String], explanation: String) {
    var arguments = Arguments(words, verb: "receive")
    let failure = #expect(throws: CommandFailure.self) { try ReceiveOptions(&arguments) }
    #expect(failure?.message.contains(explanation) == true, "\(String(describing: failure))")
  }
}
