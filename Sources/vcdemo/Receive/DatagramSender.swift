// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// What sender, receiver and consumer know of each other.
final class ReceiveBoard: Sendable {
  /// Datagrams that are in the socket, or were.
  let sent = Atomic<Int>(0)
  /// Datagrams that the receiver has taken from the socket and the consumer has dealt with.
  let received = Atomic<Int>(0)
  /// Whether the sender shall stop.
  let isOver = Atomic<Bool>(false)
  /// What went wrong in another thread.
  let failure: Mutex<CommandFailure?> = Mutex(nil)

  func fail(_ failure: CommandFailure) {
    self.failure.withLock { $0 = $0 ?? failure }
    isOver.store(true, ordering: .releasing)
  }
}

/// Fills the socket with datagrams, sleeps until all of them were dealt with, and does it again.
///
/// A sender that never stopped would take most of one processor of two, and every way to come by
/// pages would be as fast as what it leaves over. While this one sleeps, receiver and consumer have
/// a processor each; only that time counts.
struct DatagramSender: Sendable {
  let options: ReceiveOptions
  let board: ReceiveBoard

  /// The datagrams of one call.
  private static let batch = 32

  /// How long the sender sleeps at a time, in microseconds.
  private static let nap: UInt32 = 50

  /// Sends until it is told to stop.
  func run(_ socket: borrowing UDPSocket, window: Int) {
    do throws(CommandFailure) {
      try send(socket, window: window)
    } catch {
      board.fail(error)
    }
  }

  private func send(
    _ socket: borrowing UDPSocket, window: Int
  ) throws(CommandFailure) {
    let length = options.byteCount
    let count = Self.batch
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: count * length, alignment: 64)
    defer { unsafe memory.deallocate() }
    let messages = MessageBatch(count: count)
    for index in 0..<count {
      unsafe Datagram.fill(memory + index * length, byteCount: length, seed: options.seed)
      unsafe messages.set(index, memory + index * length, length)
    }
    var sent = 0
    while !board.isOver.load(ordering: .acquiring) {
      let next = min(count, board.sent.load(ordering: .relaxed) + window - sent)
      guard next > 0 else {
        board.sent.store(sent, ordering: .releasing)
        while board.received.load(ordering: .acquiring) < sent,
          !board.isOver.load(ordering: .acquiring)
        { usleep(Self.nap) }
        continue
      }
      for index in 0..<next {
        let place = unsafe memory + index * length
        unsafe Datagram.write(place, number: UInt64(sent + index), byteCount: length)
        if options.damagedNumber == sent + index {
          unsafe place.storeBytes(of: 1, toByteOffset: length - 1, as: UInt8.self)
        }
      }
      sent += try messages.send(socket.descriptor, next)
    }
  }
}
