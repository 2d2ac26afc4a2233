// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// Whether the last words of a process say all this.
func lastWords(_ result: ExitTest.Result?, say words: String...) -> Bool {
  let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  return words.allSatisfy { text.contains($0) }
}
