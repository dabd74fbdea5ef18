/// A place in a file.
struct TopologyMark: Hashable, Sendable {
    /// From 1.
    var line: Int
    /// From 1, in Unicode scalars.
    var column: Int
}

/// A division as a file states it, with the place of each statement, so that a fault found when the tree is made can
/// be told with its line.
struct TopologyRow: Sendable {
    enum Field: Hashable, Sendable { case code, name, level, parent, host, port }

    var division: Division
    var seat: Seat?
    /// Where the row begins.
    var mark: TopologyMark
    var marks: [Field: TopologyMark]

    func mark(of field: Field) -> TopologyMark { marks[field] ?? mark }
}

/// What a file states, before it is known to be a tree.
struct TopologyRows: Sendable {
    /// Where the list begins.
    var mark: TopologyMark
    var rows: [TopologyRow]
}

extension Topology {
    /// The tree made of the rows; what does not fit together is told with the line that is wrong.
    static func tree(of stated: TopologyRows, in file: String) throws(TopologyFault) -> DivisionTree {
        let tree: DivisionTree
        do {
            tree = try DivisionTree(divisions: stated.rows.map(\.division), seats: stated.rows.compactMap(\.seat))
        } catch {
            throw located(error, stated, file)
        }
        try checkAddresses(stated.rows, file)
        if tree.seat(at: tree.root) == nil, let row = stated.rows.first(where: { $0.division.code == tree.root }) {
            throw fault(
                file, row.mark,
                "division \(tree.root) stands at the top and has no node, so nothing would serve it; give it a node")
        }
        return tree
    }

    static func fault(_ file: String, _ mark: TopologyMark, _ message: String) -> TopologyFault {
        TopologyFault(file: file, line: mark.line, column: mark.column, message: message)
    }

    /// Refuses hosts and ports that cannot be dialled, and two nodes at one address.
    private static func checkAddresses(_ rows: [TopologyRow], _ file: String) throws(TopologyFault) {
        var taken: [String: TopologyRow] = [:]
        for row in rows {
            guard let seat = row.seat else { continue }
            guard isHost(seat.host) else {
                throw fault(
                    file, row.mark(of: .host),
                    "the node of division \(seat.division) needs a host name or an address of 1 to \(hostBytesMax) "
                        + "letters, digits, dots, hyphens and colons")
            }
            guard (1...65_535).contains(seat.port) else {
                throw fault(
                    file, row.mark(of: .port),
                    "port \(seat.port) of the node of division \(seat.division) is not between 1 and 65535")
            }
            if let other = taken.updateValue(row, forKey: "\(seat.host) \(seat.port)") {
                throw fault(
                    file, row.mark(of: .host),
                    "the nodes of divisions \(other.division.code) and \(seat.division) have the same host and port; "
                        + "give one of them another port")
            }
        }
    }

    /// The longest name that the domain name system knows (RFC 1035, section 2.3.4), in bytes.
    private static let hostBytesMax = 253

    private static func isHost(_ host: String) -> Bool {
        (1...hostBytesMax).contains(host.utf8.count)
            && host.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-:".contains($0)) }
    }

    /// A fault of the tree with the line that is wrong.
    private static func located(_ fault: TreeFault, _ stated: TopologyRows, _ file: String) -> TopologyFault {
        let rows = stated.rows.filter { $0.division.code == fault.division }
        // The last, since of two rows with one code the second is the one too many.
        guard let row = rows.last else { return self.fault(file, stated.mark, fault.description) }
        switch fault {
        case .duplicateCode(let code):
            return self.fault(
                file, row.mark(of: .code),
                "division \(code) is already on line \(rows[0].mark.line); remove one of the two or correct its code")
        case .orphan(let code, let parent):
            return self.fault(
                file, row.mark(of: .parent),
                "division \(code) names parent \(parent), which is not in this file; add it or correct the parent")
        case .cycle:
            return self.fault(file, row.mark(of: .parent), fault.description)
        case .levelOutOfOrder:
            return self.fault(file, row.mark(of: .level), fault.description)
        case .badName:
            return self.fault(file, row.mark(of: .name), fault.description)
        case .noRoot, .manyRoots, .tooMany, .unknownSeat, .duplicateSeat:
            return self.fault(file, row.mark, fault.description)
        }
    }
}
