// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

public import Glibc

extension CompoundBuffer {
  // MARK: Reading and writing

  /// Writes bytes of the buffer to a file, a pipe or a socket: all of them, in as many calls as it
  /// takes.
  ///
  /// - Parameters:
  ///   - range: which bytes; nil for all. The program stops for one that is not the buffer's.
  ///   - file: a descriptor.
  ///   - offset: where in the file; nil for its position, and for pipes and sockets.
  /// - Throws: ``TransferError``, with what was written before: `EAGAIN` where the descriptor does
  ///   not wait, `EFAULT` in a child of `fork`.
  public borrowing func write(
    _ range: Range<Int>? = nil, to file: Int32, atOffset offset: Int64? = nil
  ) throws(TransferError) {
    _ = try transfer(.write, range, file, offset)
  }

  /// Reads from a file, a pipe or a socket into the buffer, until the bytes are read or the file
  /// ends, in as many calls as it takes.
  ///
  /// - Parameters:
  ///   - range: where in the buffer; nil for all of it. The program stops for a range that is not
  ///     the buffer's.
  ///   - file: a descriptor.
  ///   - offset: where in the file; nil for its position, and for pipes and sockets.
  /// - Returns: the bytes read: fewer than asked for at the end of the file only.
  /// - Throws: ``TransferError``, with what was read before: `EAGAIN` where the descriptor does not
  ///   wait, `EFAULT` in a child of `fork`.
  @discardableResult
  public mutating func read(
    _ range: Range<Int>? = nil, from file: Int32, atOffset offset: Int64? = nil
  ) throws(TransferError) -> Int {
    try transfer(.read, range, file, offset)
  }

  private borrowing func transfer(
    _ direction: TransferDirection, _ range: Range<Int>?, _ file: Int32, _ offset: Int64?
  ) throws(TransferError) -> Int {
    try door.transfer(direction, file, offset, range.map { memory[$0] } ?? memory)
  }

  /// The buffer, or a part of it, as a list for `io_uring` and others that register or pin memory:
  /// a piece for each run of frames, at its address in the linear map, which huge pages map.
  ///
  /// Calls as `writev` take 1,024 pieces at most (`UIO_MAXIOV`).
  ///
  /// - Parameter range: which bytes; nil for all. The program stops for one that is not the
  ///   buffer's.
  /// - Returns: pieces that are valid as long as the buffer is.
  /// - Complexity: O(runs).
  public borrowing func ioVectors(_ range: Range<Int>? = nil) -> [iovec] {
    let range = range ?? 0..<byteCount.rawValue
    let part = memory[range]
    if case .object = block.place {
      return unsafe range.isEmpty ? [] : [iovec(iov_base: part.start, iov_len: range.count)]
    }
    var vectors: [iovec] = unsafe []
    var offset = 0
    for run in runs {
      let bytes = offset..<offset + run.pageCount.byteCount.rawValue
      offset = bytes.upperBound
      let part = bytes.clamped(to: range)
      if part.isEmpty { continue }
      let address = door.pass { $0.arena.address(of: run.first) }
      unsafe vectors.append(
        iovec(
          iov_base: Memory(address).start + (part.lowerBound - bytes.lowerBound),
          iov_len: part.count))
    }
    return unsafe vectors
  }
}

extension SharedBuffer {
  // MARK: Writing to files

  /// Writes the bytes to a file, a pipe or a socket: all of them, in as many calls as it takes.
  ///
  /// - Parameters:
  ///   - file: a descriptor.
  ///   - offset: where in the file; nil for its position, and for pipes and sockets.
  /// - Throws: as ``CompoundBuffer/write(_:to:atOffset:)``.
  public borrowing func write(to file: Int32, atOffset offset: Int64? = nil) throws(TransferError) {
    defer { extendLifetime(owner) }
    _ = try owner?.door.transfer(.write, file, offset, memory)
  }
}

extension Door {
  /// Moves bytes between a file and a piece of a block, which may be empty.
  fileprivate func transfer(
    _ direction: TransferDirection, _ file: Int32, _ offset: Int64?, _ piece: Memory
  ) throws(TransferError) -> Int {
    try transfer(direction, file, offset, piece.byteCount == 0 ? [] : [piece])
  }

  /// Moves bytes between a file and blocks of the heap.
  fileprivate func transfer(
    _ direction: TransferDirection, _ file: Int32, _ offset: Int64?, _ pieces: [Memory]
  ) throws(TransferError) -> Int {
    let moved = pass { $0.transfer(direction, file, offset: offset, pieces) }
    guard moved.errno == 0 else {
      throw TransferError(errno: moved.errno, transferredByteCount: moved.byteCount)
    }
    return moved.byteCount
  }
}

extension PageSlots {
  // MARK: Reading and writing

  /// Writes the pages of the filled slots, in their order, to a file, a pipe or a socket.
  ///
  /// - Parameters:
  ///   - file: a descriptor.
  ///   - offset: where in the file; nil for its position, and for pipes and sockets.
  /// - Throws: as ``CompoundBuffer/write(_:to:atOffset:)``.
  public borrowing func write(to file: Int32, atOffset offset: Int64? = nil) throws(TransferError) {
    _ = try door.transfer(.write, file, offset, pieces)
  }

  /// Reads from a file, a pipe or a socket into the pages of the filled slots, in their order,
  /// until they are full or the file ends.
  ///
  /// - Parameters:
  ///   - file: a descriptor.
  ///   - offset: where in the file; nil for its position, and for pipes and sockets.
  /// - Returns: the bytes read: fewer than there is room for at the end of the file only.
  /// - Throws: as ``CompoundBuffer/read(_:from:atOffset:)``.
  @discardableResult
  public mutating func read(
    from file: Int32, atOffset offset: Int64? = nil
  ) throws(TransferError) -> Int {
    try door.transfer(.read, file, offset, pieces)
  }

  /// The pages of the filled slots as a list for `recvmmsg`, `io_uring` and the like, in the order
  /// of the slots; calls as `preadv` take 1,024 at most (`UIO_MAXIOV`).
  ///
  /// - Complexity: O(slots).
  public borrowing func ioVectors() -> [iovec] {
    unsafe pieces.map { unsafe iovec(iov_base: $0.start, iov_len: $0.byteCount.rawValue) }
  }

  private var pieces: [Memory] {
    (0..<count).filter { isFilled(at: $0) }.map { Memory(place($0).address, bytesPerPage) }
  }
}
