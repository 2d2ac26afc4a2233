// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What an object cache is, has, and has done.
public struct ObjectCacheStatistics: Hashable, Sendable {
  /// The name that the cache was given.
  public internal(set) var name = ""
  /// The size of an object.
  public internal(set) var bytesPerObject = ByteCount(0)
  /// The most objects that are kept.
  public internal(set) var limit = 0

  /// Objects that `create` made.
  public internal(set) var created = 0
  /// Objects that `destroy` ended.
  public internal(set) var destroyed = 0
  /// Objects that are out.
  public internal(set) var out = 0
  /// Objects that are kept.
  public internal(set) var kept = 0
}
