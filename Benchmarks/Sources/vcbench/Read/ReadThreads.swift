// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Plain threads that end by themselves.
@safe
struct ReadThreads: ~Copyable {
  private var threads: [pthread_t] = []

  private final class Start: Sendable {
    let index: Int
    let body: @Sendable (Int) -> Void

    init(_ index: Int, _ body: @escaping @Sendable (Int) -> Void) {
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
  init(
    _ count: Int, _ body: @escaping @Sendable (_ index: Int) -> Void,
    onFailure: () -> Void
  ) throws(CommandFailure) {
    for index in 0..<count {
      let code = Self.start(Start(index, body), &threads)
      guard code != 0 else { continue }
      onFailure()
      for thread in threads { pthread_join(thread, nil) }
      throw .input("read: cannot start a thread: \(describe(errorNumber: code))")
    }
  }

  /// Waits for the end of all.
  consuming func join() {
    for thread in threads { pthread_join(thread, nil) }
  }

  private static func start(_ start: Start, _ threads: inout [pthread_t]) -> Int32 {
    var thread = pthread_t()
    let start = unsafe Unmanaged.passRetained(start)
    let code = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        let start = unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
        start.body(start.index)
        return nil
      }, start.toOpaque())
    if code == 0 { threads.append(thread) } else { unsafe start.release() }
    return code
  }
}
