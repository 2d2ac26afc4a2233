// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The windows by number, those that are retired, and the mappings that all of them have.
///
/// A window's number is that of its segment in the address space. Not thread-safe.
struct WindowTable: ~Copyable {
  private var windows: ZeroedTable<Window>
  var budget: MappingBudget

  /// The windows in use, kept up to date by the subscript.
  private(set) var live = LiveWindows()

  /// Those retired.
  private(set) var retiredCount = 0

  /// The mappings of those that are retired.
  private(set) var retiredMappings = 0

  /// The window that was retired last.
  private var youngest: UInt32 = 0

  /// The highest number that a window ever had.
  private var highest = 0

  init(
    count: Int, budget: consuming MappingBudget, system: OperatingSystem
  ) throws(CompoundError) {
    windows = try ZeroedTable(count: count, system: system)
    self.budget = budget
  }

  /// Whether a page of address space is allocated that no window has.
  ///
  /// It keeps the first span, whose addresses come around last: a span that went back to the kernel
  /// with its last window would come from there again with the same addresses.
  private var isAnchored = false

  /// Whether that page has yet to be allocated; by the caller, once.
  mutating func mustAnchor() -> Bool {
    defer { isAnchored = true }
    return !isAnchored
  }

  /// The windows, for the owner of each.
  var shared: SharedTable<Window> { windows.shared }

  /// The window with this number; see `Window.state`.
  subscript(number: Int) -> Window {
    get { windows[number] }
    set {
      live.add(windows[number], -1)
      live.add(newValue, 1)
      windows[number] = newValue
    }
  }

  /// Enters a window that is live.
  mutating func insert(_ window: Window, at number: Int) {
    self[number] = window
    highest = max(highest, number)
  }

  /// Makes a live window a retired one.
  mutating func retire(_ number: Int) -> Window {
    guard windows[number].state == .live else {
      stop("the stitched block in window \(number) was freed twice")
    }
    retiredCount += 1
    retiredMappings += windows[number].mappings
    self[number].state = .retired
    windows[number].previous = youngest
    windows[number].next = 0
    if youngest != 0 { windows[Int(youngest)].next = UInt32(number) }
    youngest = UInt32(number)
    return windows[number]
  }

  /// Takes a window off the list of the retired, into another state.
  mutating func unretire(_ number: Int, _ state: Window.State) {
    let window = windows[number]
    if window.previous != 0 { windows[Int(window.previous)].next = window.next }
    if window.next != 0 {
      windows[Int(window.next)].previous = window.previous
    } else {
      youngest = window.previous
    }
    retiredCount -= 1
    retiredMappings -= window.mappings
    self[number].state = state
  }

  /// The youngest retired window for which a function returns true.
  func youngestRetired(where matches: (Window) -> Bool) -> Int? {
    var number = Int(youngest)
    while number != 0 {
      if matches(windows[number]) { return number }
      number = Int(windows[number].previous)
    }
    return nil
  }

  /// Calls a function for every window, in no order.
  func forEach(_ body: (Window) -> Void) {
    for number in 0...highest where windows[number].state != .none { body(windows[number]) }
  }

  /// Removes a window that is leaving.
  mutating func remove(_ number: Int) -> Window {
    let window = windows[number]
    windows[number].state = .none
    return window
  }
}

/// The windows in use, all together.
package struct LiveWindows: Equatable, Sendable {
  /// How many.
  package private(set) var count = 0
  /// The pages of their blocks.
  package private(set) var pageCount: PageCount = 0
  /// The bytes that were asked for with these blocks.
  package private(set) var byteCount: ByteCount = 0

  /// Adds a window if it is in use, or with -1 takes it away.
  mutating func add(_ window: Window, _ number: Int) {
    guard window.state == .live else { return }
    count += number
    pageCount.rawValue += number * window.pageCount.rawValue
    byteCount.rawValue += number * window.byteCount.rawValue
  }
}
