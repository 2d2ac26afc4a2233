// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// Another program's allocator as a source of a live view.
package struct AttachSource: LiveSource, ~Copyable {
  private var client: ReportClient
  private let path: String
  private var last: LiveState?
  private var isPaused = false

  /// Why there is nothing more to see, in words; nil while there is.
  package private(set) var end: String?

  /// A program that answers at a path.
  package init(_ client: consuming ReportClient, at path: String) {
    self.client = client
    self.path = path
  }

  /// One allocator.
  package var paneCount: Int { 1 }
  /// Never: the program may go on.
  package var isOver: Bool { false }
  /// Whether the program has ended.
  package var isGone: Bool { end != nil }

  /// What there is now; the last state where the program does not answer any more.
  package mutating func state(room: Int) -> LiveState {
    let keys = "space \(isPaused ? "go on" : "stop")   s look once   q quit"
    if !isPaused || last == nil {
      do throws(ReportClient.Failure) {
        last = try lookAgain(room)
      } catch {
        end = Self.words(error, path)
      }
    }
    var state =
      last
      ?? LiveState(
        title: path, progress: "", share: nil, panes: [], request: "", events: [], keys: "")
    state.keys = keys
    state.progress = isPaused ? "stopped" : "live"
    return state
  }

  /// Nothing: the other program goes on by itself.
  package mutating func advance(_ nanoseconds: UInt64) {}

  /// Stops to look, or goes on.
  package mutating func press(_ key: Key) {
    switch key {
    case .pause: isPaused.toggle()
    case .step:
      isPaused = true
      last = nil
    case .faster, .slower, .quit: break
    }
  }

  /// All as text: the report and a map.
  package func text() throws(ReportClient.Failure) -> String {
    let report = try client.ask("report")
    let map = try map(room: 72 * 12)
    return report + "\nmap\n" + PlainMap.lines(map).joined(separator: "\n") + "\n"
      + PlainMap.legend(map)
  }

  /// Why there is no answer, in words.
  package static func words(_ failure: ReportClient.Failure, _ path: String) -> String {
    switch failure {
    case .ended: "\(path): the program has ended, or has stopped telling"
    case .strange(let reason): "\(path): \(reason)"
    }
  }

  // MARK: Asking

  /// Looks, by a new connection where the old one has ended: a server leaves who asks nothing for a
  /// minute, as is so while the view is stopped.
  private mutating func lookAgain(_ room: Int) throws(ReportClient.Failure) -> LiveState {
    do throws(ReportClient.Failure) {
      return try look(room)
    } catch {
      guard error == .ended else { throw error }
    }
    do throws(CommandFailure) {
      client = try ReportClient(path)
    } catch {
      throw .ended
    }
    return try look(room)
  }

  private func look(_ room: Int) throws(ReportClient.Failure) -> LiveState {
    let lines = try client.ask("statistics").split(separator: "\n")
    let fragmentation = try client.ask("fragmentation").split(separator: "\n")
    let map = try map(room: room)
    let name = lines.first { $0.hasPrefix("name ") }?.dropFirst(5) ?? "arena"
    guard let figures = LiveFigures(lines: lines) else {
      throw .strange("it sent no statistics")
    }
    var blocks: [Int] = []
    for line in fragmentation where line.hasPrefix("order") {
      blocks.append(line.split(separator: " ").last.flatMap { Int($0) } ?? 0)
    }
    let place = client.process.map { "process \($0), \(path)" } ?? path
    let pane = LiveState.Pane(
      name: "\(name)", figures: figures.figures, map: map, freeBlocks: blocks)
    let request =
      figures.refused > 0
      ? "\(Format.count(figures.refused, "request")) refused so far" : "no request was refused"
    return LiveState(
      title: "\(place): \(Format.size(figures.capacity))", progress: "", share: nil,
      panes: [pane], request: request, events: [], keys: "")
  }

  private func map(room: Int) throws(ReportClient.Failure) -> ArenaMap {
    // One cell tells how many pages there are.
    let pageCount = try map("cells 1").pagesPerCell.rawValue
    return try map("pages \(MapScale.pagesPerCell(pageCount, room: room))")
  }

  private func map(_ scale: String) throws(ReportClient.Failure) -> ArenaMap {
    guard let map = ArenaMap(lines: try client.ask("map \(scale)")) else {
      throw .strange("it sent no map")
    }
    return map
  }
}
