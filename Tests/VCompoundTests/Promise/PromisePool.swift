// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// A pool of a thread, and what the thread knows of its limit.
final class PromisePool {
  private var pool: PagePool?
  private let limit: Int
  private let out = OutCount()
  /// The page that fragments are cut from, reserved until the pool is closed.
  private var cuttingPages = 0

  let pagesPerPage: Int

  init(
    _ allocator: CompoundAllocator, order: PageOrder, limits: PagePool.Limits
  ) throws(CompoundPoolError) {
    pool = try PagePool(allocator: allocator, order: order, limits: limits)
    limit = limits.out
    pagesPerPage = order.pageCount.rawValue
  }

  /// Takes a page or a fragment, for which one page of the pool is reserved.
  ///
  /// - Parameters:
  ///   - fragment: the size of a fragment, or nil for a page.
  ///   - account: where one page more is reserved for the first fragment's sake.
  /// - Returns: what was taken, or nil where the pool's limit is really out.
  /// - Throws: what the pool throws.
  func take(fragment: Int?, _ account: Account) throws(CompoundPoolError) -> Held? {
    if fragment != nil, cuttingPages == 0 {
      guard account.reserve(pagesPerPage) else { return nil }
      cuttingPages = pagesPerPage
    }
    let before = out.value + (cuttingPages > 0 ? 1 : 0)
    do throws(CompoundPoolError) {
      var taken: (any Droppable)?
      if let fragment {
        if let part = try pool?.takeFragment(byteCount: ByteCount(fragment)) {
          taken = DropBox(part)
        }
      } else if let page = try pool?.take() {
        taken = DropBox(page)
      }
      guard let taken else { return nil }
      out.add(1)
      return Held(thing: taken, pages: pagesPerPage, out: out)
    } catch {
      if error == .exhausted(limit: limit), before >= limit { return nil }
      throw error
    }
  }

  /// Puts a page of this pool back the fast way.
  ///
  /// - Returns: whether it was one; else nothing has changed.
  func recycle(_ held: Held, _ account: Account) -> Bool {
    guard held.out === out, let box = held.thing as? DropBox<PooledPage>,
      let page = box.value.take()
    else { return false }
    pool?.recycle(page)
    held.settle(account)
    return true
  }

  /// Closes the pool, with pages out or not.
  func close(_ account: Account) {
    pool = nil
    account.release(cuttingPages)
    cuttingPages = 0
  }
}

extension PromiseThread {
  /// Takes from the thread's own pool, which is opened where there is none, and seldom closed.
  func takeFromPool() {
    if Int.random(in: 0..<100, using: &random) == 0 {
      pool?.close(account)
      pool = nil
    }
    guard let pool = pool ?? openPool() else { return }
    let pages = reserve(pool.pagesPerPage)
    guard pages > 0 else { return }
    let isFragment = Int.random(in: 0..<4, using: &random) == 0
    let size = isFragment ? Int.random(in: 1...4096, using: &random) : nil
    do throws(CompoundPoolError) {
      if let taken = try pool.take(fragment: size, account) {
        held.append(taken)
      } else {
        account.release(pages)
        letGo()
      }
    } catch {
      world.refusals.note(error, of: "a pool's \(size ?? 4096) bytes of \(pages) pages", allocator)
      account.release(pages)
    }
  }

  private func openPool() -> PromisePool? {
    let isLarge = account.capacity >= 8 && Int.random(in: 0..<4, using: &random) == 0
    let limits = PagePool.Limits(
      out: [1, 4, 10_000][Int.random(in: 0..<3, using: &random)],
      kept: [1, 2, 16, 256, 2000][Int.random(in: 0..<5, using: &random)])
    world.refusals.noting("a pool", allocator) {
      pool = try PromisePool(allocator, order: isLarge ? 2 : 0, limits: limits)
    }
    return pool
  }
}
