// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct JSONReaderTests {
  private func read(_ text: String) -> JSONValue? {
    JSONReader.read(Array(text.utf8))
  }

  @Test func readsWhatTheWriterWrites() throws {
    let text = "quote \" back \\ line \n tab \t bell \u{7} esc \u{1B} ä 😀 / \r"
    let document = JSONValue.object([
      ("text", .string(text)), ("none", .null), ("yes", .bool(true)), ("no", .bool(false)),
      ("count", .integer(-12)), ("ratio", .number(1.25)),
      ("list", .array([.integer(1), .array([]), .object([])])),
    ])
    let found = read(document.text)
    let read = try #require(found)
    #expect(read.text == document.text)
    #expect(read["text"]?.string == text)
    #expect(read["count"]?.integer == -12)
    #expect(read["count"]?.number == -12)
    #expect(read["ratio"]?.number == 1.25)
    #expect(read["ratio"]?.integer == nil)
    #expect(read["missing"] == nil)
    #expect(read["none"]?.integer == nil)
  }

  @Test func readsEscapesAndExponents() {
    #expect(read(#""A\u00e4\ud83d\ude00\/\b\f""#)?.string == "Aä😀/\u{8}\u{C}")
    #expect(read("1.5e3")?.number == 1500)
    #expect(read(" [ ] ")?.text == "[]")
  }

  @Test(arguments: [
    "", "{", "[1,]", "[1 2]", #"{"a" 1}"#, #"{"a":}"#, #"{a:1}"#, #"{"a":1,}"#, "tru", "nan", "+1",
    "-", "1 1", "1e999", #""a"#, #""\x""#, #""\u12""#, #""\u+123""#, #""\ud83d""#, #""\udc00""#,
    "\"\n\"", "ERROR: {}", String(repeating: "[", count: 100_000),
  ])
  func refuses(text: String) {
    #expect(read(text) == nil)
  }

  @Test func refusesWhatIsNoUnicode() {
    #expect(JSONReader.read([0x22, 0xFF, 0x22]) == nil)
  }
}
