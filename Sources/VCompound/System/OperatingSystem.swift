// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// System calls are made in this file and in `OperatingSystem+*.swift`. (`Lock` and `ThreadList`
// call the threads library.) Every function is one call, or one call and its retry, says which kind
// it is, and asks the fault plan first. `@_semantics("optimize.no.crossmodule")` keeps the bodies
// that name GNU-only functions out of clients: their compilers cannot see those functions, and a
// client built with cross-module optimisation would crash its compiler.

internal import Glibc

/// The operating system as VCompound sees it.
package struct OperatingSystem: Sendable {
  /// What shall fail, in tests; nil in production.
  private let faults: FaultPlan?

  /// The tables that are mapped through this value; nil where they are not counted.
  package let tables: TableRegister?

  package init(faults: FaultPlan? = nil, tables: TableRegister? = nil) {
    self.faults = faults
    self.tables = tables
  }

  /// Runs one call and turns its failure into an error.
  ///
  /// - Parameters:
  ///   - call: the kind of call.
  ///   - body: makes the call; true when it succeeded, else `errno` says why not.
  /// - Throws: `CompoundError.systemCall`.
  @inline(__always)
  func perform(_ call: SystemCallKind, _ body: () -> Bool) throws(CompoundError) {
    if let faults, let code = faults.strike(call) {
      throw .systemCall(call, errno: code)
    }
    guard body() else { throw .systemCall(call, errno: errno) }
  }

  /// Counts a call that is made in any case.
  ///
  /// - Returns: the error number that the plan has for it.
  func strike(_ call: SystemCallKind) -> Int32? {
    faults?.strike(call)
  }
}

/// The text of an error number, with the number.
func describe(errno code: Int32) -> String {
  guard let text = unsafe strerror(code) else { return "errno \(code)" }
  return unsafe "\(String(cString: text)) (errno \(code))"
}

/// Reads the kernel's limit on mappings a process, `vm.max_map_count`.
///
/// - Returns: the limit, or the kernel's default, 65,530, where it cannot be read (no `/proc`).
@inline(never)
package func readMaximumMapCount() -> Int {
  let standard = 65_530
  let file = unsafe open("/proc/sys/vm/max_map_count", O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return standard }
  defer { _ = close(file) }
  let text = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { bytes in
    let count = unsafe read(file, bytes.baseAddress, bytes.count)
    return unsafe String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
  }
  return Int(text.prefix { $0.isNumber }) ?? standard
}

/// The size of a page as the kernel has it.
package func readPageSize() -> ByteCount {
  ByteCount(sysconf(Int32(_SC_PAGESIZE)))
}
