// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A trivial type of which every bit pattern is a value: whatever bytes memory holds, they can be
/// read as one.
///
/// Numbers are; `Bool`, enums, pointers and references are not. A struct of such fields may
/// conform.
public protocol FullyInhabited: BitwiseCopyable {}

extension Int: FullyInhabited {}
extension Int8: FullyInhabited {}
extension Int16: FullyInhabited {}
extension Int32: FullyInhabited {}
extension Int64: FullyInhabited {}
extension Int128: FullyInhabited {}
extension UInt: FullyInhabited {}
extension UInt8: FullyInhabited {}
extension UInt16: FullyInhabited {}
extension UInt32: FullyInhabited {}
extension UInt64: FullyInhabited {}
extension UInt128: FullyInhabited {}
extension Float: FullyInhabited {}
extension Double: FullyInhabited {}
