// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Requests and what they got, in words.
enum RunWords {
  /// An event.
  static func request(_ trace: Trace, _ index: Int) -> String {
    let event = trace.events[index]
    return switch event.kind {
    case .allocate: "malloc \(Format.size(event.byteCount))"
    case .reallocate: "realloc to \(Format.size(event.byteCount))"
    case .free: "free"
    }
  }

  /// What it got.
  static func served(_ ours: RunSession.Served, _ theirs: RunSession.Served?) -> String {
    guard let theirs else { return word(ours) }
    if ours == .freed, theirs == .freed { return word(ours) }
    return "VCompound: \(word(ours)); buddy: \(word(theirs))"
  }

  private static func word(_ served: RunSession.Served) -> String {
    switch served {
    case .freed: "freed"
    case .inPlace: "resized where it is"
    case .contiguous: "in one piece"
    case .exchanged: "in one piece, exchanged for scattered memory"
    case .stitched(let runs): "stitched from \(Format.count(runs, "run"))"
    case .refused: "refused"
    case .skipped: "left out, its block was refused"
    }
  }
}
