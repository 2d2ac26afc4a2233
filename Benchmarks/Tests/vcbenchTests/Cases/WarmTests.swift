// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound
import vcbench

@Suite struct WarmTests {
  @Test func aSeedMakesABatch() {
    let batch = MixedBatch(seed: 5)
    #expect(batch == MixedBatch(seed: 5))
    #expect(batch != MixedBatch(seed: 6))
    #expect(batch.sizes.count == MixedBatch.count)
    #expect(batch.sizes.allSatisfy { (4096..<1 << 20).contains($0) })
    #expect(batch.sizes.contains { $0 < 16 << 10 })
    #expect(batch.sizes.contains { $0 > 256 << 10 })
    #expect(batch.freeOrder.sorted() == Array(0..<MixedBatch.count))
    #expect(batch.freeOrder != Array(0..<MixedBatch.count))
  }

  @Test func aBatchIsFreedAgain() throws {
    let batch = MixedBatch(seed: 5)
    let source = try CompoundSource(capacity: batch.byteCount)
    let lap = try batch.run(source, for: 1000)
    #expect(lap.operations >= MixedBatch.count)
    #expect(lap.operations % MixedBatch.count == 0)
    #expect(source.allocator.statistics.liveBlocks == 0)
  }

  @Test(arguments: WorkerTask.Allocator.allCases, [1, 2])
  func oneSizeIsFreedAgain(allocator: WorkerTask.Allocator, threads: Int) throws {
    var task = WorkerTask(.warm, allocator)
    task.byteCount = 8192
    task.threads = threads
    task.nanoseconds = 10_000
    let report = try Worker.report(of: task)
    #expect(report.lap.operations >= threads)
    #expect(report.lap.nanoseconds >= 10_000)
    #expect(!report.library.isEmpty)
  }

  @Test func tasksAndReportsSurviveTheCommandLine() {
    var task = WorkerTask(.steady, .malloc)
    task.byteCount = 1
    task.threads = 2
    task.nanoseconds = 3
    task.seed = 4
    task.path = "a file.csv"
    #expect(WorkerTask(words: task.words) == task)
    #expect(WorkerTask(words: Array(task.words.dropLast())) == nil)
    #expect(WorkerTask(words: ["fly"] + task.words.dropFirst()) == nil)
    var report = WorkerReport()
    report.lap = Lap(operations: 1, nanoseconds: 2)
    report.residentBytes = 3
    report.liveBytes = 4
    report.blocks = 5
    report.stitchedBlocks = 6
    report.exchangedBlocks = 9
    report.refused = 10
    report.freeing = Lap(operations: 7, nanoseconds: 8)
    report.library = "/a b/c"
    #expect(WorkerReport(report.text + "\n") == report)
    #expect(WorkerReport("1 2 3\n") == nil)
  }

  @Test func mallocsAreFoundOrSaidToBeMissing() throws {
    let none = try PeerSearch(folders: ["/nowhere"])
    #expect(none.peers == [.system])
    #expect(none.absences.count == PeerLibrary.known.count)
    let named = Peer(name: "jemalloc", library: "/proc/self/exe")
    let one = try PeerSearch(named: [named], folders: ["/nowhere"])
    #expect(one.peers.map(\.name) == ["glibc", "jemalloc"])
    #expect(one.absences.count == PeerLibrary.known.count - 1)
    let missing = Peer(name: "x", library: "/nowhere/x.so")
    #expect(
      throws: CommandFailure.input("--peer x: /nowhere/x.so: No such file or directory")
    ) {
      _ = try PeerSearch(named: [missing])
    }
  }
}
