// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound
import vcdemo

@Suite struct HTMLPageTests {
  @Test func namesAreOnlyText() {
    var page = HTMLPage("a<b>&\"c", host: .current(), command: ["replay", "it's a.trace", "a+b=1"])
    page.heading("<script>")
    page.list(["<i>"])
    page.list([])
    page.commands(["x && y"])
    let text = page.text
    #expect(text.contains("<title>a&lt;b&gt;&amp;&quot;c</title>"))
    #expect(text.contains("<h2>&lt;script&gt;</h2>"))
    #expect(text.contains("<ul><li>&lt;i&gt;</li></ul>"))
    #expect(text.contains("x &amp;&amp; y"))
    #expect(text.contains("vcdemo replay 'it'\\''s a.trace' a+b=1</pre>"))
    #expect(!text.contains("<script") && !text.contains("<ul></ul>"))
    #expect(text.contains("kernel") && text.contains(Build.summary(of: "vcdemo")))
  }

  @Test func tablesNameRowsAndColumns() {
    var page = HTMLPage("x")
    let table = TextTable(
      alignments: [.left, .right], rows: [["size", "count"], ["4 KiB", "1"]])
    page.table(table, "The <sizes>")
    page.table(table, "again", hasHeadings: false)
    #expect(page.text.contains("<caption>The &lt;sizes&gt;</caption>"))
    #expect(
      page.text.contains(
        "<tr><th scope=\"col\">size</th><th scope=\"col\" class=\"number\">count</th></tr>\n"
          + "<tr><th scope=\"row\">4 KiB</th><td class=\"number\">1</td></tr>"))
    #expect(
      page.text.contains("<tr><th scope=\"row\">size</th><td class=\"number\">count</td></tr>"))
  }

  @Test func aFilmHasACharacterForEachCell() throws {
    let capacity = 16 << 20
    let allocator = try CompoundAllocator(capacity: ByteCount(capacity))
    var film = ArenaFilm(capacity: capacity)
    #expect(film.pagesPerCell == PageCount(2))
    film.add(allocator.map(pagesPerCell: film.pagesPerCell), "Empty")
    let buffer = try allocator.allocate(byteCount: .mebibytes(8))
    film.add(allocator.map(pagesPerCell: film.pagesPerCell), "Half \"full\"")
    withExtendedLifetime(buffer) {}
    var page = HTMLPage("x")
    page.add(film)
    let text = page.text
    let empty = String(repeating: "5", count: 2048)
    #expect(text.contains("[\"Empty. In the arena: without memory 16 MiB.\", \"\(empty)\"]"))
    // It begins with the moment in which most is in use.
    #expect(text.contains("max=\"1\" value=\"1\""))
    #expect(text.contains("Half \\\"full\\\". In the arena: "))
    let used = CompoundAllocator.isFallbackAlways ? "stitched" : "in one piece"
    #expect(text.contains("\(used) 8 MiB"))
    #expect(text.contains("height=\"32\""))
  }
}
