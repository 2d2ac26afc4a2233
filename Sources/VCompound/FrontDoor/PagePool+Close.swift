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

    /// Make their addresses inaccessible: whoever still uses one faults, instead of writing into
    /// somebody else's data.
    ///
    /// Their memory is free again when they are let go of.
    case revoking
  }

  /// Somebody who has a page of a pool that is closed.
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
  public struct Closure: Sendable {
    /// The pages that were still out at the end, and who has them.
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
  /// - Returns: who still has pages.
  /// - Complexity: O(pages of the pool), and a system call for every page that is revoked.
  @discardableResult
  public consuming func close(_ closing: Closing = .atOnce) -> Closure {
    let core = core
    // Its end closes it.
    _ = consume self
    var failure: CompoundError?
    switch closing {
    case .atOnce: break
    case .waiting(let duration): _ = core.waitForPages(nanoseconds: duration.nanoseconds)
    case .revoking:
      do throws(CompoundError) { try core.revoke() } catch { failure = error }
    }
    return Closure(holders: core.out(), failure: failure)
  }
}

extension PagePool.Holder: CustomStringConvertible {
  /// One line: the page, its holder, and where he took it.
  public var description: String {
    "the page at \(hexadecimal(address)) of \(byteCount): "
      + (label.isEmpty ? "no label" : label) + (place.map { ", taken at \($0)" } ?? "")
      + (isRevoked ? ", revoked" : "")
  }
}

extension Duration {
  /// The whole nanoseconds, or as many as there can be.
  fileprivate var nanoseconds: Int {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, more) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflow || more ? (seconds < 0 ? 0 : .max) : Int(sum)
  }
}
