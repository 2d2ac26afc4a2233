// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Plain threads that run one function.
///
/// Not tasks: what is measured is called from plain threads.
@safe
package struct BenchThreads: ~Copyable {
  private var threads: [pthread_t] = []

  private final class Start: Sendable {
    let index: Int
    let body: @Sendable (Int) -> Void

    init(index: Int, body: @escaping @Sendable (Int) -> Void) {
      self.index = index
      self.body = body
    }
  }

  /// Starts threads, and tells each its number.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - body: what they do.
  ///   - onFailure: has those that were started already come to their end, which is waited for.
  /// - Throws: a failure where not all could be started.
  package init(
    _ count: Int, _ body: @escaping @Sendable (_ index: Int) -> Void,
    onFailure: () -> Void = {}
  ) throws(CommandFailure) {
    for index in 0..<count {
      var thread = pthread_t()
      let start = unsafe Unmanaged.passRetained(Start(index: index, body: body))
      let code = unsafe pthread_create(
        &thread, nil,
        { context in
          guard let context = unsafe context else { return nil }
          let start = unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
          start.body(start.index)
          return nil
        }, start.toOpaque())
      guard code == 0 else {
        unsafe start.release()
        onFailure()
        for thread in threads { pthread_join(thread, nil) }
        throw .input("cannot start a thread: \(describe(errorNumber: code))")
      }
      threads.append(thread)
    }
  }

  /// Does nothing; keeps the threads from being waited for any earlier.
  package borrowing func keep() {}

  /// Waits for the end of all.
  package consuming func join() {}

  deinit {
    for thread in threads { pthread_join(thread, nil) }
  }
}
