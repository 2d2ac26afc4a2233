// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The requests that an allocator refused, by reason and by size.
///
/// Every refused request is counted once under a reason, and once under an order. Requests with an
/// invalid size or alignment are not counted.
public struct RefusalCounts: Sendable {
  /// Fewer frames were free than asked for: ``CompoundError/Limit/capacity``.
  public private(set) var capacity = 0
  /// Enough frames were free, not in one piece where the policy forbids to stitch:
  /// ``CompoundError/Limit/contiguity``.
  public private(set) var contiguity = 0
  /// The mapping budget was used up: ``CompoundError/mappingBudget(needed:available:limit:)``.
  public private(set) var mappings = 0
  /// The kernel refused a call: ``CompoundError/systemCall(_:errno:)``.
  public private(set) var system = 0

  /// Not an array: reading statistics calls no malloc.
  private var orders = InlineArray<19, Int>(repeating: 0)

  /// No request was refused.
  package init() {}

  /// All of them.
  public var total: Int { capacity + contiguity + mappings + system }

  /// The refused requests of one size: those that a block of this order holds, and the next smaller
  /// one does not.
  ///
  /// A refused bulk request counts once, with the order of its pages.
  ///
  /// - Parameter order: 0 ... 18, where 18 counts larger requests too; the program stops for a
  ///   higher one.
  /// - Returns: how many there were.
  public func count(order: PageOrder) -> Int {
    precondition(order <= Self.highestOrder, "orders are counted up to 18")
    return orders[order.rawValue]
  }

  /// The highest order that is counted apart: 1 GiB.
  package static var highestOrder: PageOrder { 18 }

  /// Counts a refused request, or with -1 takes back one that was not refused after all.
  package mutating func note(_ error: CompoundError, _ pages: PageCount, _ number: Int = 1) {
    switch error {
    case .outOfMemory(_, _, _, limit: .capacity): capacity += number
    case .outOfMemory(_, _, _, limit: .contiguity): contiguity += number
    case .mappingBudget: mappings += number
    default: system += number
    }
    orders[min(PageOrder(covering: pages), Self.highestOrder).rawValue] += number
  }

  /// The orders of which requests were refused, with their numbers.
  private var counted: [(order: Int, count: Int)] {
    orders.indices.compactMap { orders[$0] == 0 ? nil : ($0, orders[$0]) }
  }
}

extension RefusalCounts: Hashable {
  /// Whether both count the same.
  public static func == (left: RefusalCounts, right: RefusalCounts) -> Bool {
    left.reasons == right.reasons
      && left.orders.indices.allSatisfy { left.orders[$0] == right.orders[$0] }
  }

  /// Hashes all counts.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(reasons)
    for order in orders.indices { hasher.combine(orders[order]) }
  }

  private var reasons: SIMD4<Int> { SIMD4(capacity, contiguity, mappings, system) }
}

extension RefusalCounts: Codable {
  private enum CodingKeys: String, CodingKey {
    case capacity
    case contiguity
    case mappings
    case system
    case byOrder
  }

  /// Reads what ``encode(to:)`` wrote.
  ///
  /// - Throws: what the decoder throws; `DecodingError` also where there are more than 19 orders.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    capacity = try values.decode(Int.self, forKey: .capacity)
    contiguity = try values.decode(Int.self, forKey: .contiguity)
    mappings = try values.decode(Int.self, forKey: .mappings)
    system = try values.decode(Int.self, forKey: .system)
    let byOrder = try values.decode([Int].self, forKey: .byOrder)
    guard byOrder.count <= orders.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .byOrder, in: values, debugDescription: "more than \(orders.count) orders")
    }
    for order in byOrder.indices { orders[order] = byOrder[order] }
  }

  /// Writes the reasons by their names, and `byOrder`, the counts of the orders from 0 on.
  ///
  /// - Throws: what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(capacity, forKey: .capacity)
    try values.encode(contiguity, forKey: .contiguity)
    try values.encode(mappings, forKey: .mappings)
    try values.encode(system, forKey: .system)
    try values.encode(orders.indices.map { orders[$0] }, forKey: .byOrder)
  }
}

extension RefusalCounts: CustomStringConvertible {
  /// One line: `7: 5 capacity, 0 contiguity, 1 mappings, 1 system; by order 0: 1, 5: 6`.
  public var description: String {
    let orders = counted.map { "\($0.order): \($0.count)" }.joined(separator: ", ")
    return "\(total): \(capacity) capacity, \(contiguity) contiguity, \(mappings) mappings, "
      + "\(system) system" + (orders.isEmpty ? "" : "; by order \(orders)")
  }
}
