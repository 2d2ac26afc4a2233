// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// `fork`, which the Swift overlay hides, since a child of a program with threads may do little.
///
/// The children of the tests look at memory and leave.
func forkProcess() -> pid_t {
  typealias Fork = @convention(c) () -> pid_t
  guard let symbol = dlsym(nil, "fork") else { return -1 }
  return unsafeBitCast(symbol, to: Fork.self)()
}

/// How a child ended.
enum ChildEnd: Equatable {
  case exit(Int32)
  case signal(Int32)
}

/// Runs a function in a child of fork, which then exits with what the function returns.
func inChild(_ body: () -> Int32) -> ChildEnd {
  let child = forkProcess()
  precondition(child >= 0, "fork failed")
  if child == 0 {
    // A fault is expected in some children: no backtrace, which would start threads.
    signal(SIGSEGV, SIG_DFL)
    signal(SIGBUS, SIG_DFL)
    _exit(body())
  }
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0 && errno == EINTR {}
  let isExit = status & 0x7f == 0
  return isExit ? .exit(status >> 8 & 0xff) : .signal(status & 0x7f)
}

/// Whether a page can be read, asked of the kernel, which answers instead of faulting.
func isReadable(_ address: UInt) -> Bool {
  var ends: [Int32] = [0, 0]
  guard pipe(&ends) == 0 else { return false }
  let written = write(ends[1], UnsafeRawPointer(bitPattern: address), 1)
  close(ends[0])
  close(ends[1])
  return written == 1
}
