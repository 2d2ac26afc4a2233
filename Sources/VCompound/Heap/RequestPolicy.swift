// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What may be done for one request, whatever the allocator's ``FallbackPolicy`` says.
public struct RequestPolicy: Hashable, Sendable {
  /// Whether a block is stitched.
  public enum Stitching: Hashable, Sendable {
    /// Never: a request that no contiguous run can serve is refused. For memory that is handed to a
    /// device, or that huge pages shall map.
    case never
    /// Where no contiguous run serves.
    case whenNeeded
    /// Always, in two pieces at least if the block has more than one page: for tests.
    case always
  }

  /// Whether the block is stitched; nil for what the allocator's policy says.
  public var stitching: Stitching?

  /// Whether only memory serves that is free and resident: none becomes resident for the request,
  /// no pool gives any up, no function of the program is called, and nothing is waited for.
  ///
  /// For those who have something else to fall back on (Linux's `GFP_NOWAIT`). What fails so does
  /// not count as a refusal.
  public var usesResidentMemoryOnly: Bool

  /// Makes a policy.
  public init(stitching: Stitching? = nil, usesResidentMemoryOnly: Bool = false) {
    self.stitching = stitching
    self.usesResidentMemoryOnly = usesResidentMemoryOnly
  }
}

extension RequestPolicy.Stitching {
  fileprivate var mode: StitchMode {
    switch self {
    case .never: .never
    case .whenNeeded: .whenNeeded
    case .always: .always
    }
  }
}

extension Heap {
  /// Takes a block of pages of its own under the policy of its request; see `allocate`.
  package func allocate(
    byteCount: ByteCount, alignment: ByteCount, isZeroed: Bool, _ owner: BlockOwner,
    _ wish: RequestPolicy, _ label: SourceLabel
  ) throws(CompoundError) -> Block {
    attachThreadCache()
    var request = try request(byteCount, alignment: alignment, owner)
    request.stitching = policy.stitching(pageCount: request.pageCount)
    if request.pageCount > 1, let stitching = wish.stitching { request.stitching = stitching.mode }
    if wish.usesResidentMemoryOnly {
      request.patience = .residentOnly
    } else {
      keepSoftLimit(byteCount)
    }
    let block = try allocatePages(request, label)
    if policy.hasCensus { enterCensus(block, label) }
    if isZeroed { RawMemory.fill(block.address, byteCount, with: 0) }
    return block
  }
}
