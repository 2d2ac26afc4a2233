// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// Pages of a pool, which the receiver takes and the consumer drops.
extension PooledPage: ReceivePage {
  package typealias Supply = PoolSupply

  package static func fill(
    _ rack: inout PageRack<PooledPage>, from supply: PoolSupply
  ) throws(CommandFailure) {
    try supply.fill(&rack)
  }
}

/// A pool.
///
/// Invariant: only the receiver's thread touches it.
package final class PoolSupply: PageSupply, @unchecked Sendable {
  private let allocator: CompoundAllocator
  private var pool: PagePool?
  private var atEnd: PagePoolStatistics?

  package init(pages: Int) throws(CommandFailure) {
    allocator = try CompoundAllocator.forPages(pages, hasMagazines: true)
    do throws(CompoundPoolError) {
      pool = try PagePool(allocator: allocator, limits: .init(out: pages, kept: pages))
    } catch {
      throw .input("receive: cannot open a page pool: \(error)")
    }
  }

  fileprivate func fill(_ rack: inout PageRack<PooledPage>) throws(CommandFailure) {
    // Taken out for the batch, so that the field is not checked for exclusive use at each page.
    guard var pool = pool.take() else { return }
    let outcome = PoolSupply.fill(&rack, from: &pool)
    self.pool = consume pool
    if let outcome { throw outcome }
  }

  @inline(__always)
  private static func fill(
    _ rack: inout PageRack<PooledPage>, from pool: inout PagePool
  ) -> CommandFailure? {
    do throws(CompoundPoolError) {
      while !rack.isFull { rack.put(try pool.take(label: "receiver")) }
      return nil
    } catch {
      return CompoundSource.failure(error)
    }
  }

  package var account: PageAccount {
    let statistics = pool?.statistics ?? atEnd
    return PageAccount(
      fromBelow: statistics?.slow ?? 0, recyclingRate: statistics?.recyclingRate)
  }

  package func end() -> PagesOut {
    var out = PagesOut()
    if let pool = pool.take() {
      let statistics = pool.statistics
      atEnd = statistics
      out.pages = max(statistics.inFlight, pool.close().holders.count)
    }
    out.liveBytes = allocator.statistics.live.rawValue
    return out
  }
}
