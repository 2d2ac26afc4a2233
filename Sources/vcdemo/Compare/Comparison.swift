// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Measures all the contenders on all the traces, round by round.
package struct Comparison {
  /// A contender that was left out of a trace.
  package struct Dropout: Equatable, Sendable {
    /// The contender's name.
    package let contender: String
    /// The trace's name.
    package let trace: String
    /// Why.
    package let reason: String

    /// Notes who is left out.
    package init(contender: String, trace: String, reason: String) {
      self.contender = contender
      self.trace = trace
      self.reason = reason
    }

    /// The line that says so.
    package var message: String { "\(contender) is left out of \(trace): \(reason)" }
  }

  /// Measures one contender on the trace at a path.
  package typealias Measure = (Contender, String) throws(ChildFailure) -> Measurement

  private let traces: [TraceSummary]
  private let contenders: [Contender]
  private let rounds: Int

  /// For each trace and each contender the rounds so far; nil for one that is left out.
  private var samples: [[[Measurement]?]]

  /// Those who are left out, in the order of their failures.
  package private(set) var dropouts: [Dropout] = []

  /// Prepares a comparison with at least one round.
  package init(traces: [TraceSummary], contenders: [Contender], rounds: Int) {
    self.traces = traces
    self.contenders = contenders
    self.rounds = rounds
    let none = [[Measurement]?](repeating: [], count: contenders.count)
    samples = Array(repeating: none, count: traces.count)
  }

  /// Measures everything, once more than the rounds: the first time does not count.
  ///
  /// - Parameters:
  ///   - measure: measures one contender.
  ///   - noteDropout: is told of everyone who is left out.
  /// - Returns: the results, in the order of the traces.
  package mutating func run(
    measure: Measure, noteDropout: (Dropout) -> Void
  ) -> [TraceResult] {
    var progress = Progress("compare")
    defer { progress.finish() }
    let total = (rounds + 1) * traces.count * contenders.count
    var done = 0
    for round in -1..<rounds {
      for trace in traces.indices {
        for number in RoundOrder.order(contenders.count, round: max(0, round)) {
          progress.update(done, of: total)
          done += 1
          guard samples[trace][number] != nil else { continue }
          do throws(ChildFailure) {
            let measurement = try measure(contenders[number], traces[trace].file)
            if round >= 0 { samples[trace][number]?.append(measurement) }
          } catch {
            samples[trace][number] = nil
            let dropout = Dropout(
              contender: contenders[number].name, trace: traces[trace].name, reason: error.reason)
            dropouts.append(dropout)
            progress.finish()
            noteDropout(dropout)
          }
        }
      }
    }
    return traces.indices.map(result)
  }

  private func result(of trace: Int) -> TraceResult {
    let results = contenders.indices.compactMap { number in
      samples[trace][number].map { ContenderResult(contenders[number], $0) }
    }
    return TraceResult(traces[trace], results)
  }
}
