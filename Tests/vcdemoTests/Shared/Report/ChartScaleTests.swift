// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import vcdemo

/// Where values lie on an axis.
@Suite struct ChartScaleTests {
  /// A curve that is nought everywhere lies at the foot of its chart, whose ticks differ.
  @Test func noughtsAloneHaveAnAxis() {
    let scale = ChartScale([0, 0, 0], isLogarithmic: false, from: 0, to: 100)
    #expect(Set(scale.ticks.map { Format.decimal($0, digits: 2) }).count == scale.ticks.count)
    #expect(scale.ticks.count >= 4 && scale.position(0) < 10)
  }

  @Test func allValuesHaveRoom() {
    let scale = ChartScale([0.9, 1.3], isLogarithmic: false, from: 0, to: 100)
    #expect(scale.position(0.9) > 0 && scale.position(1.3) < 100)
    #expect(scale.ticks.allSatisfy { (0...100).contains(scale.position($0)) })
  }
}
