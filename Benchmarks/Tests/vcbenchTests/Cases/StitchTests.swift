// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound
import vcbench

@Suite struct StitchTests {
  @Test(arguments: [1, 2, 3, 8, 64, 512])
  func freeRunsHaveTheLengthThatWasPlanned(run: Int) throws {
    let plan = StitchPlan(run: run, blockPages: run * 4)
    let arena = try StitchArena(plan)
    let sample = try arena.sample()
    #expect(sample.runs.map(\.pageCount.rawValue) == Array(repeating: run, count: 4))
    for run in sample.runs {
      let frames = run.first.rawValue..<run.end.rawValue
      #expect(frames.allSatisfy(plan.isFree))
      #expect(!plan.isFree(frames.lowerBound - 1) && !plan.isFree(frames.upperBound))
    }
  }

  @Test(arguments: StitchPlan.all)
  func aPlanHasRoomForTwoBlocks(plan: StitchPlan) {
    let free = (0..<plan.pageCount).count(where: plan.isFree)
    #expect(free == plan.freeRuns * plan.run)
    #expect(free >= 2 * plan.blockPages)
    #expect(plan.pageCount % 512 == 0)
  }

  @Test func anArenaMayHaveALimitOfMappings() throws {
    let plan = StitchPlan(run: 1, blockPages: 64, blocks: 1)
    _ = try StitchArena(plan, mappingLimit: plan.runsOfBlock + 16).block()
    let failure = #expect(throws: CommandFailure.self) {
      _ = try StitchArena(plan, mappingLimit: 10).block()
    }
    #expect(failure?.message.contains("mapping budget") == true)
  }

  @Test func roomForOneBlockIsEnoughForOne() throws {
    let plan = StitchPlan(run: 4, blockPages: 32, blocks: 1)
    #expect((0..<plan.pageCount).count(where: plan.isFree) == 32)
  }

  @Test func wholeRunsAreWholeChunks() {
    let plan = StitchPlan(run: 512, blockPages: 1024)
    #expect((0..<512).allSatisfy(plan.isFree))
    #expect(!(512..<1024).contains(where: plan.isFree))
  }

  @Test func blocksLiveAsOftenAsAskedFor() throws {
    let plan = StitchPlan(run: 4, blockPages: 32)
    let arena = try StitchArena(plan)
    let lives = try arena.live { $0.count == 5 }
    #expect(lives.count == 5)
    #expect(lives.sum == lives.birth + lives.death)
  }

  @Test(arguments: StitchFloor.Filling.allCases)
  func theFloorMapsTheSameRuns(filling: StitchFloor.Filling) throws {
    let plan = StitchPlan(run: 4, blockPages: 32)
    let sample = try StitchArena(plan).sample()
    var floor = try StitchFloor(plan, runs: sample.runs, offset: sample.offset, filling)
    let lives = try floor.live { $0.count == 50 }
    #expect(lives.count == 50)
  }

  @Test func systemCallsAreCounted() throws {
    let calls = try StitchCounts.systemCalls(StitchPlan(run: 4, blockPages: 32))
    let mapped = try #require(calls.first { $0.call == .mapRun })
    #expect(mapped.count > 0)
    #expect(!calls.contains { $0.call == .collapse || $0.call == .createFile })
  }

  @Test func shootdownsAreRead() {
    let text = """
                 CPU0       CPU1
        0:         30          0   IO-APIC   2-edge      timer
      RES:       1000       2000   Rescheduling interrupts
      TLB:         12         30   TLB shootdowns
      ERR:          0

      """
    #expect(StitchCounts.interrupts(Array(text.utf8)) == 42)
    #expect(StitchCounts.interrupts(Array("RES: 1 2\n".utf8)) == nil)
  }

  @Test func namesTellRunAndBlock() {
    let names = StitchPlan.all.map(StitchCase.name)
    #expect(names.first == "stitch.cold.1")
    #expect(names.suffix(2) == ["stitch.cold.512", "stitch.cold.512.16MiB"])
  }
}
