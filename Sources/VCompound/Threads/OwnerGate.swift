// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import ThreadSlot

/// Guards what one thread uses all the time and others hardly ever.
///
/// The owner enters and leaves without an atomic read-modify-write; any other thread can shut it
/// out at any time. The protocol, which puts all the cost on the rare side (an asymmetric Dekker
/// lock):
///
///     owner                          another thread, one at a time, under a lock of the holder's
///     busy = 1                       isOpen = 0
///     (compiler fence)               membarrier: a full barrier on every running thread
///     if isOpen { use }              wait until busy == 0
///     busy = 0 (release)             use
///                                    isOpen = 1 (release)
///
/// Without the barrier the owner's store of `busy` could still be on its way while its load of
/// `isOpen` sees 1. With it, either the other thread sees `busy`, or the owner sees that the gate
/// is shut and goes another way.
///
/// All zeroes are a gate that is shut, so memory that is wiped in children of fork shuts it there.
struct OwnerGate: ~Copyable {
  private let isOpen = Atomic<UInt32>(1)

  /// Set while the owner is inside.
  private let isBusy = Atomic<UInt32>(0)

  // MARK: The owner's side

  /// Enters, if the gate is open.
  ///
  /// Call `leave` in any case.
  @inline(__always)
  borrowing func enter() -> Bool {
    isBusy.store(1, ordering: .relaxed)
    vcompound_compiler_fence()
    return isOpen.load(ordering: .acquiring) != 0
  }

  /// Leaves.
  @inline(__always)
  borrowing func leave() {
    isBusy.store(0, ordering: .releasing)
  }

  /// Runs a function inside, if the gate is open.
  ///
  /// - Returns: what the function returns, or nil where the gate is shut.
  @inline(__always)
  borrowing func pass<Result>(_ body: () -> Result) -> Result? {
    defer { leave() }
    guard enter() else { return nil }
    return body()
  }

  // MARK: Other threads' side

  /// Shuts the gate; it takes a barrier on all threads, and `waitForOwner`, before the owner is
  /// known to be outside.
  borrowing func shut() { isOpen.store(0, ordering: .relaxed) }

  /// Waits until the owner has left, after the gate was shut and all threads passed a barrier.
  borrowing func waitForOwner() {
    while isBusy.load(ordering: .acquiring) != 0 { OperatingSystem.yieldProcessor() }
  }

  /// Opens the gate.
  borrowing func open() { isOpen.store(1, ordering: .releasing) }
}
