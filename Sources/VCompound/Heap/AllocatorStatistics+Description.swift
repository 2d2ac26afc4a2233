// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension AllocatorStatistics: CustomStringConvertible {
  /// Several lines for people: sizes in MiB, and in per cent of the capacity.
  ///
  /// The wording may change; programs read the properties.
  public var description: String {
    let sizes = [
      size("capacity", capacity),
      size("live", live, "\(liveBlocks) blocks, \(liveObjects) of them in slabs"),
      size(
        "  stitched", stitched, "\(liveWindows) blocks; \(stitchedAsked.inMebibytes) asked for"),
      size("  slabs", slabs, "\(liveObjectBytes.inMebibytes) of it in blocks"),
      size("free", free),
      size("  resident", freeResident),
      size("  cached", cached, "kept by threads"),
      size("resident", resident, "\(peakResident.inMebibytes) at the most"),
    ]
    let events = [
      line(
        "served",
        "\(contiguousAllocations) in one piece, \(stitchedAllocations) stitched of "
          + "\(stitchedRuns) runs; \(exchangedAllocations) by exchange, "
          + "\(unforcedAllocations) not stitched by force; \(frees) freed"),
      line("refused", refusals.description),
      line("pressure", "\(inPercent(pressure)) of the last requests for pages were stitched"),
      line(
        "mappings",
        "\(mappings) of \(mappingLimit), \(mappingsPeak) at the most; "
          + "\(retiredWindows) windows await teardown"),
      line("fresh", "\(freshFrames) of absent chunks"),
    ]
    return (sizes + events).joined(separator: "\n")
  }

  private func size(_ name: String, _ size: ByteCount, _ remark: String = "") -> String {
    let columns = size.inMebibytes.right(12) + size.percentage(of: capacity).right(9)
    return line(name, columns + (remark.isEmpty ? "" : "  " + remark))
  }

  private func line(_ name: String, _ text: String) -> String { name.left(12) + text }
}
