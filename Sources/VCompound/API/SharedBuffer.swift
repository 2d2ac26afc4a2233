// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A buffer, or a part of one, that many hold and read: in arrays, tasks, actors, closures.
///
/// A copyable value, which a ``CompoundBuffer`` cannot be. All copies and all parts are holders of
/// the same memory, which nobody writes; it is freed with the last of them. So a small part keeps
/// the whole buffer.
///
/// ```swift
/// let message = SharedBuffer(try allocator.allocate(byteCount: 1000, zeroed: true))
/// let (header, body) = (message[..<16], message[16...])
/// Task { print(header.bytes.byteCount, body.bytes.byteCount) }
/// ```
///
/// Where a value is the only holder, ``takeIfUnique()`` gives the buffer back, to be written.
///
/// Holders may be used and dropped on any thread, and may outlive the allocator. In a child of
/// `fork` their sizes are as ever, reading faults, and their end does nothing.
///
/// Each shared buffer is one small object of the Swift runtime, from its malloc. Copies and parts
/// are made by counting a reference.
@safe
public struct SharedBuffer: @unchecked Sendable {
  /// The buffer that all holders have; nil where there is none any more.
  private(set) var owner: Owner?

  /// This holder's part.
  ///
  /// Invariant: bytes of the owner's buffer, or none.
  private(set) var memory: Memory

  /// Makes the first holder of a buffer, which nobody writes from now on.
  ///
  /// - Parameter buffer: is handed over.
  public init(_ buffer: consuming CompoundBuffer) {
    memory = buffer.memory
    owner = Owner(buffer)
  }

  /// The size of this holder's part, in bytes.
  public var byteCount: ByteCount { memory.byteCount }

  /// Whether there are no bytes.
  public var isEmpty: Bool { byteCount == 0 }

  // MARK: Parts

  /// Another holder, of a part.
  ///
  /// - Parameter range: which bytes, counted from the first one of this value, also where that is
  ///   a part itself. The program stops for a range that is not inside.
  /// - Complexity: O(1); nothing is copied.
  public subscript(range: Range<Int>) -> SharedBuffer {
    var part = self
    part.memory = memory[range]
    return part
  }

  /// Another holder, of the bytes from one on; as with a `Range`.
  public subscript(range: PartialRangeFrom<Int>) -> SharedBuffer {
    self[range.lowerBound..<max(range.lowerBound, byteCount.rawValue)]
  }

  /// Another holder, of the bytes before one; as with a `Range`.
  public subscript(range: PartialRangeUpTo<Int>) -> SharedBuffer {
    self[min(0, range.upperBound)..<range.upperBound]
  }

  // MARK: Taking it back

  /// Takes the buffer, if there is no other holder and this one has all of it.
  ///
  /// Of several threads that let go of their holders and take by their last one, one at most gets
  /// the buffer; what the others have read is read before. A part is refused, even where it is the
  /// only holder: its bytes would be others than those of the buffer. A copy that the compiler has
  /// not dropped yet counts as a holder.
  ///
  /// - Returns: the buffer, and this value is empty then; or nil, and it is as it was.
  public mutating func takeIfUnique() -> CompoundBuffer? {
    guard isKnownUniquelyReferenced(&owner), let buffer = owner?.take(ifAllOfIt: memory) else {
      return nil
    }
    owner = nil
    memory = memory[0..<0]
    return buffer
  }

  /// Has the buffer for all holders.
  ///
  /// Invariant: `buffer` is there until the only holder takes it.
  final class Owner: @unchecked Sendable {
    private var buffer: CompoundBuffer?
    let door: Door

    init(_ buffer: consuming CompoundBuffer) {
      door = buffer.door
      self.buffer = consume buffer
    }

    /// The buffer, if its bytes are these; for the only holder.
    func take(ifAllOfIt memory: Memory) -> CompoundBuffer? {
      // Looking at the count orders nothing. Others have dropped theirs after they read.
      atomicMemoryFence(ordering: .acquiring)
      return buffer?.memory == memory ? buffer.take() : nil
    }
  }
}

extension SharedBuffer {
  // MARK: Reading

  /// The bytes, to read.
  ///
  /// The span borrows the variable that this value is in. Of one in a class, an array or a
  /// dictionary make a copy first: `let part = parts[0]`.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    borrowing get {
      unsafe _overrideLifetime(RawSpan(_unsafeBytes: memory.bytes), borrowing: self)
    }
  }

  /// Calls a function with the bytes, to read; it must not keep the pointer.
  public borrowing func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // The optimizer may end a copyable value after its last use, which `memory` would be.
    defer { extendLifetime(owner) }
    return try unsafe body(memory.bytes)
  }
}
