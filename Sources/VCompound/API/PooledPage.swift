// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A page of a pool, and its only owner, which may write it.
///
/// When it leaves scope, on whichever thread, it goes back to its pool; the pool's own thread does
/// that faster by ``PagePool/recycle(_:)-(PooledPage)``. Being a value with one owner, it cannot be
/// put back twice, and sending it to another thread takes it away from the sender.
///
/// ``share()`` makes further holders of the page, which may read it. While there are any, the page
/// may not be written.
///
/// Invariant: the page is out, its count includes this value, and the core lives while it does.
@safe
public struct PooledPage: ~Copyable, @unchecked Sendable {
  let core: Unmanaged<PoolCore>
  let address: UInt
  let index: UInt32

  /// Takes over a page that is out.
  @inline(__always)
  init(_ core: PoolCore, _ index: UInt32) {
    self.init(core, address: core.address(index), index)
  }

  /// Takes over a page that is out, at an address that the caller knows.
  @inline(__always)
  init(_ core: PoolCore, address: UInt, _ index: UInt32) {
    unsafe self.core = Unmanaged.passUnretained(core)
    self.address = address
    self.index = index
  }

  deinit {
    unsafe core._withUnsafeGuaranteedRef { $0.putBack(index) }
  }

  /// Hands the page over to the caller.
  @inline(__always)
  consuming func surrender() -> UInt32 {
    let index = index
    discard self
    return index
  }

  /// The size in bytes.
  public var byteCount: ByteCount { unsafe core._withUnsafeGuaranteedRef { $0.byteCount } }

  /// Whether the page has no other holder.
  public var isUnique: Bool {
    unsafe core._withUnsafeGuaranteedRef { $0.pages.counts.load(Int(index)) == 1 }
  }

  /// Notes another label.
  ///
  /// - Parameter label: names the holder from now on.
  public mutating func relabel(_ label: StaticString) {
    unsafe core._withUnsafeGuaranteedRef { $0.note(PoolHolder(label), index) }
  }

  /// Makes another holder of the page, which may read it as long as it lives.
  ///
  /// - Returns: the holder, which lets go when it leaves scope.
  public mutating func share() -> SharedPage {
    unsafe SharedPage(core, address, index)
  }

  /// Hands the page over to an unmanaged pointer, which the caller gives back to
  /// ``PagePool/adopt(_:)``.
  ///
  /// The program stops where the page is shared.
  ///
  /// - Returns: the address of the first byte.
  @unsafe
  public consuming func relinquish() -> UnsafeMutableRawPointer {
    let base = unsafe baseAddress
    let index = index
    let address = address
    unsafe core._withUnsafeGuaranteedRef { core in
      guard core.pages.counts.exchange(Int(index), 1, for: PoolCore.lent | 1) else {
        stop("cannot release the page at \(hexadecimal(address)): it is shared")
      }
    }
    discard self
    return unsafe base
  }

  /// Stops the program where the page has other holders, which might read it.
  func checkUnique() {
    guard isUnique else {
      stop("cannot write to the page at \(hexadecimal(address)): it is shared")
    }
  }
}

/// One of several holders of a page, all of which may read it.
///
/// A counted reference that is taken and dropped in plain sight: by ``share()``, and by leaving
/// scope. The last holder of a page that its owner has put back returns it to its pool; to the
/// allocator, if the pool is closed.
///
/// Invariant: the page's count includes this value, and the core lives while it does.
@safe
public struct SharedPage: ~Copyable, @unchecked Sendable {
  let core: Unmanaged<PoolCore>
  let address: UInt
  private let index: UInt32

  /// Counts one holder more.
  init(_ core: Unmanaged<PoolCore>, _ address: UInt, _ index: UInt32) {
    unsafe self.core = unsafe core
    self.address = address
    self.index = index
    unsafe core._withUnsafeGuaranteedRef { $0.pages.counts.raise(Int(index)) }
  }

  deinit {
    unsafe core._withUnsafeGuaranteedRef { $0.letGo(index) }
  }

  /// Hands the hold over to the caller.
  consuming func surrender() -> UInt32 {
    let index = index
    discard self
    return index
  }

  /// The size in bytes.
  public var byteCount: ByteCount { unsafe core._withUnsafeGuaranteedRef { $0.byteCount } }

  /// Makes another holder.
  ///
  /// - Returns: the holder, which lets go when it leaves scope.
  public borrowing func share() -> SharedPage {
    unsafe SharedPage(core, address, index)
  }
}
