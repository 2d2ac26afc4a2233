// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The kinds of call that VCompound makes to the operating system.
///
/// One C function serves several purposes (`mmap` four of them), and a failure of each means
/// something else, so the purposes are what is told apart, counted and made to fail in tests.
public enum SystemCallKind: String, CaseIterable, Hashable, Sendable {
  /// Create the arena's memory file.
  case createFile = "memfd_create"
  /// Give the file its size, which is the arena's capacity.
  case resizeFile = "ftruncate"
  /// Seal the file against resizing.
  case sealFile = "fcntl(F_ADD_SEALS)"
  /// Ask how much memory the file holds.
  case statFile = "fstat"
  /// Close the file.
  case closeFile = "close"
  /// Reserve address space without memory behind it.
  case reserve = "mmap(PROT_NONE)"
  /// Map the whole arena once: the linear map.
  case mapArena = "mmap(MAP_SHARED), linear map"
  /// Map one run of frames into a window.
  case mapRun = "mmap(MAP_SHARED), window"
  /// Turn a range of windows back into reserved address space.
  case clearWindow = "mmap(PROT_NONE), window"
  /// Map zeroed memory for a table of metadata.
  case mapTable = "mmap(MAP_PRIVATE), table"
  /// Ask which pages of a range have memory.
  case countResident = "mincore"
  /// Give address space back.
  case unmap = "munmap"
  /// Fill a range of the page table, and of the file where it has holes.
  case populate = "madvise(MADV_POPULATE_WRITE)"
  /// Make a range of the file one huge page.
  case collapse = "madvise(MADV_COLLAPSE)"
  /// Give the memory of a range of the file back.
  case punchHole = "fallocate(FALLOC_FL_PUNCH_HOLE)"
  /// Make pages of the linear map inaccessible, or accessible again.
  case protect = "mprotect"
  /// Keep a mapping from a child of fork.
  case excludeFromFork = "madvise(MADV_DONTFORK)"
  /// Keep a mapping out of core dumps.
  case excludeFromDump = "madvise(MADV_DONTDUMP)"
  /// Have a mapping read zero in a child of fork.
  case wipeOnFork = "madvise(MADV_WIPEONFORK)"
  /// Announce that the process will use barriers on all its threads.
  case registerBarrier = "membarrier(REGISTER_PRIVATE_EXPEDITED)"
  /// Have all threads of the process pass a memory barrier.
  case barrier = "membarrier(PRIVATE_EXPEDITED)"
  /// The same where the kernel refuses the quick barrier.
  case globalBarrier = "membarrier(GLOBAL)"
  /// Read from a file of the caller's into a buffer.
  case read = "readv"
  /// Write a buffer to a file of the caller's.
  case write = "writev"
  /// Make a socket for a server of reports, or for a look whether one is there.
  case openSocket = "socket"
  /// Give a socket its path.
  case bindSocket = "bind"
  /// Let others connect to a socket.
  case listen = "listen"
  /// Look whether anybody listens at a path.
  case connect = "connect"
  /// Take a connection.
  case accept = "accept4"
  /// Receive a line of who asks for a report.
  case receive = "recv"
  /// Send an answer.
  case send = "send"
  /// Wait for who asks.
  case wait = "poll"
  /// Remove the file of a socket.
  case removeFile = "unlink"
  /// Begin the helper thread.
  case createThread = "pthread_create"
  /// Have a handler run in every child of fork.
  case registerForkHandler = "pthread_atfork"
}
