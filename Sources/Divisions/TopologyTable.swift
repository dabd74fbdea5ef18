/// How nodes are given to the divisions of a table, which knows of none.
package struct SeatPlan: Hashable, Sendable {
    /// The levels whose divisions get a node each; the others are hosted. The top of the tree must be among them.
    package var levels: Set<Level>
    /// The host of each node, in which `{code}` stands for the code of its division.
    package var host: String
    /// The first port. If the host differs from node to node every node listens on it; if all share one host,
    /// each node takes the port after the one before it, in ascending order of code.
    package var firstPort: Int

    /// A node in every division, each on a host of its own.
    package init(
        levels: Set<Level> = Set(Level.allCases), host: String = "node-{code}.example", firstPort: Int = 7443
    ) {
        self.levels = levels
        self.host = host
        self.firstPort = firstPort
    }

    private static let placeholder = "{code}"

    fileprivate func seats(for divisions: [Division]) -> [DivisionCode: Seat] {
        let parts = host.split(separator: Self.placeholder, omittingEmptySubsequences: false)
        var port = firstPort
        var seats: [DivisionCode: Seat] = [:]
        for division in divisions.sorted(by: { $0.code < $1.code }) where levels.contains(division.level) {
            seats[division.code] = Seat(
                division: division.code, name: division.name, host: parts.joined(separator: division.code.text),
                port: port)
            // A port that wraps round is out of range and refused with the first that is.
            if parts.count == 1 { port &+= 1 }
        }
        return seats
    }
}

extension Topology {
    /// Units of development zones, farms and prisons that count as townships in statistics but are no divisions.
    package static let kindsLeftOut: Set<String> = ["类乡级单位"]

    /// The tree of a table of divisions in CSV (RFC 4180), with nodes by plan.
    ///
    /// The first line names the columns, in any order: `code`, `name`, `level`, `parent` (empty at the top) and `kind`;
    /// other columns are not read. A field holds no line break.
    ///
    /// - Parameters:
    ///   - file: the name of the table, for faults.
    ///   - kindsLeftOut: rows of these kinds are no divisions of the tree.
    package static func fromCSV(
        _ text: String, named file: String, seats plan: SeatPlan = SeatPlan(),
        leavingOut kindsLeftOut: Set<String> = kindsLeftOut
    ) throws(TopologyFault) -> DivisionTree {
        try checkSize(text, file)
        var rows = try TopologyTable(file: file, kindsLeftOut: kindsLeftOut).rows(in: text)
        let seats = plan.seats(for: rows.rows.map(\.division))
        for place in rows.rows.indices { rows.rows[place].seat = seats[rows.rows[place].division.code] }
        return try tree(of: rows, in: file)
    }

    static func badCode(_ text: String, key: String) -> String {
        "\(key) \(text.debugDescription) is not a code; a code has 1 to \(DivisionCode.bytesMax) characters of "
            + "0-9, a-z and -"
    }

    static func unknownLevel(_ text: String) -> String {
        let names = Level.allCases.map(\.englishName).joined(separator: ", ")
        return "level \(text.debugDescription) is not one of \(names)"
    }
}

/// Reads a table of divisions strictly, line by line.
private struct TopologyTable {
    let file: String
    let kindsLeftOut: Set<String>

    private static let columns = ["code", "name", "level", "parent", "kind"]

    func rows(in text: String) throws(TopologyFault) -> TopologyRows {
        let start = TopologyMark(line: 1, column: 1)
        let lines = lines(of: text)
        guard let heading = lines.first else {
            let names = Self.columns.joined(separator: ",")
            throw Topology.fault(file, start, "the table is empty; its first line names the columns \(names)")
        }
        let names = try fields(of: heading, line: 1)
        var columns: [String: Int] = [:]
        for name in Self.columns {
            let found = names.indices.filter { names[$0].text == name }
            guard found.count == 1 else {
                throw Topology.fault(file, start, "the first line must name the column \"\(name)\" once")
            }
            columns[name] = found[0]
        }
        var rows: [TopologyRow] = []
        for (place, line) in lines.enumerated().dropFirst() where !line.isEmpty {
            let fields = try fields(of: line, line: place + 1)
            guard fields.count == names.count else {
                throw Topology.fault(
                    file, TopologyMark(line: place + 1, column: 1),
                    "the row has \(fields.count) fields where the first line names \(names.count)")
            }
            if let row = try row(columns.mapValues { fields[$0] }, line: place + 1) { rows.append(row) }
        }
        return TopologyRows(mark: start, rows: rows)
    }

    /// The row's division; nil if its kind is left out.
    private func row(_ fields: [String: Field], line: Int) throws(TopologyFault) -> TopologyRow? {
        guard let code = fields["code"], let name = fields["name"], let level = fields["level"],
            let parent = fields["parent"], let kind = fields["kind"]
        else { preconditionFailure("line \(line) of \(file) was split without one of its columns") }
        if kindsLeftOut.contains(kind.text) { return nil }
        guard let divisionLevel = Level(name: level.text) else {
            throw Topology.fault(file, level.mark, Topology.unknownLevel(level.text))
        }
        let division = Division(
            code: try self.code(code, key: "code"), name: name.text, level: divisionLevel,
            parent: parent.text.isEmpty ? nil : try self.code(parent, key: "parent"))
        return TopologyRow(
            division: division, mark: TopologyMark(line: line, column: 1),
            marks: [.code: code.mark, .name: name.mark, .level: level.mark, .parent: parent.mark])
    }

    private func code(_ field: Field, key: String) throws(TopologyFault) -> DivisionCode {
        guard let code = DivisionCode(field.text) else {
            throw Topology.fault(file, field.mark, Topology.badCode(field.text, key: key))
        }
        return code
    }

    // MARK: CSV

    private struct Field {
        var text: String
        var mark: TopologyMark
    }

    private static let byteOrderMark: Unicode.Scalar = "\u{FEFF}"

    /// The lines without their ends, LF or CR LF, and without a byte order mark.
    private func lines(of text: String) -> [Substring.UnicodeScalarView] {
        var scalars = text.unicodeScalars[...]
        if scalars.first == Self.byteOrderMark { scalars.removeFirst() }
        guard !scalars.isEmpty else { return [] }
        return scalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.last == "\r" ? line.dropLast() : line
        }
    }

    private func fields(of line: Substring.UnicodeScalarView, line number: Int) throws(TopologyFault) -> [Field] {
        var fields: [Field] = []
        var rest = line
        while true {
            let column = line.count - rest.count + 1
            let mark = TopologyMark(line: number, column: column)
            if rest.first == "\"" {
                fields.append(Field(text: try quoted(&rest, mark), mark: mark))
            } else {
                let text = rest.prefix { $0 != "," }
                guard !text.contains("\"") else {
                    throw Topology.fault(file, mark, "a quote inside a field; put the whole field in quotes")
                }
                fields.append(Field(text: String(Substring(text)), mark: mark))
                rest = rest[text.endIndex...]
            }
            guard rest.popFirst() != nil else { return fields }
        }
    }

    /// Takes a field in quotes, in which two quotes stand for one, up to the comma or the end after it.
    private func quoted(
        _ rest: inout Substring.UnicodeScalarView, _ mark: TopologyMark
    ) throws(TopologyFault) -> String {
        var text = String.UnicodeScalarView()
        rest.removeFirst()
        while true {
            let part = rest.prefix { $0 != "\"" }
            text.append(contentsOf: part)
            rest = rest[part.endIndex...]
            guard rest.popFirst() != nil else {
                throw Topology.fault(file, mark, "the quote that opens this field is never closed on its line")
            }
            guard rest.first == "\"" else { break }
            text.append("\"")
            rest.removeFirst()
        }
        guard rest.isEmpty || rest.first == "," else {
            throw Topology.fault(file, mark, "text after the closing quote of this field; put all of it in quotes")
        }
        return String(text)
    }
}
