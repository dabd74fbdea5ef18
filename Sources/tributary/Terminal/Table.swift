/// Rows under titles, in columns that line up whatever mix of Chinese and Latin they hold.
struct Table: Sendable {
    struct Column: Sendable {
        let title: String
        let alignment: Alignment
        /// Whether it may be cut where the window is too narrow.
        let isFlexible: Bool

        init(_ title: String, _ alignment: Alignment = .left, isFlexible: Bool = false) {
            (self.title, self.alignment, self.isFlexible) = (title, alignment, isFlexible)
        }
    }

    /// Columns between two columns.
    static let gap = 2
    /// A flexible column is not cut below this.
    static let flexibleColumnsMin = 8

    let columns: [Column]
    private(set) var rows: [[String]] = []

    init(_ columns: [Column]) { self.columns = columns }

    var isEmpty: Bool { rows.isEmpty }

    /// Adds a row; line breaks in its cells become spaces. Cells may be coloured.
    mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "\(cells.count) cells for \(columns.count) columns")
        rows.append(cells.map { $0.contains(where: \.isNewline) ? String($0.map { $0.isNewline ? " " : $0 }) : $0 })
    }

    /// The titles and the rows as lines for `terminal`, cut to its width where it has one.
    func lines(for terminal: Terminal) -> [String] { lines(columnsMax: terminal.columns, terminal) }

    func lines(columnsMax: Int?, _ terminal: Terminal) -> [String] {
        let widths = widths(columnsMax: columnsMax)
        let titles = line(columns.map(\.title), widths)
        return [terminal.styled(titles, .bold)] + rows.map { line($0, widths) }
    }

    private func widths(columnsMax: Int?) -> [Int] {
        var widths = columns.indices.map { place in
            rows.reduce(DisplayWidth.of(columns[place].title)) { max($0, DisplayWidth.of($1[place])) }
        }
        guard let columnsMax else { return widths }
        let flexible = columns.indices.filter { columns[$0].isFlexible }
        var excess = widths.reduce(0, +) + Self.gap * (columns.count - 1) - columnsMax
        // The widest gives way first, so that short texts stay whole.
        while excess > 0, let widest = flexible.max(by: { widths[$0] < widths[$1] }),
            widths[widest] > Self.flexibleColumnsMin
        {
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (place, cell) in cells.enumerated() {
            if place > 0 { line += String(repeating: " ", count: Self.gap) }
            line += cell.fitted(to: widths[place]).padded(to: widths[place], columns[place].alignment)
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}

/// Names beside values, one pair a line, the values under one another.
struct Listing: Sendable {
    private(set) var pairs: [(name: String, value: String)] = []

    mutating func add(_ name: String, _ value: String) { pairs.append((name, value)) }

    /// - Parameter columnsMax: where long values are broken; their further lines stand under the first.
    func lines(columnsMax: Int?, _ terminal: Terminal, indent: Int = 0) -> [String] {
        let width = pairs.reduce(0) { max($0, DisplayWidth.of($1.name)) }
        let margin = String(repeating: " ", count: indent)
        let hanging = String(repeating: " ", count: indent + width + Table.gap)
        return pairs.flatMap { name, value in
            let name = margin + terminal.styled(name.padded(to: width), .dim) + String(repeating: " ", count: Table.gap)
            let room = columnsMax.map { max(Table.flexibleColumnsMin, $0 - indent - width - Table.gap) } ?? Int.max / 2
            return value.wrapped(to: room).enumerated().map { ($0 == 0 ? name : hanging) + $1 }
        }
    }

    func lines(for terminal: Terminal) -> [String] { lines(columnsMax: terminal.columns, terminal) }
}
