import Divisions

/// Which lanes the diagram has and in what order: a machine each, or for a whole province a city each, to be opened.
struct LanePlan {
    struct Lane {
        let office: Int
        /// Whether it stands for the office and all machines below it.
        let isGroup: Bool
        let depth: Int
        let height: Int
        /// The lane it is opened from; `nil` for a lane that is always there.
        let opener: Int?
    }

    let isAggregated: Bool
    /// From top to bottom when everything is open.
    private(set) var lanes: [Lane] = []
    /// By office, itself included.
    private(set) var members: [[Int]]
    private let children: [[Int]]
    private let machineHeight: Int

    private static let groupHeight = 46

    init(_ journal: Journal) {
        let offices = journal.offices
        isAggregated = offices.count > Report.lanesMax
        machineHeight = offices.count <= 12 ? 38 : isAggregated ? 28 : 26
        var firsts: [DivisionCode: Int] = [:]
        for (index, office) in offices.enumerated() where firsts[office.division] == nil {
            firsts[office.division] = index
        }
        // A twin stands right below the machine it was copied from.
        let order = offices.indices.sorted {
            (firsts[offices[$0].division] ?? $0, $0) < (firsts[offices[$1].division] ?? $1, $1)
        }
        var children = [[Int]](repeating: [], count: offices.count)
        var roots: [Int] = []
        for office in order {
            if let parent = offices[office].parent { children[parent].append(office) } else { roots.append(office) }
        }
        var members = offices.indices.map { [$0] }
        for office in offices.indices.reversed() {
            for child in children[office] where child > office { members[office] += members[child] }
        }
        (self.children, self.members) = (children, members)
        for root in roots { add(root, depth: 0, opener: nil, isRoot: true) }
    }

    private mutating func add(_ office: Int, depth: Int, opener: Int?, isRoot: Bool = false) {
        guard isAggregated, !isRoot, !children[office].isEmpty else {
            lanes.append(
                Lane(office: office, isGroup: false, depth: depth, height: machineHeight, opener: opener))
            for child in children[office] { add(child, depth: depth + 1, opener: opener) }
            return
        }
        let group = lanes.count
        lanes.append(Lane(office: office, isGroup: true, depth: depth, height: Self.groupHeight, opener: opener))
        lanes.append(
            Lane(office: office, isGroup: false, depth: depth + 1, height: machineHeight, opener: group))
        for child in children[office] { add(child, depth: depth + 1, opener: group) }
    }
}
