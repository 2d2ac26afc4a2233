// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A request on its way: what was asked for, and the pages that hold it.
struct ReadBatch<Pages: ReadPages & ~Copyable>: ~Copyable, Sendable {
  /// What the pages hold.
  var request: ReadRequest?
  /// The pages.
  var pages: Pages
}

/// Reads files on some threads and checks them on others, one way of getting pages.
///
/// As many batches as may be in flight go round: readers take them from `idle`, fill them with
/// pages and bytes, and put them into `filled`; hashers take them from there, check the bytes,
/// release the pages, and put them into `idle`. Each has one owner all the time, and both queues
/// have room for all.
final class ReadPipeline<Pages: ReadPages & ~Copyable>: Sendable {
  let job: ReadJob
  let sources: [Pages.Source]
  let options: ReadOptions
  let hashes: BlockHashes
  let idle: WaitingQueue<ReadBatch<Pages>>
  let filled: WaitingQueue<ReadBatch<Pages>>
  private let deadline: UInt64
  private let next = Atomic<Int>(0)
  private let isStopped = Atomic<Bool>(false)
  private let readersLeft: Atomic<Int>
  /// What each thread did, once it is at its end.
  private let tallies: WaitingQueue<ReadTally>

  /// Prepares a measurement that begins now.
  ///
  /// - Parameters:
  ///   - job: what to read.
  ///   - options: how.
  ///   - sources: where each reader gets pages from.
  init(_ job: ReadJob, _ options: ReadOptions, _ sources: [Pages.Source]) {
    self.job = job
    self.options = options
    self.sources = sources
    hashes = BlockHashes(count: job.plan.blockCount)
    idle = WaitingQueue(capacity: options.depth)
    filled = WaitingQueue(capacity: options.depth)
    tallies = WaitingQueue(capacity: sources.count + options.hashers)
    readersLeft = Atomic(sources.count)
    deadline = Clock.now() + options.nanoseconds
    for index in 0..<options.depth {
      let source = sources[index % sources.count]
      idle.push(ReadBatch(request: nil, pages: Pages(count: options.pages, from: source)))
    }
  }

  /// Reads until the time is over, and everything at least once.
  ///
  /// - Returns: what was done; all threads are at their end.
  /// - Throws: the first failure of a thread.
  func run() throws(CommandFailure) -> ReadTally {
    let readers = sources.count
    let threads = try BenchThreads(readers + options.hashers) { index in
      if index < readers { self.read(self.sources[index]) } else { self.check() }
    } onFailure: {
      self.stop()
    }
    threads.join()
    tallies.close()
    var tally = ReadTally()
    while let one = tallies.pop() { tally.add(one) }
    if let failure = tally.failure { throw failure }
    return tally
  }

  // MARK: Readers

  /// What each reader does.
  private func read(_ source: Pages.Source) {
    var tally = ReadTally()
    var vector = ReadVector(capacity: options.pages)
    do throws(CommandFailure) {
      while let request = nextRequest(), var batch = idle.pop() {
        let start = Clock.now()
        let taken = try batch.pages.fill(request.blockCount, from: source)
        let filledAt = Clock.now()
        try read(request, into: batch.pages, &vector)
        tally.reading += Clock.now() - filledAt
        tally.taking.add(pages: taken, nanoseconds: filledAt - start)
        batch.request = request
        filled.push(batch)
      }
    } catch {
      tally.failure = error
      stop()
    }
    // The last one turns off the light.
    if readersLeft.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { filled.close() }
    tallies.push(tally)
  }

  /// The next piece to read; nil where it is time to stop.
  private func nextRequest() -> ReadRequest? {
    let requests = job.plan.requests
    let number = next.add(1, ordering: .relaxed).oldValue
    guard !requests.isEmpty, !isStopped.load(ordering: .relaxed),
      number < requests.count || Clock.now() < deadline
    else { return nil }
    return requests[number % requests.count]
  }

  private func read(
    _ request: ReadRequest, into pages: borrowing Pages, _ vector: inout ReadVector
  ) throws(CommandFailure) {
    vector.removeAll()
    var left = request.byteCount
    for index in 0..<request.blockCount {
      unsafe vector.append(pages.address(index), byteCount: min(left, LivePeak.pageSize))
      left -= LivePeak.pageSize
    }
    try job.files[request.file].read(at: request.offset, into: &vector)
  }

  // MARK: Hashers

  /// What each hasher does.
  private func check() {
    var tally = ReadTally()
    while var batch = filled.pop() {
      guard let request = batch.request else { continue }
      let start = Clock.now()
      check(request, batch.pages, &tally)
      let checkedAt = Clock.now()
      batch.pages.release(request.blockCount)
      let end = Clock.now()
      tally.hashing += checkedAt - start
      tally.releasing.add(pages: request.blockCount, nanoseconds: end - checkedAt)
      tally.requests += 1
      tally.byteCount += request.byteCount
      batch.request = nil
      idle.push(batch)
    }
    tallies.push(tally)
  }

  private func check(
    _ request: ReadRequest, _ pages: borrowing Pages, _ tally: inout ReadTally
  ) {
    var left = request.byteCount
    for index in 0..<request.blockCount {
      let bytes = unsafe UnsafeRawBufferPointer(
        start: pages.address(index), count: min(left, LivePeak.pageSize))
      let hash = unsafe XXH64.hash(bytes)
      let block = request.firstBlock + index
      hashes.note(hash, ofBlock: block)
      if hash != job.expected[block] {
        tally.damaged += 1
        tally.firstDamaged = min(tally.firstDamaged ?? block, block)
      }
      left -= LivePeak.pageSize
    }
  }

  // MARK: The end

  /// Has all threads come to their end.
  private func stop() {
    isStopped.store(true, ordering: .relaxed)
    idle.close()
    filled.close()
  }
}
