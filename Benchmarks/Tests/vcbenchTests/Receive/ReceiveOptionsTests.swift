// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite struct ReceiveOptionsTests {
  private func options(_ words: [String]) throws(CommandFailure) -> ReceiveOptions {
    var arguments = Arguments(words, verb: "receive")
    return try ReceiveOptions(&arguments)
  }

  @Test func hasDefaults() throws {
    let options = try options([])
    #expect(options == ReceiveOptions())
    #expect(options.ways == [.pool, .bulk, .frames, .malloc, .ring])
    #expect(options.calls == [.recvmmsg, .train])
    #expect(options.byteCount == 1472)
    #expect(options.batch == 64)
  }

  @Test func readsAll() throws {
    let options = try options([
      "--way", "pool", "--way=frames", "--count", "10", "--size", "64", "--keep", "0.5",
      "--batch", "8", "--burst", "100", "--rounds", "2", "--seconds", "0.5", "--seed", "3",
      "--call", "train", "--json",
    ])
    #expect(options.ways == [.pool, .frames])
    #expect(options.calls == [.train])
    #expect(options.count == 10)
    #expect(options.byteCount == 64)
    #expect(options.keptMillionths == 500_000)
    #expect(options.batch == 8)
    #expect(options.burst == 100)
    #expect(options.rounds == 2)
    #expect(options.nanoseconds == 500_000_000)
    #expect(options.seed == 3)
    #expect(options.json)
  }

  @Test(arguments: [(24, 64), (1472, 44), (4096, 15)])
  func aTrainFitsIntoADatagramOfTheLargestSize(byteCount: Int, count: Int) {
    var options = ReceiveOptions()
    options.byteCount = byteCount
    #expect(ReceiveCall.train.capacity(options) == count)
    #expect(ReceiveCall.recvmmsg.capacity(options) == options.batch)
  }

  @Test(arguments: [
    (["--size", "65"], "a multiple of 8"), (["--size", "8192"], "a multiple of 8"),
    (["--size", "16"], "a multiple of 8"), (["--batch", "0"], "a number from 1 to 1024"),
    (["--burst", "0"], "a number from 1 to 65536"), (["--keep", "1.5"], "a share from 0 to 1"),
    (["--way", "carrier-pigeon"], "one of pool"), (["--call", "read"], "one of recvmmsg, train"),
    (["--seconds", "61"], "at most 60"), (["--counts", "1"], "did you mean '--count'"),
    (["eth0"], "unexpected 'eth0'"),
  ])
  func badOptionsAreExplained(words: [String], explanation: String) {
    let failure = #expect(throws: CommandFailure.self) { _ = try options(words) }
    #expect(failure?.message.contains(explanation) == true, "\(String(describing: failure))")
  }
}
