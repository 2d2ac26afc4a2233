// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension PagePool {
  /// What to do about pages that are out when a pool is closed.
  public enum Closing: Hashable, Sendable {
    /// Nothing: they go to the allocator as they are let go of.
    case atOnce

    /// Wait for them, so long at most.
    case waiting(Duration)

    /// Make their addresses inaccessible: a holder that still uses one faults, instead of writing
    /// into the data of another.
    ///
    /// Their memory is free again when they are let go of.
    case revoking
  }

  /// The holder of a page that is out.
  public struct Holder: Hashable, Sendable {
    /// The first byte of the page.
    public let address: UInt
    /// The size of the page.
    public let byteCount: ByteCount
    /// What was said when the page was taken.
    public let label: String
    /// Where in the program it was taken: `Module/File.swift:12`; nil unless this build is checked.
    public let place: String?
    /// Whether the address is inaccessible.
    public let isRevoked: Bool
  }

  /// What came of closing a pool.
  public struct CloseResult: Sendable {
    /// The holders of the pages that were still out at the end.
    public let holders: [Holder]

    /// Why pages could not be made inaccessible, where they should have been.
    public let failure: CompoundError?
  }

  /// Closes the pool: what it keeps goes to the allocator at once, and what is out does when it is
  /// let go of.
  ///
  /// The allocator lives at least as long as the pages that are out.
  ///
  /// - Parameter closing: what to do about those.
  /// - Returns: the holders of pages that are still out; in a child of `fork` none, at once.
  /// - Complexity: O(pages of the pool), and a system call for every page that is revoked.
  @discardableResult
  public consuming func close(_ closing: Closing = .atOnce) -> CloseResult {
    let core = core
    // Its end closes it.
    _ = consume self
    var failure: CompoundError?
    switch closing {
    case .atOnce: break
    case .waiting(let duration): core.waitForPages(nanoseconds: duration.nanoseconds)
    case .revoking:
      do throws(CompoundError) { try core.revoke() } catch { failure = error }
    }
    return CloseResult(holders: Holder.all(of: core), failure: failure)
  }
}

extension PagePool.Holder {
  /// The holders of a pool's pages.
  static func all(of core: PoolCore) -> [Self] {
    core.out().map { page in
      Self(
        address: page.address, byteCount: core.byteCount, label: page.label.text,
        place: page.origin.flatMap(\.text), isRevoked: page.isRevoked)
    }
  }
}

extension PagePool.Holder: CustomStringConvertible {
  /// One line: the page, the label, and the place in the program.
  public var description: String {
    "the page at \(hexadecimal(address)) of \(byteCount): "
      + (label.isEmpty ? "no label" : label) + (place.map { ", taken at \($0)" } ?? "")
      + (isRevoked ? ", revoked" : "")
  }
}
