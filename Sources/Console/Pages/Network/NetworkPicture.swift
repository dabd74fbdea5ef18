/// Where everything stands in the picture of a node, what is above it and what is directly below, in units of the
/// picture: rows of tiles, each row on a rail that comes down from the node.
struct NetworkPicture: Hashable, Sendable {
    struct Tile: Hashable, Sendable {
        let x: Int
        let y: Int
        let width: Int
        let height: Int

        var middle: Int { x + width / 2 }
        var end: Int { x + width }
        var bottom: Int { y + height }

        func overlaps(_ other: Tile) -> Bool {
            x < other.end && other.x < end && y < other.bottom && other.y < bottom
        }
    }

    /// A picture is as wide as a page, and as high as it has to be.
    static let width = 1_160
    private static let margin = 24
    private static let gap = 12
    /// Between one row and the next stand the rail and what joins it to the tiles.
    private static let pitch = 34
    private static let tileHeight = 64
    private static let tileWidthMax = 184
    /// With more than so many tiles they get narrow.
    private static let wideMax = 42

    let above: [Tile]
    let centre: Tile
    let tiles: [Tile]
    /// The rail, as the path of an SVG; empty where nothing stands below.
    let rail: String
    /// What of the whole width is taken, with a margin: a small picture needs no wide window.
    let left: Int
    let right: Int
    let height: Int

    /// - Parameters:
    ///   - above: nodes above the one in the middle.
    ///   - below: those directly below it.
    init(above count: Int, below: Int) {
        self.above = Self.row(of: count, y: 10, width: Self.tileWidthMax)
        let centreWidth = 260
        centre = Tile(
            x: (Self.width - centreWidth) / 2, y: count == 0 ? 10 : 10 + Self.tileHeight + 62, width: centreWidth,
            height: Self.tileHeight + 12)
        let columns = Self.columns(for: below)
        let room = Self.width - 2 * Self.margin - (columns - 1) * Self.gap
        let width = min(Self.tileWidthMax, room / columns)
        var (tiles, rail) = ([Tile](), "")
        var y = centre.bottom + 2 * Self.pitch
        for first in stride(from: 0, to: below, by: columns) {
            let row = Self.row(
                of: min(columns, below - first), y: y, width: width, from: below > columns ? Self.margin : nil)
            rail += Self.rail(above: row, trunk: below > columns ? Self.margin / 2 : centre.middle)
            tiles += row
            y += Self.tileHeight + Self.pitch
        }
        if let last = tiles.last, below > columns {
            rail =
                "M\(centre.middle) \(centre.bottom)v\(Self.pitch)H\(Self.margin / 2)V\(last.y - Self.pitch / 2)" + rail
        } else if let last = tiles.last {
            rail = "M\(centre.middle) \(centre.bottom)V\(last.y - Self.pitch / 2)" + rail
        }
        (self.tiles, self.rail) = (tiles, rail)
        let all = above + [centre] + tiles
        left = (all.map(\.x).min() ?? 0) - Self.margin
        right = (all.map(\.end).max() ?? Self.width) + Self.margin
        height = (tiles.last?.bottom ?? centre.bottom) + 10
    }

    /// What joins a tile to the rail above it.
    static func wire(to tile: Tile) -> String { "M\(tile.middle) \(tile.y - pitch / 2)V\(tile.y)" }

    /// As much of a text as a tile holds, at 14 units a full-width letter.
    static func fitted(_ text: String, width: Int) -> String {
        let room = width - 16
        var (used, shown) = (0, "")
        for character in text {
            used += character.isASCII ? 8 : 14
            guard used <= room else { return shown.dropLast() + "…" }
            shown.append(character)
        }
        return shown
    }

    private static func columns(for count: Int) -> Int {
        switch count {
        case ...6: max(1, count)
        case ...wideMax: 7
        default: 10
        }
    }

    /// - Parameter from: where the first stands; nil for a row in the middle.
    private static func row(of count: Int, y: Int, width: Int, from: Int? = nil) -> [Tile] {
        let whole = count * width + max(0, count - 1) * gap
        let start = from ?? (Self.width - whole) / 2
        return (0..<count).map { Tile(x: start + $0 * (width + gap), y: y, width: width, height: tileHeight) }
    }

    private static func rail(above row: [Tile], trunk: Int) -> String {
        guard let first = row.first, let last = row.last else { return "" }
        return "M\(min(trunk, first.middle)) \(first.y - pitch / 2)H\(max(trunk, last.middle))"
    }
}
