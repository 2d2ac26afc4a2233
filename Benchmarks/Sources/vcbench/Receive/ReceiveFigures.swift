// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What one run of one way came to.
///
/// Times are those of the bursts that count, without the first ones.
package struct ReceiveFigures: Equatable, Sendable {
  /// Datagrams that were received in the bursts that count.
  package var datagrams = 0
  /// The time of those bursts, from the first call until the consumer was done, in nanoseconds.
  package var nanoseconds: UInt64 = 0
  /// Spent by the receiver in calls of recvmmsg.
  package var socketNanoseconds: UInt64 = 0
  /// Spent by the receiver in taking pages.
  package var takeNanoseconds: UInt64 = 0
  /// Spent by the receiver in waiting for datagrams, room in the ring, and the consumer.
  package var idleNanoseconds: UInt64 = 0
  /// The processor time of the receiver in the batches that were looked at closely.
  package var sampledNanoseconds: UInt64 = 0
  /// The part of that in recvmmsg.
  package var sampledSocketNanoseconds: UInt64 = 0
  /// Spent by the consumer in letting go of pages, and in waiting for datagrams; all bursts.
  package var releaseNanoseconds: UInt64 = 0
  package var consumerIdleNanoseconds: UInt64 = 0
  /// The time of all bursts.
  package var allNanoseconds: UInt64 = 0

  /// Datagrams that were sent, that came to the consumer, and that failed its check; all bursts.
  package var sent = 0
  package var consumed = 0
  package var damaged = 0
  /// Pages that the consumer let go of.
  package var released = 0
  /// What was still out at the end.
  package var out = PagesOut()
  /// Where the pages came from.
  package var account = PageAccount(fromBelow: 0)

  /// Nothing yet.
  package init() {}

  /// Datagrams that never came.
  package var lost: Int { sent - consumed }

  /// Datagrams in a second.
  package var rate: Double { Double(datagrams) * 1e9 / Double(max(1, nanoseconds)) }

  /// The share of recvmmsg in the time in which the receiver had work.
  package var socketShare: Double { share(socketNanoseconds, of: busyNanoseconds) }

  /// The share of recvmmsg in the receiver's processor time.
  package var socketCPUShare: Double { share(sampledSocketNanoseconds, of: sampledNanoseconds) }

  /// The share of the bursts in which the receiver had work.
  package var receiverShare: Double { share(busyNanoseconds, of: nanoseconds) }

  /// The share of the bursts in which the consumer had work.
  package var consumerShare: Double {
    share(allNanoseconds - min(allNanoseconds, consumerIdleNanoseconds), of: allNanoseconds)
  }

  /// The receiver's time for taking a page, in nanoseconds.
  package var takeTime: Double { perDatagram(takeNanoseconds) }

  /// The receiver's time for a datagram, in nanoseconds.
  package var busyTime: Double { perDatagram(busyNanoseconds) }

  /// The consumer's time for letting go of a page, in nanoseconds.
  package var releaseTime: Double { Double(releaseNanoseconds) / Double(max(1, released)) }

  private var busyNanoseconds: UInt64 { nanoseconds - min(nanoseconds, idleNanoseconds) }

  private func perDatagram(_ time: UInt64) -> Double { Double(time) / Double(max(1, datagrams)) }

  private func share(_ part: UInt64, of whole: UInt64) -> Double {
    whole == 0 ? 0 : min(1, Double(part) / Double(whole))
  }

  /// Adds the receiver's times of a burst.
  mutating func add(_ burst: BurstFigures) {
    datagrams += burst.datagrams
    nanoseconds += burst.nanoseconds
    socketNanoseconds += burst.socketNanoseconds
    takeNanoseconds += burst.takeNanoseconds
    idleNanoseconds += burst.idleNanoseconds
    sampledNanoseconds += burst.sampledNanoseconds
    sampledSocketNanoseconds += burst.sampledSocketNanoseconds
  }
}

/// The receiver's part of a burst; see ``ReceiveFigures``.
struct BurstFigures {
  var datagrams = 0
  var nanoseconds: UInt64 = 0
  var socketNanoseconds: UInt64 = 0
  var takeNanoseconds: UInt64 = 0
  var idleNanoseconds: UInt64 = 0
  var sampledNanoseconds: UInt64 = 0
  var sampledSocketNanoseconds: UInt64 = 0
}
