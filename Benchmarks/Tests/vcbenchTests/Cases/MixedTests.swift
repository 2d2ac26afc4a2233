// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound
import vcbench

@Suite struct MixedTests {
  @Test(arguments: [
    (["a/numpy.trace", "b/git-log.trace"], ["mixed.trace.numpy", "mixed.trace.git-log"]),
    (["a/x.trace", "b/x.trace"], ["mixed.trace.0", "mixed.trace.1"]), ([], []),
  ])
  func tracesMakeNames(paths: [String], names: [String]) {
    #expect(MixedCases.names(traces: paths) == names)
  }

  @Test func aFileMakesACaseOfAllSizesToo() {
    let cases = BenchCatalogue.cases(["x/TCMALLOC_3.csv"], traces: ["a.trace"])
    let names = cases.filter { $0.name.contains("fleetbench") || $0.name.contains("trace") }
      .map(\.name)
    #expect(names == ["mixed.fleetbench.3", "mixed.trace.a", "fleetbench.3"])
  }

  @Test(arguments: [
    ("mixed.fleetbench.0", "needs --fleetbench FILE.csv"), ("mixed.trace", "needs --trace FILE"),
  ])
  func withoutAFileTheWayToOneIsSaid(name: String, message: String) {
    let failure = #expect(throws: CommandFailure.self) {
      _ = try BenchCatalogue.select([name], from: BenchCatalogue.cases([]))
    }
    #expect(failure?.message.contains(message) == true)
  }

  @Test func allSizesCount() throws {
    let text = Array("16, 1000, 3\n4096, 1.5, 2\n8192,0,7\n".utf8)
    let profile = try FleetbenchProfile(text, name: "x.csv", from: 1)
    #expect(profile.entries.map(\.byteCount) == [16, 4096])
    let failure = #expect(throws: CommandFailure.self) {
      _ = try FleetbenchProfile(text, name: "x.csv", from: 4097)
    }
    #expect(failure?.message == "x.csv: no sizes of 4097 bytes and more")
  }

  @Test(arguments: [1, 16, 100])
  func burstsAreFreedAgain(length: Int) throws {
    var work = BurstWork(length: length)
    let source = try CompoundSource(capacity: work.capacity)
    let report = try work.run(source, for: 1000) { 42 }
    #expect(report.lap.operations % (length * BurstWork.sizes.count) == 0)
    #expect(report.lap.operations > 0)
    #expect(report.liveBytes == length * (16 << 10))
    #expect(report.residentBytes == 42)
    #expect(source.allocator.statistics.liveBlocks == 0)
    #expect(source.allocator.statistics.liveObjects == 0)
  }

  @Test func anotherThreadFreesAllThatIsHandedOver() throws {
    var work = HandedWork(seed: 3)
    let source = try CompoundSource(capacity: work.capacity)
    let report = try work.run(source, for: 1_000_000) { 42 }
    #expect(report.lap.operations >= HandedWork.batch)
    #expect(report.lap.operations % HandedWork.batch == 0)
    // What was on its way when measuring began counts for one side only.
    #expect(report.freeing.operations >= report.lap.operations)
    #expect(report.lap.nanoseconds > 0 && report.freeing.nanoseconds > 0)
    #expect(report.liveBytes >= HandedWork.batch * 16)
    #expect(source.allocator.statistics.liveBlocks == 0)
    #expect(source.allocator.statistics.liveObjects == 0)
  }

  @Test(arguments: [WorkerTask.Workload.bursts, .handed], [WorkerTask.Allocator.pointer, .malloc])
  func childrenMeasureTheirMemory(
    workload: WorkerTask.Workload, allocator: WorkerTask.Allocator
  ) throws {
    var task = WorkerTask(workload, allocator)
    task.byteCount = 64
    task.nanoseconds = 100_000
    let report = try Worker.report(of: task)
    #expect(report.lap.operations > 0)
    #expect(report.liveBytes > 0)
    #expect(allocator == .malloc || report.residentBytes > 0)
  }

  @Test func measuresFilesAndTraces() throws {
    try Samples.withFile("16, 20, 1000\n4096, 2, 100\n100000, 1, 10\n") { path in
      let run = try ProgramProcess(
        "mixed", "--fleetbench", path, "--trace", Samples.path("ffmpeg-decode.trace"),
        "--rounds", "1", "--seconds", "0.001")
      #expect(run.status == 0)
      #expect(run.messages.isEmpty)
      #expect(run.output.contains("\nmixed.fleetbench."))
      #expect(run.output.contains("\nmixed.trace.ffmpeg-decode"))
      #expect(run.output.contains("\nmixed.bursts.1024"))
      #expect(run.output.contains("\nmixed.handed"))
      #expect(run.output.contains("glibc, footprint"))
      #expect(run.output.contains("VCompound, freeing"))
    }
  }
}
