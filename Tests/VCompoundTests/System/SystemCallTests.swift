// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound

/// The kinds of system call.
@Suite struct SystemCallTests {
  @Test func everyKindHasANameOfItsOwn() {
    let names = SystemCallKind.allCases.map(\.rawValue)
    #expect(Set(names).count == names.count)
    #expect(!names.contains(""))
  }

  @Test func namesAreReadBack() {
    for call in SystemCallKind.allCases {
      #expect(SystemCallKind(rawValue: call.rawValue) == call)
    }
  }

  @Test func theKernelIsAsExpected() {
    #expect(readPageSize() == 4096)
    #expect(readMaximumMapCount() > 0)
  }
}
