// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Sends bursts of datagrams on request.
package struct DatagramSender: Sendable {
  /// The bytes of a datagram.
  private let byteCount: Int
  /// The seed of their contents.
  private let seed: UInt64

  /// Describes the datagrams.
  package init(byteCount: Int, seed: UInt64) {
    self.byteCount = byteCount
    self.seed = seed
  }

  /// Serves a channel until it is closed.
  package func run(_ channel: borrowing SenderChannel) throws(CommandFailure) {
    let socket = try UDPSocket()
    let most = socket.segment(into: byteCount)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: most * byteCount, alignment: 64)
    defer { unsafe memory.deallocate() }
    let digests = (0..<most).map { index in
      unsafe Datagram.fill(
        memory + index * byteCount, byteCount: byteCount, seed: seed &+ UInt64(index))
    }
    var port: UInt64?
    while let request = channel.nextRequest() {
      if request.port != port {
        try socket.connect(toPort: UInt16(truncatingIfNeeded: request.port))
        port = request.port
      }
      var sent: UInt64 = 0
      while sent < request.count {
        let count = Int(min(UInt64(most), request.count - sent))
        for index in 0..<count {
          let number = request.first + sent + UInt64(index)
          unsafe Datagram.write(
            memory + index * byteCount, number: number, byteCount: byteCount,
            digest: digests[index])
        }
        unsafe try socket.send(memory, byteCount: count * byteCount)
        sent += UInt64(count)
      }
      guard channel.answer(sent) else { return }
    }
  }
}

extension DatagramSender {
  /// The option of `receive` that makes a process a sender, which no help mentions.
  package static let option = "--sender"

  /// The words of a command line that describe the sender.
  var words: [String] { ["\(byteCount)", "\(seed)"] }

  /// Reads those words; nil where they are no such.
  init?(words: [String]) {
    guard words.count == 2, let byteCount = ReceiveOptions.length.parse(words[0]),
      let seed = UInt64(words[1])
    else { return nil }
    self.init(byteCount: byteCount, seed: seed)
  }

  /// Is a sender in a process of its own, whose standard input is the channel.
  static func run(_ arguments: inout Arguments) throws(CommandFailure) -> ExitStatus {
    guard let sender = DatagramSender(words: try arguments.operands("SIZE")) else {
      throw arguments.failure("\(option) is for this program's own children")
    }
    try sender.run(SenderChannel(descriptor: STDIN_FILENO))
    return .success
  }
}
