// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension ObjectCaches {
  /// What there is of a class.
  struct ClassCounts {
    /// Objects that are not in slabs nor in the depot: with callers or in magazines.
    let out: Int
    /// Objects in the depot.
    let depot: Int
    /// Objects that the slabs have room for.
    let capacity: Int
    /// Slabs.
    let slabs: Int
    /// Their pages.
    let pageCount: PageCount
    /// Objects handed out past the magazines, ever.
    let direct: Int
  }

  /// What there is of a class, under its lock.
  func counts(of kind: Int) -> ClassCounts {
    sizes[kind].state.withLock { size in
      ClassCounts(
        out: size.lists.outCount - size.depot.count, depot: size.depot.count,
        capacity: size.lists.capacity, slabs: size.lists.slabCount,
        pageCount: size.lists.pageCount, direct: size.directCount)
    }
  }

  /// What there is and was of all classes.
  struct Counts {
    /// Objects that are not in slabs nor in the depot: with callers or in magazines.
    var out = 0
    /// Their bytes, by the sizes of their classes.
    var outBytes = 0
    /// Objects handed out past the magazines, ever.
    var direct = 0
  }

  /// What there is and was, class by class under each lock.
  var counts: Counts {
    var result = Counts()
    for shape in shapes {
      let counts = counts(of: shape.kind)
      result.out += counts.out
      result.outBytes += counts.out * shape.byteCount
      result.direct += counts.direct
    }
    return result
  }
}
