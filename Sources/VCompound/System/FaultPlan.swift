// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Makes chosen system calls of one allocator fail, for tests, and counts them all.
///
/// The plan hangs on an allocator (`AllocatorConfiguration.faultPlan`), not on the process, so
/// tests that run side by side do not disturb each other. In production there is none, and the seam
/// costs one comparison beside a call of microseconds.
package final class FaultPlan: Sendable {
  private struct Rule {
    /// Calls of the kind that still succeed before the first failure.
    var passes: Int
    /// Calls that fail after that; then all succeed again.
    var failures: Int
    var errno: Int32
  }

  private struct State {
    var counts: [SystemCallKind: Int] = [:]
    var rules: [SystemCallKind: Rule] = [:]
  }

  private let state = Lock(State())

  /// A plan under which every call succeeds.
  package init() {}

  /// Makes the `nth` next call of this kind fail, and the `times - 1` after it.
  ///
  /// - Parameters:
  ///   - call: the kind of call.
  ///   - nth: 1 is the very next call of the kind.
  ///   - times: how many calls in a row fail; `Int.max` for all of them.
  ///   - errno: the error number that the caller sees.
  package func fail(_ call: SystemCallKind, nth: Int = 1, times: Int = 1, errno: Int32) {
    precondition(nth >= 1 && times >= 1)
    state.withLock { $0.rules[call] = Rule(passes: nth - 1, failures: times, errno: errno) }
  }

  /// Takes back every rule.
  package func clear() {
    state.withLock { $0.rules = [:] }
  }

  /// How many calls of this kind were made since the plan began, failed ones included.
  package func count(of call: SystemCallKind) -> Int {
    state.withLock { $0.counts[call, default: 0] }
  }

  /// Whether a rule is still waiting to strike.
  package var isPending: Bool {
    state.withLock { !$0.rules.isEmpty }
  }

  /// Counts one call, and returns the error number it shall fail with, if it shall.
  func strike(_ call: SystemCallKind) -> Int32? {
    state.withLock { state in
      state.counts[call, default: 0] += 1
      guard var rule = state.rules[call] else { return nil }
      if rule.passes > 0 {
        rule.passes -= 1
        state.rules[call] = rule
        return nil
      }
      rule.failures -= 1
      state.rules[call] = rule.failures == 0 ? nil : rule
      return rule.errno
    }
  }
}
