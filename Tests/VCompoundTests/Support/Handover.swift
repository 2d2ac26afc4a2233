// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

@testable import VCompound

/// Hands one value over, to the first that takes it, where only copyable values go: as in the
/// article.
final class Handover<Value: ~Copyable & Sendable>: Sendable {
  private let value: Mutex<Value?>

  init(_ value: consuming Value) { self.value = Mutex(value) }

  func take() -> Value? { value.withLock { $0.take() } }
}

/// The first byte of a span.
func first(_ span: RawSpan) -> UInt8 { span.unsafeLoad(as: UInt8.self) }

/// The first byte of a buffer, if there is one, which ends.
func first(_ buffer: consuming CompoundBuffer?) -> UInt8? {
  buffer?.withUnsafeBytes { $0[0] }
}
