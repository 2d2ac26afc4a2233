// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

extension HTMLPage {
  /// Adds a film: a picture of cells, and a slider that chooses the moment; one for each page.
  package mutating func add(_ film: ArenaFilm) {
    guard let last = film.frames.indices.last else { return }
    let start = film.start
    let cells = film.frames.map(\.cells.count).max() ?? 0
    let rows = (cells + ArenaFilm.columns - 1) / ArenaFilm.columns
    let text = Markup.escaped(film.frames[start].text)
    let key = (ArenaFilm.inks + ArenaFilm.grounds).map { use in
      "<span class=\"key\"><i style=\"background: var(--\(use.rawValue))\"></i>"
        + "\(ArenaFilm.name(use))</span>"
    }
    let size = Format.size(film.pagesPerCell.byteCount.rawValue)
    figure(
      """
      <canvas class="map" id="map" width="\(ArenaFilm.columns)" height="\(rows)" role="img" \
      aria-label="Map of the arena" aria-describedby="told"></canvas>
      <input class="moment" id="moment" type="range" min="0" max="\(last)" value="\(start)" \
      aria-label="Moment" aria-valuetext="\(text)">
      <p class="told"><output id="told" for="moment">\(text)</output></p>
      <p>\(key.joined(separator: "\n"))</p>
      """,
      "Each cell is \(size) of the arena, lowest addresses first. Its colour is what most of it in "
        + "use is, and the stronger the more of it is in use. Beyond the capacity are places that get "
        + "memory when scattered pages are exchanged. The slider, or the arrow keys on it, choose "
        + "the moment.")
    let frames = film.frames.map { "[\(JSONValue.string($0.text).text), \"\($0.cells)\"]" }
    run(
      """
      const film = [
      \(frames.joined(separator: ",\n").replacing("<", with: "\\u003c"))
      ];
      \(HTMLPage.filmScript)
      """)
  }

  /// Colours are the page's, so that they change with it.
  private static let filmScript = """
    const map = document.getElementById("map"), moment = document.getElementById("moment");
    const told = document.getElementById("told");
    const colour = name => [1, 3, 5].map(at => parseInt(getComputedStyle(document.documentElement)
      .getPropertyValue("--" + name).trim().slice(at, at + 2), 16));
    function show() {
      const [text, cells] = film[moment.value];
      const inks = [\(ArenaFilm.inks.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))].map(colour);
      const grounds = ["free", "absent"].map(colour);
      const pen = map.getContext("2d"), image = pen.createImageData(map.width, map.height);
      for (let cell = 0; cell < cells.length; cell++) {
        const code = cells.charCodeAt(cell) - \(ArenaFilm.firstCharacter);
        const share = code % \(ArenaFilm.shades) / \(ArenaFilm.shades - 1);
        const ground = grounds[Math.floor(code / \(ArenaFilm.shades)) % 2];
        const ink = inks[Math.floor(code / \(ArenaFilm.shades * 2))];
        for (let part = 0; part < 3; part++)
          image.data[4 * cell + part] = ground[part] + (ink[part] - ground[part]) * share;
        image.data[4 * cell + 3] = 255;
      }
      pen.putImageData(image, 0, 0);
      told.textContent = text;
      moment.setAttribute("aria-valuetext", text);
    }
    moment.addEventListener("input", show);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
    show();
    """
}
