// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import VCompound

/// A server's socket while others begin at the same path, and while the process forks.
@Suite(.serialized) struct ReportSocketTests {
  /// Leaves a socket as a process does that ends without its destructors.
  private func leaveSocket(_ path: String) throws {
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    try OperatingSystem().bindSocket(socket, path)
    close(socket)
  }

  // MARK: The path

  /// One of those who replace a dead socket at the same moment has the path, and keeps it.
  @Test func oneOfManyReplacesADeadSocket() throws {
    let allocator = try CompoundAllocator(capacity: .mebibytes(4))
    let path = socketPath()
    for _ in 0..<100 {
      try leaveSocket(path)
      let ready = Atomic(0)
      let served = Atomic(0)
      let done = Atomic(0)
      let crew = Crew(3) { _ in
        ready.add(1, ordering: .relaxed)
        while ready.load(ordering: .relaxed) < 3 {}
        do throws(ReportServerError) {
          let server = try ReportServer(of: allocator, at: path)
          served.add(1, ordering: .relaxed)
          done.add(1, ordering: .relaxed)
          // Until all have tried, and somebody could connect.
          while done.load(ordering: .relaxed) < 3 { usleep(100) }
          if LocalClient(server.path) == nil { served.add(10, ordering: .relaxed) }
        } catch {
          if error != .isInUse(path) { served.add(100, ordering: .relaxed) }
          done.add(1, ordering: .relaxed)
        }
      }
      crew.join()
      #expect(served.load(ordering: .relaxed) == 1)
    }
    #expect(access(path, F_OK) != 0)
  }

  /// While another process decides about a path of the same folder, nothing is replaced there; nor
  /// does anybody wait for ever.
  @Test func aFolderThatIsLockedIsLeftAsItIs() throws {
    let allocator = try CompoundAllocator(capacity: .mebibytes(4))
    let folder = socketPath() + ".folder"
    mkdir(folder, 0o700)
    let lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    #expect(flock(lock, LOCK_EX) == 0)
    let path = folder + "/a"
    try leaveSocket(path)
    #expect(throws: ReportServerError.allocator(.systemCall(.bindSocket, errno: EADDRINUSE))) {
      _ = try ReportServer(of: allocator, at: path)
    }
    #expect(access(path, F_OK) == 0)
    // A path that nobody has is one's own all the same.
    do {
      let server = try ReportServer(of: allocator, at: folder + "/b")
      #expect(LocalClient(server.path)?.ask("report") != nil)
    }
    close(lock)
    do {
      let server = try ReportServer(of: allocator, at: path)
      #expect(LocalClient(server.path)?.ask("report") != nil)
    }
    #expect(rmdir(folder) == 0)
  }

  // MARK: Fork

  /// What is being opened is not yet open in a child, or is closed there.
  @Test func noForkHappensWhileADescriptorIsOpened() throws {
    let allocator = try CompoundAllocator(capacity: .mebibytes(4))
    let hasForked = Atomic(false)
    let opened = Atomic<Int32>(-1)
    let end = Atomic<Int32>(-1)
    var crew: Crew?
    let descriptor = try ProcessState.openDescriptor { () throws(CompoundError) in
      let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
      opened.store(descriptor, ordering: .relaxed)
      crew = Crew(1) { _ in
        let result = inChild { fcntl(opened.load(ordering: .relaxed), F_GETFD) == -1 ? 0 : 1 }
        if case .exit(let code) = result { end.store(code, ordering: .relaxed) }
        hasForked.store(true, ordering: .relaxed)
      }
      usleep(100_000)
      let hasForkedEarly = hasForked.load(ordering: .relaxed)
      #expect(!hasForkedEarly)
      return descriptor
    }
    crew?.join()
    #expect(end.load(ordering: .relaxed) == 0)
    ProcessState.closeDescriptor(descriptor, system: OperatingSystem())
    #expect(fcntl(descriptor, F_GETFD) == -1)
    withExtendedLifetime(allocator) {}
  }

  /// A child has no connection of its parent's, whenever it was made.
  @Test func childrenHaveNoConnections() throws {
    let path = socketPath()
    let allocator = try CompoundAllocator(capacity: .mebibytes(4))
    let server = try ReportServer(of: allocator, at: path)
    let isStopping = Atomic(false)
    let crew = Crew(1) { _ in
      while !isStopping.load(ordering: .relaxed) { _ = LocalClient(path)?.ask("nothing") }
    }
    for _ in 0..<100 {
      usleep(3000)
      #expect(inChild { hasSocket(at: path) ? 1 : 0 } == .exit(0))
    }
    isStopping.store(true, ordering: .relaxed)
    crew.join()
    #expect(hasSocket(at: server.path))
  }

  // MARK: Load

  /// Who connects and goes again and again has the thread wake a hundred times a second.
  @Test func connectionsAreLimited() throws {
    let allocator = try CompoundAllocator(capacity: .mebibytes(4))
    let server = try ReportServer(of: allocator, at: socketPath())
    let time = ContinuousClock().measure {
      for _ in 0..<60 { #expect(LocalClient(server.path) != nil) }
    }
    // Eight or nine of them wait to be taken.
    #expect(time > .milliseconds(400))
    #expect(LocalClient(server.path)?.ask("report") != nil)
  }
}

/// Whether the process has a socket at a path, or a connection that was made to one.
///
/// No memory, no lock: for children of fork.
private func hasSocket(at path: String) -> Bool {
  (0..<512 as Range<Int32>).contains { descriptor in
    var address = sockaddr_un()
    var size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let isSocket = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, .init(__sockaddr__: $0), &size) == 0
      }
    }
    guard isSocket, address.sun_family == sa_family_t(AF_UNIX) else { return false }
    return withUnsafeBytes(of: &address.sun_path) { bytes in
      path.utf8.elementsEqual(bytes.prefix { $0 != 0 })
    }
  }
}
