// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import vcbench

@Suite struct ReceiveFailureTests {
  /// A page of a source that refuses after some calls.
  private struct RefusedPage: SourcePage, ~Copyable {
    typealias Source = RefusingSource
    private let page: MallocPage

    var baseAddress: UnsafeMutableRawPointer { page.baseAddress }

    static func fill(
      _ rack: inout PageRack<RefusedPage>, _ count: Int, from source: RefusingSource
    ) throws(CommandFailure) {
      source.callsLeft -= 1
      guard source.callsLeft > 0 else { throw .input("no page is left") }
      try rack.fill(count) { () throws(CommandFailure) in RefusedPage(page: try MallocPage()) }
    }
  }

  /// Only the receiver's thread touches it.
  private final class RefusingSource: PageSource, @unchecked Sendable {
    var callsLeft = 8
    init(pages: Int) {}
    func settle() -> PagesOut { PagesOut() }
  }

  /// A page that is refused in the middle of a burst ends the run, with the reason.
  @Test(.timeLimit(.minutes(1))) func aRefusedPageEndsTheRun() throws {
    var options = ReceiveOptions()
    options.count = 3_000
    options.batch = 16
    let sender = DatagramSender(byteCount: options.byteCount, seed: options.seed)
    let ends = try SenderChannel.pair()
    let channel = SenderChannel(descriptor: ends.receiver)
    let thread = try BenchThreads(1) { _ in
      try? sender.run(SenderChannel(descriptor: ends.sender))
    }
    defer { thread.keep() }
    defer { channel.end() }
    let run = ReceiveRun(options: options, call: .recvmmsg, keeping: false)
    var reason = ""
    do throws(CommandFailure) {
      _ = try run(RefusedPage.self, channel)
    } catch {
      reason = error.message
    }
    #expect(reason == "no page is left")
  }
}
