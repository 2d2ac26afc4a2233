// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcdemo

@Suite struct JSONValueTests {
  @Test func keepsTheOrderOfKeys() {
    let value = JSONValue.object([("b", .integer(1)), ("a", .array([.null, .bool(true)]))])
    #expect(
      value.text == """
        {
          "b": 1,
          "a": [
            null,
            true
          ]
        }
        """)
  }

  @Test func writesEmptyContainersShort() {
    #expect(JSONValue.array([]).text == "[]")
    #expect(JSONValue.object([]).text == "{}")
  }

  @Test func writesNumbersThatEveryParserReads() {
    #expect(JSONValue.number(1.00049).text == "1.0")
    #expect(JSONValue.number(1.0006).text == "1.001")
    #expect(JSONValue.number(.infinity).text == "null")
    #expect(JSONValue.number(.nan).text == "null")
    #expect(JSONValue.integer(Int?.none).text == "null")
    #expect(JSONValue.integer(Int?.some(3)).text == "3")
  }

  @Test func anotherParserReadsWhatWasQuoted() throws {
    let text = "quote \" back \\ line \n tab \t bell \u{7} esc \u{1B} ä 😀 / \r"
    let json = JSONValue.array([.string(text)]).text
    let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8))
    #expect(parsed as? [String] == [text])
  }
}
