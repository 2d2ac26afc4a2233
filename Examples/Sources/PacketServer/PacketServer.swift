// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import VCompound

/// A UDP server that receives each datagram into a page of a pool, and answers from that page.
///
/// A thread receives, another one answers and lets go of the page, which comes back to the pool.
///
/// `PacketServer SOCKET [REQUESTS]` makes its arena visible: `vcdemo attach SOCKET` shows it.
@main
struct PacketServer {
  static let words = CommandLine.arguments.dropFirst()
  static let requestCount = words.dropFirst().first.flatMap { Int($0) } ?? 20_000

  static func main() async throws {
    let allocator = try CompoundAllocator(capacity: .mebibytes(4))
    var reports: ReportServer?
    if let path = words.first { reports = try ReportServer(of: allocator, at: path) }
    let server = Endpoint()
    let client = Endpoint()
    let pages = AsyncStream.makeStream(of: Handover.self, bufferingPolicy: .bufferingOldest(64))

    // Threads of their own: they wait for sockets, which tasks must not.
    let receiver = Worker {
      do {
        var pool = try PagePool(
          allocator: allocator, limits: .init(out: 128, kept: 64), name: "datagrams")
        for _ in 0..<requestCount {
          var page = try pool.take(label: "a request")
          let (count, sender) = page.withUnsafeMutableBytes { server.receive(into: $0) }
          pages.continuation.yield(Handover(page, count, sender))
        }
        pages.continuation.finish()
        let holders = pool.close(.waiting(.seconds(10))).holders
        precondition(holders.isEmpty, "pages did not come back: \(holders)")
      } catch {
        fatalError("\(error)")
      }
    }
    let asker = Worker {
      let isAnswered = (0..<requestCount).allSatisfy { client.asks(server, $0) }
      precondition(isAnswered, "an answer is not its request")
    }
    for await handover in pages.stream {
      guard let page = handover.page.withLock({ $0.take() }) else { continue }
      page.withUnsafeBytes { bytes in
        server.send(.init(rebasing: bytes[..<handover.byteCount]), to: handover.sender)
      }
    }
    asker.join()
    receiver.join()
    print("\(requestCount) datagrams answered, within \(allocator.statistics.peakResident)")
    // The socket goes here, or where an error ends the program.
    _ = consume reports
  }
}

/// A thread.
struct Worker {
  private let thread: pthread_t

  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  init(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { body in
        if let body { Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run() }
        return nil
      }, Unmanaged.passRetained(Body(body)).toOpaque())
    guard code == 0 else { fatalError("no thread: errno \(code)") }
    self.thread = thread
  }

  func join() { pthread_join(thread, nil) }
}

/// A page on its way from one task to another, with a datagram.
final class Handover: Sendable {
  let page: Mutex<PooledPage?>
  let byteCount: Int
  let sender: in_port_t

  init(_ page: consuming PooledPage, _ byteCount: Int, _ sender: in_port_t) {
    self.page = Mutex(page)
    self.byteCount = byteCount
    self.sender = sender
  }
}

/// A UDP socket of this machine.
struct Endpoint {
  let socket: Int32
  let port: in_port_t

  init() {
    socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    var address = Self.address(port: 0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let socket = socket
    let isOpen = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(socket, address, size) == 0 && getsockname(socket, address, &size) == 0
      }
    }
    guard isOpen else { fatalError("no socket: errno \(errno)") }
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    port = address.sin_port
  }

  static func address(port: in_port_t) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = port
    return address
  }

  func receive(into bytes: UnsafeMutableRawBufferPointer) -> (count: Int, sender: in_port_t) {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let count = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        recvfrom(socket, bytes.baseAddress, bytes.count, 0, $0, &size)
      }
    }
    return (max(0, count), address.sin_port)
  }

  func send(_ bytes: UnsafeRawBufferPointer, to port: in_port_t) {
    var address = Self.address(port: port)
    _ = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(
          socket, bytes.baseAddress, bytes.count, 0, $0,
          socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  /// Sends a request, and tells whether the answer is the same.
  func asks(_ server: Endpoint, _ number: Int) -> Bool {
    let request = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 1 + number % 1400)
    request.withUnsafeBytes { send($0, to: server.port) }
    var answer = [UInt8](repeating: 0, count: 2048)
    let count = answer.withUnsafeMutableBytes { receive(into: $0).count }
    return answer[..<count] == request[...]
  }
}
