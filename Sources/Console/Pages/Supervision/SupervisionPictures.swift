import Libraries

/// The board's numbers as pictures: figures alone, which templates draw.
enum SupervisionPictures {
    // MARK: Trends

    static let chartWidth = 320.0
    static let chartHeight = 96.0
    private static let margin = 8.0

    /// One series as a line over its months.
    static func chart(_ series: JSON, months: [JSON], scope: SupervisionScope) -> JSON {
        let id = series["indicator"]?.text ?? ""
        let amounts = (series["amounts"]?.array ?? []).map { $0.integer ?? 0 }
        let top = max(1, amounts.max() ?? 1)
        let step = (chartWidth - 2 * margin) / Double(max(1, amounts.count - 1))
        let places = amounts.enumerated().map { index, amount in
            (
                x: tenths(margin + Double(index) * step),
                y: tenths(chartHeight - margin - Double(max(0, amount)) / Double(top) * (chartHeight - 2 * margin))
            )
        }
        let rows = zip(months, amounts).map { month, amount -> JSON in
            [
                "month": month, "amount": .integer(amount),
                "path": .text(casesPath(scope, indicator: id, month: month.text)),
            ]
        }
        return [
            "indicator": .text(id), "isMoney": .boolean(id == "fines-fen"),
            "points": .text(places.map { "\($0.x),\($0.y)" }.joined(separator: " ")),
            "dot": places.last.map { ["x": .text($0.x), "y": .text($0.y)] } ?? .null,
            "rows": .array(rows), "latest": rows.last ?? .null, "highest": .integer(amounts.max() ?? 0),
            "from": months.first ?? "", "to": months.last ?? "",
            "path": .text(Address.of("/supervision/trends", ["indicator": id, "division": scope.asked])),
        ]
    }

    static func casesPath(
        _ scope: SupervisionScope, indicator: String, month: String? = nil, division: String? = nil
    ) -> String {
        Address.of(
            "/supervision/cases", ["indicator": indicator, "month": month, "division": division ?? scope.asked])
    }

    private static func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    // MARK: The map

    private static let tileWidth: Int64 = 124
    private static let tileHeight: Int64 = 70
    private static let gap: Int64 = 6

    /// The division's children on the tiles that the API gives them.
    ///
    /// - Parameters:
    ///   - heat: what colours a tile, from 0.
    ///   - fill: further members of a tile of a code.
    static func map(
        _ scope: SupervisionScope, heat: (String) -> Int64, path: (String) -> String, fill: (String) -> [String: JSON]
    ) -> JSON {
        let divisions = scope.map["divisions"]?.array ?? []
        guard !divisions.isEmpty else { return .null }
        let top = divisions.map { heat($0["code"]?.text ?? "") }.max() ?? 0
        var (columns, rows): (Int64, Int64) = (0, 0)
        let tiles = divisions.map { division -> JSON in
            let code = division["code"]?.text ?? ""
            let column = division["tile"]?["column"]?.integer ?? 0
            let row = division["tile"]?["row"]?.integer ?? 0
            (columns, rows) = (max(columns, column + 1), max(rows, row + 1))
            let (x, y) = (gap + column * (tileWidth + gap), gap + row * (tileHeight + gap))
            var members = fill(code)
            members["code"] = .text(code)
            members["name"] = .text(shortened(division["name"]?.text ?? code))
            (members["x"], members["y"], members["middle"]) = (.integer(x), .integer(y), .integer(x + tileWidth / 2))
            members["nameY"] = .integer(y + 24)
            (members["firstY"], members["secondY"]) = (.integer(y + 43), .integer(y + 60))
            members["heat"] = .integer(level(heat(code), of: top))
            members["path"] = .text(path(code))
            return .object(members)
        }
        return [
            "tiles": .array(tiles), "tileWidth": .integer(tileWidth), "tileHeight": .integer(tileHeight),
            "width": .integer(gap + columns * (tileWidth + gap)), "height": .integer(gap + rows * (tileHeight + gap)),
        ]
    }

    /// 0 for none, else 1 to 4 by quarters of the highest.
    static func level(_ value: Int64, of top: Int64) -> Int64 {
        value <= 0 || top <= 0 ? 0 : min(4, max(1, (value * 4 + top - 1) / top))
    }

    /// As much of a name as a tile has room for; the table beside the map has it whole.
    private static func shortened(_ name: String) -> String {
        name.count <= 8 ? name : String(name.prefix(7)) + "…"
    }
}
