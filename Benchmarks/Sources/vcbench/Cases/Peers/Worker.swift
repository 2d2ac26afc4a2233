// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The child: does one task and writes one line.
package enum Worker {
  /// Reads the task from the command line and does it.
  package static func run(_ arguments: inout Arguments) throws(CommandFailure) -> ExitStatus {
    guard let task = WorkerTask(words: try arguments.operands("TASK")) else {
      throw arguments.failure("\(WorkerCrew.option) is for this program's own children")
    }
    StandardOutput.line(try report(of: task).text)
    return .success
  }

  /// Does a task.
  package static func report(of task: WorkerTask) throws(CommandFailure) -> WorkerReport {
    let malloc = try MallocSource()
    var report = WorkerReport()
    switch (task.workload, task.allocator) {
    case (.probe, _):
      break
    case (.warm, .pointer), (.warm, .healing):
      report.lap = try WarmLoop.run(task.source(capacity: WarmLoop.capacity), task)
    case (.warm, .buffer):
      report.lap = try WarmLoop.runBuffers(CompoundSource(capacity: WarmLoop.capacity), task)
    case (.warm, .malloc):
      report.lap = try WarmLoop.run(malloc, task)
    case (.mixed, .malloc):
      report.lap = try MixedBatch(seed: task.seed).run(malloc, for: task.nanoseconds)
    case (.mixed, _):
      let batch = MixedBatch(seed: task.seed)
      let source = try task.source(capacity: 2 * batch.byteCount)
      report.lap = try batch.run(source, for: task.nanoseconds)
    case (.allocfree, .malloc):
      report.lap = try WarmLoop.run(malloc, task)
    case (.allocfree, _):
      report.lap = try AllocfreeLoop.run(task)
    case (.steady, _):
      report = try task.measure(SteadyWork(path: task.path), malloc: malloc)
    case (.bursts, _):
      report = try task.measure(BurstWork(length: task.byteCount), malloc: malloc)
    case (.churn, _):
      let work = ChurnWork(budget: task.byteCount, seed: task.seed)
      report = try task.measure(work, malloc: malloc)
    case (.handed, _):
      report = try task.measure(HandedWork(seed: task.seed), malloc: malloc)
    }
    report.library = MallocLibrary.path() ?? ""
    return report
  }
}
