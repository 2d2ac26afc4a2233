// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Runs tasks in children of this program.
package enum WorkerCrew {
  /// The option that makes a process a child, which no help mentions.
  package static let option = "--worker"

  /// The nanoseconds that a child may take: two minutes to prepare, and ten times what it measures.
  private static func limit(for task: WorkerTask) -> UInt64 {
    120_000_000_000 + 10 * task.nanoseconds
  }

  /// Has a child do a task.
  ///
  /// - Parameters:
  ///   - task: what to do.
  ///   - library: the malloc to preload, or nil.
  /// - Returns: what the child measured.
  /// - Throws: a failure where the child did not do it, or ran on another malloc.
  package static func run(
    _ task: WorkerTask, _ library: String?
  ) throws(CommandFailure) -> WorkerReport {
    let what = "measuring \(library ?? task.allocator.rawValue)"
    let child: ChildProcess
    do throws(ChildFailure) {
      child = try ChildProcess(
        [option, "--"] + task.words, preload: library, limit: limit(for: task))
    } catch {
      throw .input("\(what): \(error.reason)")
    }
    if let failure = child.failure { throw .input("\(what): \(failure)") }
    guard let report = WorkerReport(String(decoding: child.output, as: UTF8.self)) else {
      throw .input("\(what): its process did not report what is needed")
    }
    // The dynamic linker ignores a library that it cannot load.
    if let library, realPath(library) != realPath(report.library) {
      throw .input("\(what): it was not loaded, malloc came from \(report.library)")
    }
    return report
  }
}

extension PeerSearch {
  /// Refuses libraries that do not take the place of malloc when they are preloaded.
  func check() throws(CommandFailure) {
    for peer in peers { _ = try WorkerCrew.run(WorkerTask(.probe, .malloc), peer.library) }
  }
}
