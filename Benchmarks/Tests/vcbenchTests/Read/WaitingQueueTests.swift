// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing
import vcbench

@Suite struct WaitingQueueTests {
  /// A value with one owner that says when it is gone.
  private struct Token: ~Copyable, Sendable {
    let number: Int
    let gone: Counter
    deinit { gone.value.add(1, ordering: .relaxed) }
  }

  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
    var now: Int { value.load(ordering: .acquiring) }
  }

  @Test func keepsTheOrderAndWrapsAround() {
    let gone = Counter()
    let queue = WaitingQueue<Token>(capacity: 3)
    var seen: [Int] = []
    queue.push(Token(number: 0, gone: gone))
    for number in 1...10 {
      queue.push(Token(number: number, gone: gone))
      if let token = queue.pop() { seen.append(token.number) }
    }
    #expect(seen == Array(0..<10))
    #expect(gone.now == 10)
  }

  @Test func aClosedQueueGivesWhatItHasAndThenNothing() {
    let gone = Counter()
    let queue = WaitingQueue<Token>(capacity: 2)
    queue.push(Token(number: 1, gone: gone))
    queue.close()
    queue.push(Token(number: 2, gone: gone))
    var seen: [Int] = []
    while let token = queue.pop() { seen.append(token.number) }
    #expect(seen == [1, 2])
  }

  @Test func dropsWhatIsLeft() {
    let gone = Counter()
    do {
      let queue = WaitingQueue<Token>(capacity: 4)
      for number in 0..<4 { queue.push(Token(number: number, gone: gone)) }
      _ = queue.pop()
      #expect(gone.now == 1)
    }
    #expect(gone.now == 4)
  }

  @Test func handsEveryValueToOneOfManyThreads() async {
    let gone = Counter()
    let sum = Counter()
    let count = 20_000
    let queue = WaitingQueue<Token>(capacity: count)
    await withTaskGroup(of: Void.self) { group in
      for taker in 0..<4 {
        group.addTask {
          for number in stride(from: taker, to: count, by: 4) {
            queue.push(Token(number: number, gone: gone))
            if let token = queue.pop() { sum.value.add(token.number, ordering: .relaxed) }
          }
        }
      }
    }
    #expect(gone.now == count)
    #expect(sum.now == count * (count - 1) / 2)
  }
}
