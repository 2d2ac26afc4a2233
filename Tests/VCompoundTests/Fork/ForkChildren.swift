// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Children of fork that run at once, each with five seconds to end.
struct ForkChildren {
  /// A child, and the name of what it runs.
  private var running: [(name: String, process: pid_t)] = []

  /// Starts a child, which runs a function and exits with what it returns.
  mutating func start(_ name: String, _ body: () -> Int32) {
    let process = forkProcess()
    precondition(process >= 0, "fork failed")
    if process == 0 {
      endOnAlarm(after: 5)
      _exit(body())
    }
    running.append((name, process))
  }

  /// Waits for all children.
  ///
  /// - Returns: how each has ended; a child that hangs ends by SIGALRM.
  mutating func ends() -> [(name: String, end: ChildEnd)] {
    defer { running = [] }
    return running.map { child in
      var status: Int32 = 0
      while waitpid(child.process, &status, 0) < 0 && errno == EINTR {}
      let isExit = status & 0x7f == 0
      return (child.name, isExit ? .exit(status >> 8 & 0xff) : .signal(status & 0x7f))
    }
  }
}

/// Has the process end by SIGALRM after so many seconds.
///
/// Faults end it at once: no backtrace, which would start threads. Threads of a pool block SIGALRM,
/// so it is let through.
func endOnAlarm(after seconds: UInt32) {
  for number in [SIGSEGV, SIGBUS, SIGALRM, SIGTRAP, SIGILL] { signal(number, SIG_DFL) }
  var none = sigset_t()
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, nil)
  alarm(seconds)
}

/// Whether the process maps an arena's file anywhere.
func mapsArena() -> Bool {
  var maps = KernelView.readFile("/proc/self/maps")
  let name: StaticString = "memfd:vcompound"
  return maps.withUTF8 { maps in
    guard let start = maps.baseAddress else { return false }
    return memmem(start, maps.count, name.utf8Start, name.utf8CodeUnitCount) != nil
  }
}

/// Memory that the process maps itself, at a place where nothing is mapped.
struct OwnMemory {
  private let start: UnsafeMutablePointer<UInt64>
  private let byteCount: Int

  /// Maps memory at an address, and fills it; nil where something is mapped there.
  init?(at address: UInt, byteCount: Int) {
    let mapFixedNoReplace: Int32 = 0x100000
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | mapFixedNoReplace
    let wanted = UnsafeMutableRawPointer(bitPattern: address)
    guard let start = mmap(wanted, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0),
      start == wanted
    else { return nil }
    self.start = start.bindMemory(to: UInt64.self, capacity: byteCount / 8)
    self.byteCount = byteCount
    for page in stride(from: 0, to: byteCount / 8, by: 512) { self.start[page] = ~UInt64(page) }
  }

  /// Whether it is there still, and unchanged.
  var isIntact: Bool {
    stride(from: 0, to: byteCount / 8, by: 512).allSatisfy { page in
      isReadable(UInt(bitPattern: start + page)) && start[page] == ~UInt64(page)
    }
  }
}
