// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Somebody who asks: what came from there, and what is on its way there.
///
/// It holds one answer at a time and a short line, however fast the other side asks, and is given
/// up when it takes too long.
struct ReportConnection {
  let descriptor: Int32
  private let system: OperatingSystem
  private var input: [UInt8] = []
  private var output: [UInt8] = []
  private var sent = 0
  private var hasEnded = false

  /// When it is given up, by `readClock`.
  private(set) var deadline: Int

  /// The longest line.
  private static let longest = 128
  /// The time that a line may take, and an answer on its way.
  private static let patienceForLine = 60_000_000_000
  private static let patienceForAnswer = 10_000_000_000

  /// Takes a connection that somebody has made to a socket.
  init(to socket: Int32, system: OperatingSystem) throws(CompoundError) {
    descriptor = try ProcessState.openDescriptor { () throws(CompoundError) in
      try system.acceptConnection(socket)
    }
    self.system = system
    deadline = readClock() + Self.patienceForLine
  }

  /// Ends it, also where a child of fork has it as well.
  func close() {
    system.shutDown(descriptor)
    ProcessState.closeDescriptor(descriptor, system: system)
  }

  /// What to wait for; nil where a question is waiting.
  var interest: SocketInterest? {
    if isSending { return SocketInterest(socket: descriptor, toSend: true) }
    return hasQuestion ? nil : SocketInterest(socket: descriptor, toSend: false)
  }

  private var isSending: Bool { sent < output.count }

  /// Whether a line has come, and the last answer has gone.
  var hasQuestion: Bool { !isSending && input.contains(UInt8(ascii: "\n")) }

  /// Sends or receives.
  ///
  /// - Returns: whether it goes on.
  mutating func proceed() -> Bool {
    do throws(CompoundError) {
      if isSending {
        sent += try system.send(descriptor, output[sent...])
        if !isSending { leaveAnswer() }
        return isSending || !hasEnded || hasQuestion
      }
      guard let bytes = try system.receive(descriptor, atMost: Self.longest - input.count) else {
        return true
      }
      input += bytes
      // Who has closed one direction may wait for answers.
      hasEnded = bytes.isEmpty
      if input.count == Self.longest, !hasQuestion {
        input = Array("too long a line\n".utf8)
      }
      return !hasEnded || hasQuestion
    } catch {
      return false
    }
  }

  /// Takes the next line, and sends what a function answers.
  ///
  /// - Returns: whether it goes on.
  mutating func answer(_ body: (String) -> Result<String, ReportQuestion.Mistake>) -> Bool {
    guard let end = input.firstIndex(of: UInt8(ascii: "\n")) else { return true }
    let line = String(decoding: input[..<end], as: UTF8.self)
    input.removeSubrange(...end)
    switch body(line) {
    case .success(let text): output = Array("ok \(text.utf8.count)\n\(text)".utf8)
    case .failure(let mistake): output = Array("error \(mistake.text)\n".utf8)
    }
    sent = 0
    deadline = readClock() + Self.patienceForAnswer
    return proceed()
  }

  private mutating func leaveAnswer() {
    (output, sent) = ([], 0)
    deadline = readClock() + Self.patienceForLine
  }
}
