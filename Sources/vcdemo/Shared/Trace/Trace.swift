// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Every allocation, reallocation and free of one program, in order.
///
/// The tables are in mappings of their own, not in the heap of the malloc that may be measured.
package final class Trace: Sendable {
  /// One line of the file.
  package struct Event: Equatable, Sendable, BitwiseCopyable {
    /// What happens.
    package enum Kind: UInt8, Sendable, BitwiseCopyable {
      /// `block` is born with `byteCount` bytes at an alignment of 2^`alignmentShift`.
      case allocate
      /// `block` goes.
      case free
      /// `previous` goes, `block` holds its bytes and has `byteCount` bytes.
      case reallocate
    }

    /// What happens.
    package var kind: Kind
    /// The base-2 logarithm of the alignment asked for; 0 unless the event allocates.
    package var alignmentShift: UInt8
    /// The block, by its number in the order of birth.
    package var block: Int32
    /// The block that a reallocation ends; -1 for other events.
    package var previous: Int32
    /// The size asked for; 0 for a free.
    package var byteCount: Int

    /// Makes an event; what an event of its kind does not need has a value that says so.
    package init(
      kind: Kind, alignmentShift: UInt8 = 0, block: Int32, previous: Int32 = -1,
      byteCount: Int = 0
    ) {
      self.kind = kind
      self.alignmentShift = alignmentShift
      self.block = block
      self.previous = previous
      self.byteCount = byteCount
    }

    /// The alignment asked for.
    @inline(__always)
    package var alignment: Int { 1 << Int(alignmentShift) }
  }

  /// The events.
  ///
  /// The event at index *n* stands on line *n* + 1.
  package let events: MappedTable<Event>

  /// When each event happened in the program, in nanoseconds since the recording began.
  package let times: MappedTable<UInt64>

  /// For each block, the number that the file knows it by.
  package let names: MappedTable<UInt64>

  /// The events that ask for memory: allocations and reallocations.
  package var requestCount: Int { names.count }

  /// The nanoseconds from the first event to the last one; 0 where the file tells no times.
  package var duration: UInt64 {
    let (first, last) = (times[0], times[times.count - 1])
    return last - min(first, last)
  }

  /// Holds events whose blocks are 0 ..< `names.count`.
  package init(
    events: consuming MappedTable<Event>, times: consuming MappedTable<UInt64>,
    names: consuming MappedTable<UInt64>
  ) {
    self.events = events
    self.times = times
    self.names = names
  }
}
