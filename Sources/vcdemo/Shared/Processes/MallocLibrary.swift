// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Which malloc this process runs on.
package enum MallocLibrary {
  /// The file of the library that `malloc` comes from, as the dynamic linker knows it.
  ///
  /// A preloaded library shows here, and so does one that could not be preloaded: by its absence.
  package static func path() -> String? {
    guard let symbol = unsafe dlsym(nil, "malloc") else { return nil }
    var info = unsafe Dl_info()
    guard unsafe dladdr(symbol, &info) != 0, let name = unsafe info.dli_fname else { return nil }
    return unsafe String(cString: name)
  }
}
