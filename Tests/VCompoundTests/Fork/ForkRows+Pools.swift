// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

@testable import VCompound

extension ForkRow {
  /// `PagePool`.
  static let pools = [
    ForkRow(refused: "open a pool") { world throws in
      _ = try PagePool(allocator: world.allocator, limits: .init(out: 8, kept: 8))
    },
    ForkRow(refused: "take a page") { world throws in
      _ = try world.pool?.take()
    },
    ForkRow(refused: "take a page, blocking") { world throws in
      _ = try world.pool?.take(blocking: .seconds(600))
    },
    ForkRow(refused: "take a page of a pool without any, blocking") {
      world throws in
      _ = try world.cutPool?.take(blocking: .seconds(600))
    },
    ForkRow("a pool's monitor") { world in
      guard let monitor = world.pool?.monitor else { return false }
      return monitor.statistics == PagePoolStatistics() && monitor.holders.isEmpty
        && monitor.isClosed
        && monitor.limits == .init(out: 64, kept: 32)
    },
    ForkRow("list pools and object caches") { world in
      world.allocator.pools.isEmpty && world.allocator.objectCaches.isEmpty
    },
    ForkRow("put pages back together") { world in
      var batch = PooledPageBatch()
      if let page = world.page.take() { batch.append(page) }
      if let page = world.shared.take() { batch.append(page) }
      if let page = world.owner.take() { batch.append(page) }
      guard batch.count == 2 else { return false }
      batch.putBack()
      return batch.count == 0
    },
    ForkRow("recycle a batch, and drop another") { world in
      var batch = PooledPageBatch()
      if let page = world.page.take() { batch.append(page) }
      world.pool?.recycle(&batch)
      var rest = PooledPageBatch()
      if let page = world.owner.take() { rest.append(page) }
      return batch.count == 0 && rest.count == 0
    },
    ForkRow(refused: "take a fragment") { world throws in
      _ = try world.pool?.takeFragment(byteCount: 100)
    },
    ForkRow(refused: "take a fragment of a page that is cut") { world throws in
      _ = try world.cutPool?.takeFragment(byteCount: 100)
    },
    ForkRow("a pool's statistics") { $0.pool?.statistics == PagePoolStatistics() },
    ForkRow("recycle a page") { world in
      guard let page = world.page.take() else { return false }
      world.pool?.recycle(page)
      return true
    },
    ForkRow("recycle a page that is shared") { world in
      guard let page = world.owner.take() else { return false }
      world.pool?.recycle(page)
      return true
    },
    ForkRow("adopt a page") { world in
      world.pool?.adopt(world.lent).baseAddress == world.lent
    },
    ForkRow("drop a pool") { world in
      world.pool = nil
      world.cutPool = nil
      return true
    },
  ]

  /// `PooledPage`, `SharedPage` and `PageFragment`.
  static let pages = [
    ForkRow("share a page") { world in
      guard world.page?.isUnique == true, world.owner?.isUnique == false else { return false }
      let other = world.page?.share()
      let third = world.shared?.share()
      let isUnique = world.page?.isUnique
      let sizes = [other?.byteCount, third?.byteCount]
      return isUnique == false && sizes == [.page, .page]
    },
    ForkRow("let go of a shared page, owner first") { world in
      world.owner = nil
      world.shared = nil
      return true
    },
    ForkRow("let go of a shared page, owner last") { world in
      world.shared = nil
      guard world.owner?.isUnique == true else { return false }
      world.owner = nil
      return true
    },
    ForkRow("relabel a page") { world in
      world.page?.relabel("child")
      return world.page?.byteCount == .page
    },
    ForkRow("release and adopt a page") { world in
      guard let page = world.page.take() else { return false }
      let address = page.baseAddress
      let pointer = page.relinquish()
      return pointer == address && world.pool?.adopt(pointer).baseAddress == address
    },
    ForkRow("drop a page") { world in
      world.page = nil
      return true
    },
    ForkRow("drop a fragment") { world in
      guard world.fragment?.byteCount == 100 else { return false }
      world.fragment = nil
      return true
    },
    ForkRow(faulting: "write a page") { world in
      world.page?.withUnsafeMutableBytes { bytes in
        bytes[0] = 1
        return 0
      }
    },
    ForkRow(faulting: "read a shared page") { world in
      world.shared?.withUnsafeBytes { $0.load(as: UInt8.self) }
    },
    ForkRow(faulting: "write a fragment") { world in
      world.fragment?.withUnsafeMutableBytes { bytes in
        bytes[0] = 1
        return 0
      }
    },
  ]

  /// `PagePool.close`.
  static let closings = [
    ForkRow("close a pool at once") { world in
      let closure = world.pool.take()?.close(.atOnce)
      return closure?.holders.isEmpty == true && closure?.failure == nil
    },
    ForkRow("close a pool, waiting") { world in
      let closure = world.pool.take()?.close(.waiting(world.patience))
      return closure?.holders.isEmpty == true && closure?.failure == nil
    },
    ForkRow("close a pool, revoking") { world in
      let closure = world.pool.take()?.close(.revoking)
      return closure?.holders.isEmpty == true && closure?.failure == .usedAfterFork
    },
    ForkRow("close a pool with a page that is cut") { world in
      let closure = world.cutPool.take()?.close(.atOnce)
      return closure?.holders.isEmpty == true && closure?.failure == nil
    },
  ]

  /// `ObjectCache` and `CachedObject`, and the end of everything.
  static let caches = [
    ForkRow(refused: "open an object cache") { world throws in
      _ = try ObjectCache<ForkWorld.Item>(allocator: world.allocator, kept: 8) {
        .init(repeating: 1)
      }
    },
    ForkRow(refused: "take an object") { world throws in
      _ = try world.cache?.take()
    },
    ForkRow(refused: "take an object, blocking") { world throws in
      _ = try world.cache?.take(blocking: .seconds(600))
    },
    ForkRow("a cache's statistics") { world in
      world.cache?.statistics == ObjectCacheStatistics(bytesPerObject: 100)
    },
    ForkRow("drop an object and its cache") { world in
      unmakesNothing(world) {
        $0.item = nil
        $0.cache = nil
      }
    },
    ForkRow("drop a cache before its object") { world in
      unmakesNothing(world) {
        $0.cache = nil
        $0.item = nil
      }
    },
    ForkRow(faulting: "change an object") { world in
      world.item?.withObject { bytes in
        bytes[0] = 1
        return 0
      }
    },
    ForkRow("drop everything") { unmakesNothing($0) { $0.dropAll() } },
  ]

  /// Whether a function lets no object of the cache be unmade.
  private static func unmakesNothing(
    _ world: ForkWorld, _ body: (ForkWorld) -> Void
  ) -> Bool {
    let before = world.unmade.value
    body(world)
    return world.unmade.value == before
  }
}
