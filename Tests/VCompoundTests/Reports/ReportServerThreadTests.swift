// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import VCompound

/// What others can do to a program with a server of reports: little.
@Suite(.serialized) struct ReportServerThreadTests {
  private func withServer(
    _ body: (CompoundAllocator, String) throws -> Void
  ) throws {
    let path = socketPath()
    let allocator = try CompoundAllocator(capacity: .mebibytes(16))
    let server = try ReportServer(of: allocator, at: path)
    try body(allocator, server.path)
  }

  @Test func manyAskWhileThreadsAllocate() throws {
    try withServer { allocator, path in
      let isStopping = Atomic(false)
      let crew = Crew(2) { _ in
        while !isStopping.load(ordering: .relaxed) {
          let blocks = (0..<50).compactMap {
            try? allocator.allocatePointer(byteCount: .init(1000 * $0 + 1))
          }
          allocator.deallocate(all: blocks)
        }
      }
      let clients = try (0..<6).map { _ in try #require(LocalClient(path)) }
      for round in 0..<10 {
        for client in clients { client.send("map cells 100\nstatistics\n") }
        for client in clients {
          for _ in 0..<2 {
            let words = client.line().split(separator: " ")
            #expect(words.first == "ok", "round \(round)")
            let count = words.last.flatMap { Int($0) } ?? -1
            #expect(client.receive(count).count == count)
          }
        }
      }
      isStopping.store(true, ordering: .relaxed)
      crew.join()
    }
  }

  @Test func whoSendsTooMuchIsLeft() throws {
    try withServer { _, path in
      let client = try #require(LocalClient(path))
      client.send(String(repeating: "x", count: 100_000))
      #expect(client.line().hasPrefix("error "))
      #expect(LocalClient(path)?.ask("report") != nil)
    }
  }

  /// The ninth is told so; when one goes there is room again.
  @Test func moreThanEightAreRefused() throws {
    try withServer { _, path in
      var clients = try (0..<8).map { _ in try #require(LocalClient(path)) }
      for client in clients { #expect(client.ask("statistics") != nil) }
      let ninth = try #require(LocalClient(path))
      #expect(ninth.line() == "error too many ask at a time" && ninth.isClosed)
      clients.removeLast()
      var isServed = false
      for _ in 0..<50 where !isServed {
        isServed = LocalClient(path)?.ask("statistics") != nil
        usleep(20_000)
      }
      #expect(isServed)
    }
  }

  /// Those that send nothing, half a line, or take no answer hold up nobody, nor the end.
  @Test func slowOnesHoldNobodyUp() throws {
    let clock = ContinuousClock()
    var clients: [LocalClient] = []
    let time = try clock.measure {
      try withServer { _, path in
        for text in ["", "rep", "map cells 16384\n"] {
          let client = try #require(LocalClient(path))
          client.send(text)
          clients.append(client)
        }
        // Its answers fill what the kernel keeps for it, and it takes none.
        clients[2].send(String(repeating: "map cells 9000\n", count: 8))
        for _ in 0..<20 { #expect(LocalClient(path)?.ask("statistics") != nil) }
      }
    }
    #expect(time < .seconds(5))
    #expect(clients[0].isClosed && clients[1].isClosed)
  }

  /// A line, and nothing more to say: `echo report | nc -U -N PATH`.
  @Test func whoStopsSendingHasAnswers() throws {
    try withServer { allocator, path in
      let client = try #require(LocalClient(path))
      client.send("statistics\nreport\n")
      client.finishSending()
      let text = String(decoding: client.receive(.max), as: UTF8.self)
      #expect(text.hasPrefix("ok ") && text.contains("ledger, in pages"))
    }
  }

  /// A hundred answers a second, however fast somebody asks.
  @Test func answersAreLimited() throws {
    try withServer { _, path in
      let client = try #require(LocalClient(path))
      let time = try ContinuousClock().measure {
        for _ in 0..<40 { _ = try #require(client.ask("statistics")) }
      }
      #expect(time > .milliseconds(380))
    }
  }

  // MARK: Fork

  /// A child has no server: nothing that it drops hangs, it keeps no socket open, and the parent's
  /// goes on.
  @Test func aChildOfForkHasNone() throws {
    let path = socketPath()
    let allocator = try CompoundAllocator(capacity: .mebibytes(4))
    var server: ReportServer? = try ReportServer(of: allocator, at: path)
    let client = try #require(LocalClient(path))
    #expect(client.ask("statistics") != nil)
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    let child = forkProcess()
    if child == 0 {
      server = nil
      // Until the parent has looked.
      var byte: UInt8 = 0
      close(ends[1])
      _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1)
    }
    #expect(access(path, F_OK) == 0 && client.ask("report") != nil)
    _ = consume server
    #expect(client.isClosed && LocalClient(path) == nil)
    close(ends[1])
    var status: Int32 = -1
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    #expect(status == 0)
  }

  @Test func aChildCannotOpenOneForItsParentsArena() throws {
    let path = socketPath()
    let allocator = try CompoundAllocator(capacity: .mebibytes(4))
    let end = inChild {
      do throws(ReportServerError) {
        _ = try ReportServer(of: allocator, at: path)
        return 1
      } catch {
        return error == .allocator(.usedAfterFork) ? 0 : 2
      }
    }
    #expect(end == .exit(0) && access(path, F_OK) != 0)
  }

  // MARK: Failures

  /// Each call fails once, then always: the server begins or throws, answers or closes, and ends.
  @Test(arguments: [
    SystemCallKind.openSocket, .bindSocket, .listen, .accept, .receive, .send, .wait, .removeFile,
    .createThread, .connect, .closeFile,
  ])
  func callsMayFail(call: SystemCallKind) throws {
    for times in [1, Int.max] {
      let faults = FaultPlan()
      let path = socketPath()
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(4), faults: faults)
      faults.fail(call, times: times, errno: ENOMEM)
      var isServing = false
      do throws(ReportServerError) {
        let server = try ReportServer(of: allocator, at: path)
        isServing = LocalClient(server.path, seconds: 0)?.ask("statistics") != nil
        faults.clear()
        #expect(LocalClient(server.path)?.ask("statistics") != nil, "\(call)")
      } catch {
        #expect(error == .allocator(.systemCall(call, errno: ENOMEM)))
      }
      let atBeginning: [SystemCallKind] = [.openSocket, .bindSocket, .listen, .createThread]
      #expect(!isServing || !atBeginning.contains(call))
      faults.clear()
      // The file is gone, but where it could not be removed.
      #expect(access(path, F_OK) != 0 || call == .removeFile)
      unlink(path)
    }
  }
}
