// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A report to keep: one file that needs no other, for screens of any width, for paper, and for
/// those who hear it read.
///
/// What pictures show stands in tables too.
package struct HTMLPage {
  private let title: String
  private let host: HostFacts
  private let command: [String]
  private var body: [String] = []
  private var script: String?

  /// Begins a page.
  ///
  /// - Parameters:
  ///   - title: its heading.
  ///   - host: the machine.
  ///   - command: the command line that makes it, without the program's name.
  package init(
    _ title: String, host: HostFacts = .current(),
    command: [String] = Array(CommandLine.arguments.dropFirst())
  ) {
    self.title = title
    self.host = host
    self.command = command
  }

  /// Begins a section.
  package mutating func heading(_ text: String) {
    body.append("<h2>\(Markup.escaped(text))</h2>")
  }

  /// Adds a paragraph; a strong one tells what the page is there to tell.
  package mutating func paragraph(_ text: String, isStrong: Bool = false) {
    let text = Markup.escaped(text)
    body.append("<p\(isStrong ? " class=\"answer\"" : "")>\(text)</p>")
  }

  /// Adds a paragraph for each of some sentences.
  package mutating func list(_ items: [String]) {
    guard !items.isEmpty else { return }
    body.append("<ul>\(items.map { "<li>\(Markup.escaped($0))</li>" }.joined())</ul>")
  }

  /// Adds a table; the first column names its rows.
  ///
  /// - Parameters:
  ///   - table: the cells.
  ///   - caption: what they are.
  ///   - hasHeadings: whether the first row names the columns.
  package mutating func table(_ table: TextTable, _ caption: String, hasHeadings: Bool = true) {
    var text = "<caption>\(Markup.escaped(caption))</caption>"
    for (number, row) in table.rows.enumerated() {
      let isHeading = hasHeadings && number == 0
      text += "<tr>"
      for (column, cell) in row.enumerated() {
        let style = table.alignments[column] == .right ? " class=\"number\"" : ""
        let element = isHeading ? "th scope=\"col\"" : column == 0 ? "th scope=\"row\"" : "td"
        text += "<\(element)\(style)>\(Markup.escaped(cell))</\(element.prefix(2))>"
      }
      text += "</tr>\n"
    }
    // Wide tables scroll by themselves, which needs the focus for those without a mouse.
    let label = Markup.escaped(caption)
    body.append(
      "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"\(label)\">"
        + "<table>\(text)</table></div>")
  }

  /// Adds drawings side by side, as far as there is room.
  mutating func figures(_ drawings: [SVGText], _ caption: String) {
    let text = drawings.map(\.inline).joined(separator: "\n")
    figure("<div class=\"drawings\">\(text)</div>", caption)
  }

  /// Adds a figure of markup.
  mutating func figure(_ markup: String, _ caption: String) {
    body.append(
      "<figure>\(markup)<figcaption>\(Markup.escaped(caption))</figcaption></figure>")
  }

  /// Adds command lines.
  package mutating func commands(_ lines: [String]) {
    guard !lines.isEmpty else { return }
    let text = lines.map { Markup.escaped($0) }.joined(separator: "\n")
    body.append("<pre tabindex=\"0\">\(text)</pre>")
  }

  /// Has a script run when all of the page is there; the only one that it has.
  mutating func run(_ script: String) { self.script = script }

  /// The whole file.
  package var text: String {
    let name = Markup.escaped(title)
    let made = Markup.escaped(Shell.line([Program.name] + command))
    let facts = ([host.text, Build.summary(of: Program.name)] + Build.remarks())
      .map { "<p>\(Markup.escaped($0))</p>" }.joined()
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(name)</title>
      <style>
      \(HTMLPage.styles)
      \(SVGText.styles)
      </style>
      </head>
      <body>
      <main>
      <h1>\(name)</h1>
      \(body.joined(separator: "\n"))
      <h2>How it was made</h2>
      <pre tabindex="0">\(made)</pre>
      \(facts)
      </main>
      \(script.map { "<script>\n\($0)\n</script>" } ?? "")
      </body>
      </html>

      """
  }

  private static let styles = """
    :root {
      --ink: #24292f; --ground: #ffffff; --soft: #f6f8fa; --rule: #d0d7de; --accent: #0550ae;
      --contiguous: #0969da; --stitched: #bc4c00; --slab: #8250df; --cached: #bf8700;
      --free: #b4e0c0; --absent: #eaeef2;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ink: #e6edf3; --ground: #0d1117; --soft: #161b22; --rule: #30363d; --accent: #79c0ff;
        --contiguous: #58a6ff; --stitched: #f0883e; --slab: #bc8cff; --cached: #e3b341;
        --free: #1f4d2e; --absent: #21262d;
      }
    }
    * { box-sizing: border-box }
    body { margin: 0; color: var(--ink); background: var(--ground);
      font: 16px/1.5 system-ui, sans-serif; text-size-adjust: 100% }
    main { max-width: 1060px; margin: 0 auto; padding: 0 16px 32px }
    h1 { font-size: 26px; line-height: 1.25; overflow-wrap: anywhere }
    h2 { font-size: 20px; margin-top: 40px; border-bottom: 1px solid var(--rule);
      overflow-wrap: anywhere }
    .answer { font-size: 19px; font-weight: 600; color: var(--accent) }
    p, li { max-width: 75ch }
    ul { padding-left: 20px }
    .wide { overflow-x: auto; margin: 16px 0 }
    table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums }
    caption { text-align: left; font-weight: 600; padding: 4px 0 }
    th, td { padding: 3px 12px 3px 0; text-align: left; vertical-align: top;
      border-top: 1px solid var(--rule) }
    th { font-weight: 400; white-space: nowrap }
    th[scope=col] { font-weight: 600 }
    td { min-width: 16em }
    .number { text-align: right; white-space: nowrap; min-width: 0 }
    figure { margin: 24px 0 }
    figcaption { font-size: 14px; max-width: 75ch }
    .drawings { display: flex; flex-wrap: wrap; gap: 16px }
    .drawings svg { flex: 1 1 320px; min-width: 0; max-width: 640px; height: auto }
    pre { background: var(--soft); padding: 10px 12px; border-radius: 6px; overflow-x: auto;
      font-size: 13px }
    .map { display: block; width: 100%; max-width: 768px; image-rendering: pixelated;
      border: 1px solid var(--rule) }
    .moment { width: 100%; max-width: 768px; margin: 12px 0 4px; accent-color: var(--contiguous) }
    .told { min-height: 3em; margin: 4px 0 }
    .key { display: inline-block; margin-right: 16px; font-size: 14px }
    .key i { display: inline-block; width: 12px; height: 12px; margin-right: 6px;
      border: 1px solid var(--rule) }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
    @media (max-width: 600px) { table { font-size: 13px } th, td { padding-right: 8px } }
    @media print {
      body { font-size: 11pt } h2, figure, tr { break-inside: avoid } h2 { break-after: avoid }
      .wide, pre { overflow: visible } pre { white-space: pre-wrap } .moment { display: none }
      .map, .key i { print-color-adjust: exact }
    }
    """
}
