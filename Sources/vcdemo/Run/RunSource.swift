// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A run as a source of a live view: how fast it goes, and what keys do.
struct RunSource: LiveSource {
  private let session: RunSession
  private var speed: Int
  private var isPaused = false

  /// What is left of an event at the end of a frame, in billionths.
  private var rest: UInt64 = 0

  /// The longest time in a frame that is spent on events, in nanoseconds: keys are answered.
  private static let patience: UInt64 = 60_000_000
  private static let fastest = 1_000_000

  init(_ session: RunSession, speed: Int) {
    self.session = session
    self.speed = speed
  }

  var paneCount: Int { session.paneCount }
  var isGone: Bool { false }
  var isOver: Bool { session.isOver }

  mutating func state(room: Int) -> LiveState {
    let pace = "\(Format.count(speed)) a second"
    return session.state(
      room: room,
      progress: session.isOver ? "at the end" : isPaused ? "paused at " + pace : pace,
      keys: session.isOver
        ? "q quit"
        : "space \(isPaused ? "go on" : "pause")   s step   + faster   - slower   q quit")
  }

  mutating func advance(_ nanoseconds: UInt64) {
    guard !isPaused else { return }
    let start = Clock.now()
    let due = rest + nanoseconds * UInt64(speed)
    rest = due % 1_000_000_000
    for played in 0..<due / 1_000_000_000 {
      if session.isOver || played % 16 == 0 && Clock.now() - start > Self.patience { return }
      session.step()
    }
  }

  mutating func press(_ key: Key) {
    switch key {
    case .pause: isPaused.toggle()
    case .step:
      isPaused = true
      session.step()
    case .faster: speed = min(Self.fastest, speed * 2)
    case .slower: speed = max(1, speed / 2)
    case .quit: break
    }
  }
}
