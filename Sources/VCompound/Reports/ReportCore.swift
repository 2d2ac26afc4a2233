// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// A thread that answers questions about a heap at a socket.
///
/// It holds no lock of the heap but while it makes an answer, as any thread that looks does. What
/// others can have it do is limited: so many connections, one short line and one answer of each at
/// a time, so many answers and so many new connections a second.
package final class ReportCore: Sendable {
  private let lifetime: Lifetime
  private let system: OperatingSystem
  private let sentinel: ForkSentinel
  private let socket: ReportSocket
  private let isEnding = Atomic<Bool>(false)
  private let thread = Lock<HelperThread?>(nil)

  private static let mostConnections = 8
  /// The least time from one answer to the next, and from one new connection to the next, in
  /// nanoseconds: a hundred a second at most.
  private static let rest = 10_000_000

  /// When the next one is due at the earliest, by `readClock`.
  private struct Due {
    var answer = 0
    var connection = 0
  }

  /// Makes the socket and begins the thread.
  package init(_ lifetime: Lifetime, at path: String) throws(ReportServerError) {
    self.lifetime = lifetime
    do throws(CompoundError) {
      system = try lifetime.door.enter { (heap) throws(CompoundError) in heap.system }
      sentinel = try ForkSentinel(system: system)
    } catch {
      throw .allocator(error)
    }
    socket = try ReportSocket(path, system: system)
    do throws(CompoundError) {
      try thread.withLock { (thread: inout HelperThread?) throws(CompoundError) in
        thread = try HelperThread(system: system) { [self] in serve() }
      }
    } catch {
      socket.end()
      socket.close()
      throw .allocator(error)
    }
  }

  /// Ends the thread, and waits for that: no longer than one answer takes to make.
  ///
  /// In a child of fork there is no thread, and the socket is the parent's.
  package func end() {
    if sentinel.isInChild { return }
    isEnding.store(true, ordering: .releasing)
    socket.end()
    if let helper = thread.withLock({ $0.take() }) { helper.join() }
    socket.close()
  }

  // MARK: The thread

  private func serve() {
    var connections: [ReportConnection] = []
    var due = Due()
    while !isEnding.load(ordering: .acquiring) {
      let now = readClock()
      keep(&connections) { $0.deadline > now }
      if now >= due.answer, let index = connections.firstIndex(where: \.hasQuestion) {
        // The others come first next time.
        var connection = connections.remove(at: index)
        if connection.answer(answer) { connections.append(connection) } else { connection.close() }
        due.answer = readClock() + Self.rest
        continue
      }
      waitForMore(&connections, now, &due)
    }
    keep(&connections) { _ in false }
  }

  private func answer(_ line: String) -> Result<String, ReportQuestion.Mistake> {
    do throws(ReportQuestion.Mistake) {
      let question = try ReportQuestion(line)
      return .success(lifetime.door.enter(inChild: "") { $0.answer(question) })
    } catch {
      return .failure(error)
    }
  }

  private func keep(
    _ connections: inout [ReportConnection], _ isKept: (inout ReportConnection) -> Bool
  ) {
    var kept: [ReportConnection] = []
    for var connection in connections {
      if isKept(&connection) { kept.append(connection) } else { connection.close() }
    }
    connections = kept
  }

  private func waitForMore(
    _ connections: inout [ReportConnection], _ now: Int, _ due: inout Due
  ) {
    var interests = connections.compactMap(\.interest)
    var time = connections.map(\.deadline).min() ?? Int.max
    if connections.contains(where: \.hasQuestion) { time = min(time, due.answer) }
    if now < due.connection {
      time = min(time, due.connection)
    } else {
      interests.append(SocketInterest(socket: socket.descriptor, toSend: false))
    }
    do throws(CompoundError) {
      let milliseconds = time == .max ? -1 : max(0, time - now) / 1_000_000 + 1
      try system.wait(for: &interests, milliseconds: milliseconds)
      let ready = Set(interests.filter(\.isReady).map(\.socket))
      keep(&connections) { !ready.contains($0.descriptor) || $0.proceed() }
      guard ready.contains(socket.descriptor) else { return }
      due.connection = readClock() + Self.rest
      try accept(&connections)
    } catch .systemCall(_, errno: EINTR), .systemCall(_, errno: EAGAIN) {
    } catch {
      // No descriptor, or no memory: it may be there later.
      usleep(10_000)
    }
  }

  private func accept(_ connections: inout [ReportConnection]) throws(CompoundError) {
    if isEnding.load(ordering: .acquiring) { return }
    let connection = try ReportConnection(to: socket.descriptor, system: system)
    guard connections.count < Self.mostConnections else {
      _ = try? system.send(connection.descriptor, "error too many ask at a time\n".utf8.bytes)
      return connection.close()
    }
    connections.append(connection)
  }
}

extension String.UTF8View {
  fileprivate var bytes: ArraySlice<UInt8> { Array(self)[...] }
}
