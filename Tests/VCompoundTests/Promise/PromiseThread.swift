// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import VCompound

/// One thread of a promise run.
final class PromiseThread {
  let world: PromiseRun.World
  var random: SeededGenerator
  var held: [Held] = []
  var pool: PromisePool?

  var allocator: CompoundAllocator { world.allocator }
  var account: Account { world.account }

  /// Sizes whose slabs have one page, in checked builds with their redzones too.
  private static let onePageSizes = [8, 16, 32, 48, 64, 112, 240, 496, 1008, 2032, 4096]

  /// The most pages that a slab has.
  private static let longestSlab = 16

  /// The largest size that can be an object.
  private static let largestObject = 32_768

  init(_ world: PromiseRun.World, seed: UInt64) {
    self.world = world
    random = SeededGenerator(seed: seed)
  }

  /// Makes one request, or lets go of something.
  func step() {
    switch Int.random(in: 0..<1000, using: &random) {
    case 0..<180: takePages()
    case 180..<330: takeObject()
    case 330..<400: takeCachedObject()
    case 400..<440: takeSlots()
    case 440..<600: takeFromPool()
    case 600..<680: resize()
    case 680..<930: letGo()
    case 930..<985: receive()
    case 985..<995: _ = allocator.statistics
    case 995..<997: allocator.drain()
    case 997..<998: _ = allocator.fragmentation
    default:
      world.refusals.noting("trim", allocator) {
        try allocator.trim()
      }
    }
  }

  /// Lets go of everything.
  func finish() {
    while let last = held.popLast() { last.letGo(account) }
    pool?.close(account)
    pool = nil
  }

  /// Makes a request that pages have been reserved for; a refusal is noted, and they are let go of.
  ///
  /// - Parameters:
  ///   - what: the request in words.
  ///   - pages: the pages reserved.
  ///   - hasPages: whether what is taken has pages of its own.
  ///   - body: the request.
  func take(
    _ what: @autoclosure () -> String, _ pages: Int, hasPages: Bool = false,
    _ body: () throws -> any Droppable
  ) {
    do {
      held.append(Held(thing: try body(), pages: pages, hasPages: hasPages))
    } catch {
      world.refusals.note(error, of: what(), allocator)
      account.release(pages)
    }
  }

  /// Reserves what is wanted, or what is left of it; where nothing is, lets go of something.
  func reserve(_ wanted: Int, atLeast least: Int? = nil) -> Int {
    let pages = account.reserve(atLeast: least ?? wanted, atMost: wanted)
    if pages == 0 { letGo() }
    return pages
  }

  /// Mostly small counts of pages, seldom large ones.
  private func randomPages() -> Int {
    let capacity = account.capacity
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<50: return 1
    case 50..<82: return Int.random(in: 1...8, using: &random)
    case 82..<97: return Int.random(in: 1...64, using: &random)
    default: return Int.random(in: 1...max(1, capacity > 4096 ? 2048 : capacity), using: &random)
    }
  }

  // MARK: Blocks

  private func takePages() {
    let pages = reserve(min(randomPages(), account.capacity), atLeast: 1)
    guard pages > 0 else { return }
    let size = pages * 4096 - Int.random(in: 0...4088, using: &random)
    let isPointer = Bool.random(using: &random)
    take("\(size) bytes in pages", pages, hasPages: true) {
      if isPointer { return try PointerBox(allocator, size, isPages: true) }
      return DropBox(try allocator.allocate(byteCount: ByteCount(size), alignment: .page))
    }
  }

  /// The size of an object, and the pages to reserve for it.
  private func randomObject() -> (size: Int, pages: Int) {
    if account.capacity >= Self.longestSlab, Int.random(in: 0..<8, using: &random) == 0 {
      return (Int.random(in: 8...Self.largestObject, using: &random), Self.longestSlab)
    }
    return (Self.onePageSizes.randomElement(using: &random) ?? 8, 1)
  }

  private func takeObject() {
    let (size, wanted) = randomObject()
    let pages = reserve(wanted)
    guard pages > 0 else { return }
    let isPointer = Bool.random(using: &random)
    take("an object of \(size) bytes", pages) {
      if isPointer { return try PointerBox(allocator, size, isPages: false) }
      return DropBox(try allocator.allocate(byteCount: ByteCount(size)))
    }
  }

  private func takeCachedObject() {
    let (cache, owned) = (world.cache, world.ownedPages)
    let pages = reserve(1 + owned)
    guard pages > 0 else { return }
    take("an object and its \(owned) pages", pages) {
      var object = try cache.take()
      try object.fill(owned, from: allocator)
      return DropBox(object)
    }
  }

  private func takeSlots() {
    let order = PageOrder([0, 0, 0, 1, 3][Int.random(in: 0..<5, using: &random)])
    let size = order.pageCount.rawValue
    let wanted = min(Int.random(in: 1...80, using: &random), account.capacity / size)
    let pages = wanted == 0 ? 0 : reserve(wanted * size)
    guard pages > 0 else { return }
    take("\(wanted) slots of \(size) pages", pages) {
      var slots = PageSlots(count: wanted, order: order, allocator: allocator)
      try allocator.allocate(into: &slots, demand: .available)
      try allocator.allocate(into: &slots, demand: .atLeast(wanted / 2))
      try allocator.allocate(into: &slots)
      return DropBox(slots)
    }
  }

  // MARK: Sizes

  private func resize() {
    guard let index = held.indices.randomElement(using: &random) else { return }
    if held[index].hasPages { resizePages(index) } else { resizeObject(index) }
  }

  /// Changes the size of what a thread has; nothing for what has none.
  private func resize(_ thing: any Droppable, to size: Int) throws(CompoundError) -> Bool {
    if let block = thing as? PointerBox {
      try block.resize(to: size)
    } else if let block = thing as? DropBox<CompoundBuffer> {
      try block.value?.resize(toByteCount: ByteCount(size))
    } else {
      return false
    }
    return true
  }

  /// Grows by pages that are reserved for that alone, or shrinks.
  ///
  /// Where mappings may run out it is a copy: it takes the old pages and the new.
  private func resizePages(_ index: Int) {
    let old = held[index].pages
    let extra = world.hasFewMappings ? old : 0
    guard extra == 0 || account.reserve(extra) else { return }
    defer { account.release(extra) }
    var pages = Int.random(in: 1...old, using: &random)
    if Int.random(in: 0..<3, using: &random) > 0 {
      pages = old + account.reserve(atLeast: 1, atMost: randomPages())
    }
    do throws(CompoundError) {
      _ = try resize(held[index].thing, to: pages * 4096 - Int.random(in: 0...4088, using: &random))
      held[index].pages = pages
      account.release(max(0, old - pages))
    } catch {
      world.refusals.note(error, of: "from \(old) to \(pages) pages", allocator)
      account.release(max(0, pages - old))
    }
  }

  /// Makes another object of an object, or pages.
  private func resizeObject(_ index: Int) {
    let thing = held[index].thing
    guard thing is PointerBox || thing is DropBox<CompoundBuffer> else { return }
    var (size, pages) = randomObject()
    let becomesPages = Bool.random(using: &random)
    if becomesPages {
      pages = 9 + randomPages()
      size = pages * 4096 - Int.random(in: 0...4088, using: &random)
    }
    guard account.reserve(pages) else { return letGo() }
    do throws(CompoundError) {
      _ = try resize(thing, to: size)
      // Where an object is smaller now it may be where it was.
      account.release(becomesPages ? held[index].pages : min(held[index].pages, pages))
      held[index].pages = becomesPages ? pages : max(held[index].pages, pages)
      held[index].hasPages = becomesPages
    } catch {
      world.refusals.note(error, of: "from an object to \(size) bytes", allocator)
      account.release(pages)
    }
  }

  // MARK: Letting go

  /// Ends something, or leaves it to another thread.
  func letGo() {
    guard let index = held.indices.randomElement(using: &random) else { return receive() }
    held.swapAt(index, held.count - 1)
    let last = held.removeLast()
    if Int.random(in: 0..<4, using: &random) == 0 {
      world.mailbox.withLock { $0.append(last) }
    } else if last.out == nil || pool?.recycle(last, account) != true {
      last.letGo(account)
    }
  }

  /// Ends what another thread has left.
  private func receive() {
    world.mailbox.withLock { $0.popLast() }?.letGo(account)
  }
}
