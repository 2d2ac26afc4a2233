// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import VCompound

/// The bare system calls that exchange cannot do without, on a memory file like that of an arena: a
/// hole punched for each run, and as much made resident behind the others, in huge chunks.
struct ExchangeFloor: ~Copyable {
  private let file: MemoryFile
  private let memory: AddressRange
  private let plan: StitchPlan

  /// Makes a memory file resident and maps it, with room behind for one block.
  init(_ plan: StitchPlan) throws(CommandFailure) {
    let resident = plan.pageCount * LivePeak.pageSize
    let chunk = PageCount.chunkPages * LivePeak.pageSize
    let file = try MemoryFile(byteCount: resident + plan.byteCount)
    let memory = try AddressRange(byteCount: resident + plan.byteCount, alignment: chunk)
    unsafe try file.map(0, resident + plan.byteCount, at: memory.base)
    unsafe try MemoryFile.makeResident(memory.base, resident)
    self.file = file
    self.memory = memory
    self.plan = plan
  }

  /// Exchanges the runs of one block.
  borrowing func exchange() throws(CommandFailure) {
    let page = LivePeak.pageSize
    for run in 0..<plan.runsOfBlock {
      try file.punch(plan.firstFrame(ofRun: run) * page, plan.run * page)
    }
    unsafe try MemoryFile.makeResident(memory.base + plan.pageCount * page, plan.byteCount)
  }
}
