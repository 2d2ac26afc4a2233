// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Threads that run one function.
///
/// Plain threads, not tasks: a task pool of two would not contend, and the allocator is used from
/// plain threads.
struct Crew {
  private var threads: [pthread_t] = []

  private final class Start {
    let index: Int
    let body: @Sendable (Int) -> Void

    init(index: Int, body: @escaping @Sendable (Int) -> Void) {
      self.index = index
      self.body = body
    }
  }

  /// Starts threads, and tells each one its number.
  init(_ count: Int, _ body: @escaping @Sendable (_ index: Int) -> Void) {
    for index in 0..<count {
      var thread = pthread_t()
      let start = Unmanaged.passRetained(Start(index: index, body: body))
      let code = pthread_create(
        &thread, nil,
        { context in
          guard let context else { return nil }
          let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
          start.body(start.index)
          return nil
        }, start.toOpaque())
      precondition(code == 0, "no thread: \(code)")
      threads.append(thread)
    }
  }

  /// Waits for all of them.
  func join() {
    for thread in threads { pthread_join(thread, nil) }
  }
}

/// Runs a function on several threads at once, and waits for all of them.
func onThreads(_ count: Int, _ body: @escaping @Sendable (_ index: Int) -> Void) {
  Crew(count, body).join()
}
