// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What can be asked of an allocator by a line of text, and the answers.
///
/// An answer is `ok` and the number of its bytes, on a line of its own, and then so many bytes; or
/// `error` and what is wrong, on one line.
enum ReportQuestion: Equatable {
  case report
  case statistics
  case fragmentation
  case map(Heap.MapScale)

  /// A line that is no question.
  struct Mistake: Error, Equatable {
    let text: String
  }

  /// The most cells of a map: what is asked for takes no more than half a mebibyte.
  static let mostCells = 16_384

  /// Reads a line.
  init(_ line: String) throws(Mistake) {
    let words = line.split(whereSeparator: { $0 == " " || $0.isNewline })
    let number = words.count == 3 ? Int(words[2]) ?? 0 : 0
    switch words.prefix(2).joined(separator: " ") {
    case "report" where words.count == 1: self = .report
    case "statistics" where words.count == 1: self = .statistics
    case "fragmentation" where words.count == 1: self = .fragmentation
    case "map cells" where (1...Self.mostCells).contains(number): self = .map(.cells(number))
    case "map pages" where number > 0: self = .map(.pagesPerCell(PageCount(number)))
    default:
      throw Mistake(
        text: "ask for: report, statistics, fragmentation, map cells N (1 to \(Self.mostCells)), "
          + "or map pages N (in a cell)")
    }
  }
}

extension Heap {
  /// The answer to a question.
  func answer(_ question: ReportQuestion) -> String {
    switch question {
    case .report: report()
    case .statistics: "name \(policy.name)\n" + lines(statistics.named)
    case .fragmentation: lines(fragmentation.named)
    case .map(let scale): map(limited(scale)).lines
    }
  }

  /// A scale with no more cells than an answer may have.
  private func limited(_ scale: MapScale) -> MapScale {
    guard case .pagesPerCell(let size) = scale else { return scale }
    let least = (pages.read { $0.inhabited } - 1) / ReportQuestion.mostCells + 1
    return .pagesPerCell(max(size, least))
  }
}

/// Lines of a name and a number each.
private func lines(_ figures: [(name: String, value: Int)]) -> String {
  figures.map { "\($0.name) \($0.value)\n" }.joined()
}

extension AllocatorStatistics {
  /// The figures that another process is told, by name; sizes in bytes.
  package var named: [(name: String, value: Int)] {
    [
      ("capacity", capacity.rawValue), ("live", live.rawValue), ("free", free.rawValue),
      ("freeResident", freeResident.rawValue), ("cached", cached.rawValue),
      ("resident", resident.rawValue), ("peakResident", peakResident.rawValue),
      ("slabs", slabs.rawValue), ("stitched", stitched.rawValue),
      ("liveBlocks", liveBlocks), ("liveObjects", liveObjects), ("liveWindows", liveWindows),
      ("contiguousAllocations", contiguousAllocations),
      ("stitchedAllocations", stitchedAllocations), ("stitchedRuns", stitchedRuns),
      ("exchangedAllocations", exchangedAllocations), ("frees", frees), ("failures", failures),
      ("mappings", mappings), ("mappingLimit", mappingLimit),
    ]
  }
}

extension ArenaFragmentation {
  /// Pages; then the free blocks of each order from 0.
  fileprivate var named: [(name: String, value: Int)] {
    [("free", free.rawValue), ("runs", runs), ("longestRun", longestRun.rawValue)]
      + freeBlocks.enumerated().map { ("order\($0)", $1) }
  }
}
